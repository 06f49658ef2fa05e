using Sentinel.Detection.Campaigns;
using Sentinel.Detection.Links;
using Sentinel.Detection.Ports;
using Sentinel.Detection.Verdicts;
using Sentinel.Streaming.Partitions;

namespace Sentinel.Streaming.Tests.Simulated;

/// <summary>What outlives every process: topics and offsets, the database, the snapshots.</summary>
internal sealed class SimulatedServers
{
    private readonly Dictionary<(string Topic, int Partition), List<StoredRecord>> _logs = [];
    private readonly Dictionary<(string Topic, int Partition), long> _committed = [];

    private readonly Dictionary<int, long> _looked = [];
    private readonly HashSet<(int Partition, long Offset)> _repeated = [];

    /// <summary>Names of the topics.</summary>
    public TopicNames Topics { get; } = new("sim");

    /// <summary>Rows of exchanges: offsets by partition.</summary>
    public SortedSet<(int Partition, long Offset)> Exchanges { get; } = [];

    /// <summary>Verdicts by what makes them the same.</summary>
    public Dictionary<(VerdictId Id, string Account, VerdictOrigin Origin), Verdict> Verdicts { get; } = [];

    /// <summary>Campaigns by id and version.</summary>
    public Dictionary<(string Id, int Version), Campaign> Campaigns { get; } = [];

    /// <summary>Links by kind, key and account.</summary>
    public Dictionary<(LinkKind Kind, ulong Key, string Account), Link> Links { get; } = [];

    /// <summary>Dead letters by source and position.</summary>
    public Dictionary<(string Source, long Line), DeadLetter> DeadLetters { get; } = [];

    /// <summary>Blobs of snapshots.</summary>
    public SortedDictionary<string, byte[]> Blobs { get; } = new(StringComparer.Ordinal);

    public List<StoredRecord> Log(string topic, int partition)
    {
        if (!_logs.TryGetValue((topic, partition), out var log))
        {
            _logs.Add((topic, partition), log = []);
        }

        return log;
    }

    /// <summary>
    /// The place of an offset among the records that came from outside: those that lanes wrote are elsewhere in each run.
    /// </summary>
    public int PlaceOf(int partition, long offset) =>
        Log(Topics.Exchanges, partition).Take((int)offset).Count(static record => !record.IsClock);

    public long Committed(string topic, int partition) => _committed.GetValueOrDefault((topic, partition));

    public void Commit(string topic, int partition, long offset) =>
        _committed[(topic, partition)] = Math.Max(offset, Committed(topic, partition));

    /// <summary>
    /// Looks for what the committed offsets of exchanges promise: rows of all that must have one, and letters of the rest.
    /// </summary>
    /// <returns>What is wrong, or null.</returns>
    public string? FindBrokenPromise()
    {
        foreach (var ((topic, partition), committed) in _committed)
        {
            if (topic != Topics.Exchanges)
            {
                continue;
            }

            var log = Log(topic, partition);
            var from = _looked.GetValueOrDefault(partition);
            for (var offset = from; offset < committed; offset++)
            {
                if (!log[(int)offset].IsClock && !_repeated.Contains((partition, offset))
                    && !Exchanges.Contains((partition, offset))
                    && !DeadLetters.ContainsKey(($"{topic}/{partition}", offset)))
                {
                    return $"{topic}/{partition}: {committed} is committed, and nothing is stored of {offset}.";
                }
            }

            _looked[partition] = Math.Max(from, committed);
        }

        return null;
    }

    /// <summary>A record whose event came before: nothing may be stored of it.</summary>
    public void ExpectNothing(int partition) => _repeated.Add((partition, Log(Topics.Exchanges, partition).Count));
}

/// <summary>A record as a broker has it.</summary>
internal sealed record StoredRecord(byte[] Key, byte[] Value, RecordFormat Format, long WrittenAtMs)
{
    public bool IsClock { get; } = ClockRecord.TryRead(new LogRecord(0, Key, Value, Format, WrittenAtMs), out _);
}
