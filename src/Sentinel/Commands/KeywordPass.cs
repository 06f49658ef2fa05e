using System.Buffers;
using System.IO.Compression;
using System.IO.Pipelines;
using Sentinel.Detection.Exchanges;
using Sentinel.Evaluation.Traffic;

namespace Sentinel.Hosting.Commands;

/// <summary>
/// Which events of a file of exchanges hold a keyword. Observations carry no text, so that what the keyword list needs
/// takes a pass of its own. Lines that cannot be used are told by the run that judges the file.
/// </summary>
internal static class KeywordPass
{
    private static readonly StreamPipeReaderOptions Options = new(bufferSize: 256 * 1024);

    /// <summary>Reads the file.</summary>
    /// <exception cref="CommandException">It cannot be read.</exception>
    public static async Task<HashSet<EventKey>> RunAsync(string path, CancellationToken cancel)
    {
        var found = new HashSet<EventKey>();
        var exchange = new Exchange();
        try
        {
            await using var file = File.OpenRead(path);
            await using Stream text = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase)
                ? new GZipStream(file, CompressionMode.Decompress)
                : file;
            var reader = PipeReader.Create(text, Options);
            while (true)
            {
                var read = await reader.ReadAsync(cancel);
                var rest = TakeLines(read.Buffer, read.IsCompleted, exchange, found);
                var isTooLong = read.Buffer.Slice(rest).Length > ExchangeDecoder.LineBytesMax;
                reader.AdvanceTo(rest, read.Buffer.End);
                if (read.IsCompleted || isTooLong)
                {
                    return found; // The run that judges tells of a line that is too long.
                }
            }
        }
        catch (Exception cause) when (cause is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            throw CommandException.Usage($"cannot read {path}: {cause.Message}");
        }
    }

    // Gives where the line begins that is not whole yet.
    private static SequencePosition TakeLines(
        ReadOnlySequence<byte> bytes, bool isLast, Exchange exchange, HashSet<EventKey> found)
    {
        var lines = new SequenceReader<byte>(bytes);
        while (lines.TryReadTo(out ReadOnlySequence<byte> line, (byte)'\n'))
        {
            TakeLine(line, exchange, found);
        }

        if (!isLast)
        {
            return lines.Position;
        }

        TakeLine(lines.UnreadSequence, exchange, found);
        return bytes.End;
    }

    private static void TakeLine(in ReadOnlySequence<byte> line, Exchange exchange, HashSet<EventKey> found)
    {
        if (line.Length > ExchangeDecoder.LineBytesMax)
        {
            return;
        }

        var rented = line.IsSingleSegment ? null : ArrayPool<byte>.Shared.Rent((int)line.Length);
        if (rented is not null)
        {
            line.CopyTo(rented);
        }

        var whole = rented is null ? line.FirstSpan : rented.AsSpan(0, (int)line.Length);
        if (ExchangeDecoder.TryDecode(whole, exchange, out _) && KeywordLexicon.Matches(exchange))
        {
            found.Add(EventKey.Of(exchange.EventId.Span));
        }

        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }
}
