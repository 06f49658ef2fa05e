using Sentinel.Detection.Exchanges;

namespace Sentinel.Streaming.Input;

/// <summary>
/// Cuts the bytes of one source into lines, in memory bounded by the longest line that may be used: of a longer one
/// only the head and the length are kept. LF and CRLF end a line, blank lines are counted and left out, the last line
/// needs no end.
/// </summary>
internal sealed class LineSplitter
{
    /// <summary>Bytes kept of a line that is too long: enough for the head of a dead letter.</summary>
    public const int HeadBytes = 1024;

    private long _lineLength;
    private bool _isTooLong;
    private bool _endsInReturn;

    /// <summary>Lines ended so far.</summary>
    public long LineCount { get; private set; }

    /// <summary>First byte of the line at hand.</summary>
    public long LineOffset { get; private set; }

    /// <summary>Bytes taken so far.</summary>
    public long BytesTaken => LineOffset + _lineLength;

    /// <summary>Begins another source.</summary>
    public void Begin()
    {
        LineCount = LineOffset = _lineLength = 0;
        _isTooLong = _endsInReturn = false;
    }

    /// <summary>Takes bytes until they or the chunk's room end.</summary>
    /// <returns>Bytes taken.</returns>
    public int Take(ReadOnlySpan<byte> bytes, LineChunk chunk)
    {
        var taken = 0;
        while (taken < bytes.Length && !chunk.IsFull)
        {
            var rest = bytes[taken..];
            var end = rest.IndexOf((byte)'\n');
            TakePiece(end < 0 ? rest : rest[..end], chunk);
            if (end < 0)
            {
                return bytes.Length;
            }

            EndLine(chunk, endLength: 1);
            taken += end + 1;
        }

        return taken;
    }

    /// <summary>Ends the source. To be called on a chunk that is not full.</summary>
    /// <returns>Whether a line without an end was added.</returns>
    public bool Finish(LineChunk chunk)
    {
        var before = chunk.LineCount;
        if (_lineLength > 0)
        {
            EndLine(chunk, endLength: 0);
        }

        return chunk.LineCount > before;
    }

    private void TakePiece(ReadOnlySpan<byte> piece, LineChunk chunk)
    {
        _lineLength += piece.Length;
        _endsInReturn = piece.IsEmpty ? _endsInReturn : piece[^1] == '\r';
        if (!_isTooLong && _lineLength <= ExchangeDecoder.LineBytesMax + 1)
        {
            chunk.Append(piece); // One byte above the limit, since it may be the CR of the line's end.
            return;
        }

        _isTooLong = true;
        chunk.TrimOpen(HeadBytes);
        chunk.Append(piece[..Math.Min(piece.Length, HeadBytes - chunk.OpenLength)]);
    }

    private void EndLine(LineChunk chunk, int endLength)
    {
        LineCount++;
        var fullLength = _endsInReturn ? _lineLength - 1 : _lineLength;
        chunk.TrimOpen(fullLength > ExchangeDecoder.LineBytesMax ? HeadBytes : (int)fullLength);
        if (IsBlank(chunk.Open) && fullLength <= ExchangeDecoder.LineBytesMax)
        {
            chunk.TrimOpen(0);
        }
        else
        {
            chunk.CloseLine(LineCount, LineOffset, fullLength);
        }

        LineOffset += _lineLength + endLength;
        _lineLength = 0;
        _isTooLong = _endsInReturn = false;
    }

    private static bool IsBlank(ReadOnlySpan<byte> line)
    {
        var text = line.StartsWith("\uFEFF"u8) ? line[3..] : line;
        return text.IndexOfAnyExcept(" \t\r"u8) < 0;
    }
}
