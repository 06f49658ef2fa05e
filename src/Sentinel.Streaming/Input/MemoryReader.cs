namespace Sentinel.Streaming.Input;

/// <summary>Gives the lines of bytes that are in memory.</summary>
internal sealed class MemoryReader(ReadOnlyMemory<byte> bytes, string source)
{
    private readonly LineSplitter _splitter = new();
    private int _taken;
    private bool _hasEnded;

    /// <summary>Fills the chunk with the next lines; false when there are none.</summary>
    public bool TryRead(LineChunk chunk)
    {
        chunk.Begin(source);
        _taken += _splitter.Take(bytes.Span[_taken..], chunk);
        if (!chunk.IsFull && !_hasEnded)
        {
            _hasEnded = true;
            _splitter.Finish(chunk);
        }

        return !chunk.IsEmpty;
    }
}
