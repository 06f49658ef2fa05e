namespace Sentinel.Streaming.Input;

/// <summary>
/// A source's own bytes, before decompression: counts them, remembers whether they ended, and lets the first two be
/// looked at before they are read.
/// </summary>
internal sealed class SourceStream(Stream inner) : Stream
{
    private readonly byte[] _peeked = new byte[2];
    private int _peekedCount;
    private int _peekedUsed;
    private long _bytesRead;

    /// <summary>Bytes read. May be asked for by another thread.</summary>
    public long BytesRead => Volatile.Read(ref _bytesRead);

    /// <summary>Whether the end was met.</summary>
    public bool HasEnded { get; private set; }

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>The first two bytes, or fewer where there are no more. To be called before anything is read.</summary>
    public ReadOnlySpan<byte> Peek()
    {
        _peekedCount = inner.ReadAtLeast(_peeked, _peeked.Length, throwOnEndOfStream: false);
        return _peeked.AsSpan(0, _peekedCount);
    }

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        var waiting = _peeked.AsSpan(_peekedUsed, _peekedCount - _peekedUsed);
        int count;
        if (waiting.IsEmpty)
        {
            count = inner.Read(buffer);
            HasEnded |= count == 0 && !buffer.IsEmpty;
        }
        else
        {
            count = Math.Min(waiting.Length, buffer.Length);
            waiting[..count].CopyTo(buffer);
            _peekedUsed += count;
        }

        Volatile.Write(ref _bytesRead, _bytesRead + count);
        return count;
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override void Flush() => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
