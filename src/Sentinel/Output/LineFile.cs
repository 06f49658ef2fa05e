using System.Buffers;
using System.Text.Json;

namespace Sentinel.Hosting.Output;

/// <summary>An output of JSON lines. Owned by one thread.</summary>
internal sealed class LineFile : IDisposable
{
    private const int BlockBytes = 256 * 1024;

    private readonly OutputFile _file;
    private readonly ArrayBufferWriter<byte> _buffer = new(BlockBytes + (64 * 1024));
    private readonly Utf8JsonWriter _writer;

    private LineFile(OutputFile file)
    {
        _file = file;
        _writer = JsonLine.Into(_buffer);
    }

    /// <summary>Opens an output; null when none is asked for.</summary>
    /// <exception cref="CommandException">It cannot be written.</exception>
    public static LineFile? Open(string? path) => path is null ? null : new LineFile(OutputFile.Open(path));

    /// <summary>Writes one line.</summary>
    public void Write<T>(T item, Action<Utf8JsonWriter, T> write)
    {
        write(_writer, item);
        _writer.Flush();
        _writer.Reset();
        _buffer.Write("\n"u8);
        if (_buffer.WrittenCount >= BlockBytes)
        {
            Spill();
        }
    }

    /// <summary>Writes the rest and gives the file its final name.</summary>
    public void Complete()
    {
        Spill();
        _file.Complete();
    }

    /// <summary>Closes; what was not completed is removed.</summary>
    public void Dispose()
    {
        _writer.Dispose();
        _file.Dispose();
    }

    private void Spill()
    {
        _file.Stream.Write(_buffer.WrittenSpan);
        _buffer.ResetWrittenCount();
    }
}
