namespace Sentinel.Streaming.Input;

/// <summary>Reads the lines of one stream as they arrive, up to a number of bytes: the body of a request.</summary>
internal sealed class BodyReader(Stream body, string source, long bytesMax)
{
    private const int WindowBytes = 32 * 1024;

    private readonly LineSplitter _splitter = new();
    private readonly byte[] _window = new byte[WindowBytes];
    private int _windowStart;
    private int _windowEnd;
    private long _bytesRead;
    private bool _hasEnded;

    /// <summary>Whether reading ended because there are more bytes than allowed.</summary>
    public bool IsTooLarge { get; private set; }

    /// <summary>Fills the chunk with the next lines; false when there are none.</summary>
    public async ValueTask<bool> TryReadAsync(LineChunk chunk, CancellationToken cancel)
    {
        chunk.Begin(source);
        while (!chunk.IsFull && !_hasEnded)
        {
            if (_windowStart == _windowEnd)
            {
                await FillWindowAsync(chunk, cancel);
            }

            _windowStart += _splitter.Take(_window.AsSpan(_windowStart, _windowEnd - _windowStart), chunk);
        }

        return !chunk.IsEmpty;
    }

    private async ValueTask FillWindowAsync(LineChunk chunk, CancellationToken cancel)
    {
        _windowStart = 0;
        _windowEnd = await body.ReadAsync(_window, cancel);
        _bytesRead += _windowEnd;
        if (_bytesRead > bytesMax)
        {
            IsTooLarge = _hasEnded = true;
            _windowEnd = 0;
        }
        else if (_windowEnd == 0)
        {
            _hasEnded = true;
            _splitter.Finish(chunk);
        }
    }
}
