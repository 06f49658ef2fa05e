using System.Collections.Concurrent;
using Sentinel.Streaming.Kafka;
using Sentinel.Streaming.Partitions;

namespace Sentinel.Streaming.Tests.Kafka;

/// <summary>What all lanes of a test were given, and how they behave.</summary>
internal sealed class LaneRecorder
{
    private readonly ConcurrentDictionary<(int Partition, long Offset), int> _times = new();
    private readonly ConcurrentDictionary<int, int> _living = new();
    private int _records;

    public Func<PartitionId, CancellationToken, Task> BeforeTake { get; set; } = static (_, _) => Task.CompletedTask;

    public Func<CancellationToken, Task> BeforeOpen { get; set; } = static _ => Task.CompletedTask;

    public bool IsDurableAtOnce { get; init; } = true;

    public int RereadRecords { get; init; }

    public ConcurrentQueue<string> Faults { get; } = new();

    public ConcurrentQueue<(int Partition, long Committed)> Opens { get; } = new();

    public ConcurrentQueue<(int Partition, DateTimeOffset Since, DateTimeOffset Now)> Idles { get; } = new();

    public ConcurrentQueue<int> Flushes { get; } = new();

    public ConcurrentQueue<KafkaNotice> Notices { get; } = new();

    public ConcurrentQueue<(LogRecord Record, int ValueLength, string Key)> Records { get; } = new();

    public bool KeepsRecords { get; init; }

    /// <summary>Different records seen.</summary>
    public int Distinct => _times.Count;

    /// <summary>Calls with a record, repetitions included.</summary>
    public int Total => Volatile.Read(ref _records);

    public int LivingLanes => _living.Values.Sum();

    public IPartitionLane Create(PartitionId id)
    {
        if (_living.AddOrUpdate(id.Partition, 1, static (_, count) => count + 1) > 1)
        {
            Faults.Enqueue($"two lanes of partition {id.Partition}");
        }

        return new RecordingLane(this, id);
    }

    public void OnOpen(PartitionId id, long committed) => Opens.Enqueue((id.Partition, committed));

    public void OnRecord(PartitionId id, LogRecord record, bool isFollowing, string key)
    {
        Interlocked.Increment(ref _records);
        _times.AddOrUpdate((id.Partition, record.Offset), 1, static (_, count) => count + 1);
        if (!isFollowing)
        {
            Faults.Enqueue($"offset {record.Offset} of partition {id.Partition} does not follow");
        }

        if (KeepsRecords)
        {
            Records.Enqueue((record, record.Value.Length, key));
        }
    }

    public void OnIdle(PartitionId id, DateTimeOffset since, DateTimeOffset now) =>
        Idles.Enqueue((id.Partition, since, now));

    public void OnFlush(PartitionId id) => Flushes.Enqueue(id.Partition);

    public void OnDispose(PartitionId id) => _living.AddOrUpdate(id.Partition, 0, static (_, count) => count - 1);
}
