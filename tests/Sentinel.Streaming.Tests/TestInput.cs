using System.Collections.Immutable;
using System.IO.Compression;
using System.Text;
using Sentinel.Streaming.Input;
using Sentinel.Testing;

namespace Sentinel.Streaming.Tests;

/// <summary>Inputs from memory.</summary>
internal static class TestInput
{
    private static readonly string Template = ExchangeJson.Full("#event", "#account").ToString();

    /// <summary>A set of one source.</summary>
    public static InputSet Of(byte[] bytes, string name = "in.jsonl") => Of((name, bytes));

    /// <summary>A set of sources.</summary>
    public static InputSet Of(params (string Name, byte[] Bytes)[] files) => new(
        [.. files.Select(file => new InputFile(file.Name, file.Bytes.Length, () => new MemoryStream(file.Bytes)))], []);

    /// <summary>A set of one source whose bytes come as a stream gives them.</summary>
    public static InputSet Of(Stream stream, string name = "stdin") =>
        new([new InputFile(name, Length: null, () => stream)], []);

    /// <summary>Lines with their ends.</summary>
    public static byte[] Lines(params IEnumerable<object> lines) =>
        Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\n")));

    /// <summary>Good lines with ids <c>ev-first</c> and on.</summary>
    public static byte[] Good(int count, int first = 0) =>
        Lines(Enumerable.Range(first, count).Select(i => Template
            .Replace("#event", $"ev-{i}", StringComparison.Ordinal)
            .Replace("#account", $"acct-{i % 7}", StringComparison.Ordinal)));

    /// <summary>The bytes, compressed as one member.</summary>
    public static byte[] Gzip(byte[] bytes)
    {
        using var target = new MemoryStream();
        using (var gzip = new GZipStream(target, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(bytes);
        }

        return target.ToArray();
    }

    /// <summary>All lines that a reader gives, as text, with their chunks' other properties.</summary>
    public static List<ReadLine> ReadAll(InputSet set, out ImmutableArray<(string Source, SourceFault Fault)> faults)
    {
        using var reader = new InputReader(set);
        var chunk = new LineChunk();
        var lines = new List<ReadLine>();
        var found = ImmutableArray.CreateBuilder<(string, SourceFault)>();
        for (var number = 0; reader.TryRead(chunk, CancellationToken.None); number++)
        {
            foreach (var line in chunk.Lines)
            {
                lines.Add(new ReadLine(chunk.Source, number, line, Encoding.UTF8.GetString(chunk.BytesOf(line))));
            }

            if (chunk.Fault is { } fault)
            {
                found.Add((chunk.Source, fault));
            }
        }

        faults = found.ToImmutable();
        return lines;
    }
}

/// <summary>A line as it was read.</summary>
internal sealed record ReadLine(string Source, int Chunk, ChunkLine Line, string Text);

/// <summary>Gives bytes in pieces of random length, as a pipe or a network does.</summary>
internal sealed class DribblingStream(Stream inner, Random random) : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set =>
        throw new NotSupportedException(); }

    public override int Read(Span<byte> buffer) =>
        inner.Read(buffer[..Math.Min(buffer.Length, 1 + random.Next(5_000))]);

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(Read(buffer.Span));

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
