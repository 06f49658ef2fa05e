using Sentinel.Detection.Ports;

namespace Sentinel.Streaming.Lanes;

/// <summary>Adds up what becomes of one submission's chunks. Owned by the submission.</summary>
internal sealed class IngestTally(int lettersMax)
{
    private readonly List<DeadLetter> _letters = [];
    private readonly List<(Task<ChunkOutcome> Taken, int Rejected)> _chunks = [];
    private long _accepted;
    private long _duplicates;
    private long _rejected;

    /// <summary>Adds a chunk that is about to be queued.</summary>
    public void Add(List<DeadLetter> letters, Task<ChunkOutcome> taken)
    {
        _chunks.Add((taken, letters.Count));
        _letters.AddRange(letters.Take(lettersMax - _letters.Count));
    }

    /// <summary>Takes back the last chunk: it could not be queued.</summary>
    public void DropLast()
    {
        var rejected = _chunks[^1].Rejected;
        var known = _chunks.Take(_chunks.Count - 1).Sum(chunk => (long)chunk.Rejected);
        _chunks.RemoveAt(_chunks.Count - 1);
        if (rejected > 0 && known < _letters.Count)
        {
            _letters.RemoveRange((int)known, _letters.Count - (int)known);
        }
    }

    /// <summary>Waits until all chunks are durable.</summary>
    public async Task SettleAsync(CancellationToken cancel)
    {
        foreach (var (taken, rejected) in _chunks)
        {
            var outcome = await taken.WaitAsync(cancel);
            _accepted += outcome.Accepted;
            _duplicates += outcome.Duplicates;
            _rejected += rejected;
        }
    }

    /// <summary>What has become of it.</summary>
    public IngestOutcome Outcome(IngestEnd end) => new(end, _accepted, _duplicates, _rejected, [.. _letters]);
}
