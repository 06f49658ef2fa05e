using Sentinel.Detection.Exchanges;

namespace Sentinel.Streaming.Input;

/// <summary>A line in a chunk's bytes.</summary>
/// <param name="Start">First byte in the chunk.</param>
/// <param name="Length">Bytes kept, without the line end; of a line that is too long only its head.</param>
/// <param name="Number">Line in its source, from 1; blank lines count.</param>
/// <param name="ByteOffset">First byte in the (decompressed) source.</param>
/// <param name="FullLength">Bytes that the line has in the source.</param>
internal readonly record struct ChunkLine(int Start, int Length, long Number, long ByteOffset, long FullLength)
{
    /// <summary>Whether the line is longer than a line may be; then only its head is kept.</summary>
    public bool IsTooLong => FullLength > ExchangeDecoder.LineBytesMax;
}

/// <summary>
/// Some whole lines of one source in one buffer. Which lines form a chunk depends on the source's bytes alone, not on
/// how they arrived, so that a classifier sees the same batches in every run. Reused; owned by one thread at a time.
/// </summary>
internal sealed class LineChunk
{
    /// <summary>Most lines in a chunk: one batch of a classifier.</summary>
    public const int LinesMax = 256;

    /// <summary>A chunk takes no further line once it holds so many bytes: 256 lines of 4 KiB.</summary>
    public const int BytesTarget = 1024 * 1024;

    /// <summary>Most bytes in a chunk: the last line may begin just below the target, and may end with CR.</summary>
    public const int BytesMax = BytesTarget + ExchangeDecoder.LineBytesMax + 1;

    private readonly ChunkLine[] _lines = new ChunkLine[LinesMax];
    private byte[] _bytes = new byte[64 * 1024];
    private int _closed;

    /// <summary>The source's name as dead letters carry it.</summary>
    public string Source { get; private set; } = "";

    /// <summary>The lines, in their order.</summary>
    public ReadOnlySpan<ChunkLine> Lines => _lines.AsSpan(0, LineCount);

    /// <summary>How many lines there are.</summary>
    public int LineCount { get; private set; }

    /// <summary>What ended the source after these lines, if it did not end well.</summary>
    public SourceFault? Fault { get; set; }

    /// <summary>Whether the chunk takes no further line.</summary>
    public bool IsFull => LineCount == LinesMax || _closed >= BytesTarget;

    /// <summary>Whether there is anything to work on.</summary>
    public bool IsEmpty => LineCount == 0 && Fault is null;

    /// <summary>Bytes of the line that has no end yet.</summary>
    public int OpenLength { get; private set; }

    /// <summary>The line that has no end yet.</summary>
    public ReadOnlySpan<byte> Open => _bytes.AsSpan(_closed, OpenLength);

    /// <summary>Bytes of a line, without its line end.</summary>
    public ReadOnlySpan<byte> BytesOf(ChunkLine line) => _bytes.AsSpan(line.Start, line.Length);

    /// <summary>Forgets everything and keeps the room.</summary>
    public void Begin(string source)
    {
        Source = source;
        LineCount = _closed = OpenLength = 0;
        Fault = null;
    }

    /// <summary>Appends to the open line.</summary>
    public void Append(ReadOnlySpan<byte> piece)
    {
        var end = _closed + OpenLength;
        if (_bytes.Length - end < piece.Length)
        {
            var grown = System.Numerics.BitOperations.RoundUpToPowerOf2((uint)(end + piece.Length));
            Array.Resize(ref _bytes, (int)Math.Min(grown, BytesMax));
        }

        piece.CopyTo(_bytes.AsSpan(end));
        OpenLength += piece.Length;
    }

    /// <summary>Keeps the first bytes of the open line.</summary>
    public void TrimOpen(int length) => OpenLength = Math.Min(OpenLength, length);

    /// <summary>Makes the open line a line of the chunk.</summary>
    public void CloseLine(long number, long byteOffset, long fullLength)
    {
        _lines[LineCount++] = new ChunkLine(_closed, OpenLength, number, byteOffset, fullLength);
        _closed += OpenLength;
        OpenLength = 0;
    }
}
