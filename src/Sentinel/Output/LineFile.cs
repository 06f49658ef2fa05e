using System.Buffers;
using System.Text.Json;

namespace Sentinel.Hosting.Output;

/// <summary>
/// An output of lines that appears whole or not at all: written beside its final name, moved there at the end.
/// Devices such as <c>/dev/stdout</c> are written directly. Owned by one thread.
/// </summary>
internal sealed class LineFile : IDisposable
{
    private const int BlockBytes = 256 * 1024;

    private readonly string _path;
    private readonly string? _temporary;
    private readonly FileStream _file;
    private readonly ArrayBufferWriter<byte> _buffer = new(BlockBytes + (64 * 1024));
    private readonly Utf8JsonWriter _writer;

    private LineFile(string path)
    {
        _path = Path.GetFullPath(path);
        var isDevice = _path.StartsWith("/dev/", StringComparison.Ordinal);
        _temporary = isDevice ? null : _path + ".partial";
        _file = new FileStream(
            _temporary ?? _path, isDevice ? FileMode.Open : FileMode.Create, FileAccess.Write, FileShare.Read, 1);
        _writer = JsonLine.Into(_buffer);
    }

    /// <summary>Lines written.</summary>
    public long LineCount { get; private set; }

    /// <summary>Opens an output, and makes its folder.</summary>
    /// <exception cref="CommandException">It cannot be written.</exception>
    public static LineFile Open(string path)
    {
        try
        {
            var folder = Path.GetDirectoryName(Path.GetFullPath(path));
            if (!string.IsNullOrEmpty(folder))
            {
                Directory.CreateDirectory(folder);
            }

            return new LineFile(path);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw CommandException.Usage($"cannot write {path}: {cause.Message}");
        }
    }

    /// <summary>Writes one line.</summary>
    public void Write<T>(T item, Action<Utf8JsonWriter, T> write)
    {
        write(Begin(), item);
        End();
    }

    /// <summary>The writer for the next line; follow with <see cref="End"/>.</summary>
    public Utf8JsonWriter Begin() => _writer;

    /// <summary>Ends the line begun.</summary>
    public void End()
    {
        _writer.Flush();
        _writer.Reset();
        _buffer.Write("\n"u8);
        LineCount++;
        if (_buffer.WrittenCount >= BlockBytes)
        {
            Spill();
        }
    }

    /// <summary>Writes the rest and gives the file its final name.</summary>
    public void Complete()
    {
        Spill();
        _file.Dispose();
        if (_temporary is not null)
        {
            File.Move(_temporary, _path, overwrite: true);
        }
    }

    /// <summary>Closes; what was not completed is removed.</summary>
    public void Dispose()
    {
        _writer.Dispose();
        _file.Dispose();
        if (_temporary is not null && File.Exists(_temporary))
        {
            File.Delete(_temporary);
        }
    }

    private void Spill()
    {
        _file.Write(_buffer.WrittenSpan);
        _buffer.ResetWrittenCount();
    }
}
