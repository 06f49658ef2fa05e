namespace Sentinel.Streaming.Kafka;

/// <summary>
/// How far each partition of a table is read, and where the brokers said that it ends. One question is open at a time:
/// once every partition has been read up to the answers, the table holds all that was written before it was asked.
/// Owned by the feed's thread.
/// </summary>
internal sealed class TableEnds
{
    private readonly Dictionary<int, long> _positions = [];
    private readonly Dictionary<int, long> _answers = [];
    private DateTimeOffset? _askedAt;

    public int Count => _positions.Count;

    public IReadOnlyList<int> Partitions => [.. _positions.Keys];

    /// <summary>Answers are there and not all of them reached.</summary>
    public bool IsAsked => _askedAt is not null;

    public bool Contains(int partition) => _positions.ContainsKey(partition);

    /// <summary>A partition to be read. An open question did not cover it, so it is asked again.</summary>
    public void Add(int partition)
    {
        _positions[partition] = 0;
        _askedAt = null;
    }

    public long PositionOf(int partition) => _positions.GetValueOrDefault(partition);

    /// <summary>Everything below an offset has been handed over.</summary>
    public void Reach(int partition, long position) =>
        _positions[partition] = Math.Max(position, PositionOf(partition));

    public void Answer(int partition, long end) => _answers[partition] = end;

    /// <summary>All partitions have answered.</summary>
    public void Close(DateTimeOffset askedAt) => _askedAt = askedAt;

    /// <summary>Takes the open question if all its answers are reached.</summary>
    /// <param name="asOf">When it was asked.</param>
    public bool TryTakeReached(out DateTimeOffset asOf)
    {
        asOf = _askedAt ?? default;
        if (_askedAt is null)
        {
            return false;
        }

        foreach (var (partition, position) in _positions)
        {
            if (position < _answers.GetValueOrDefault(partition, long.MaxValue))
            {
                return false;
            }
        }

        _askedAt = null;
        return true;
    }
}
