using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Sentinel.Streaming.Observability;

/// <summary>Counts snapshots and shows how old the last one of every open partition is.</summary>
public sealed class SnapshotMeter
{
    private readonly TimeProvider _clock;
    private readonly ConcurrentDictionary<SnapshotGauge, byte> _open = [];
    private readonly Histogram<double> _duration;
    private readonly Histogram<long> _bytes;
    private readonly Counter<long> _failures;
    private readonly Counter<long> _refused;

    internal SnapshotMeter(Meter meter, TimeProvider clock)
    {
        _clock = clock;
        _duration = meter.CreateHistogram(
            "sentinel.snapshot.duration", "s", "Time to write or read one blob of a snapshot.", tags: null,
            Buckets.Seconds);
        _bytes = meter.CreateHistogram(
            "sentinel.snapshot.bytes", "By", "Bytes of one blob of a snapshot.", tags: null, Buckets.Bytes);
        _failures = meter.CreateCounter<long>(
            "sentinel.snapshot.failures", "{blob}", "Blobs of a snapshot that could not be written or read.");
        _refused = meter.CreateCounter<long>(
            "sentinel.snapshot.refused", "{snapshot}", "Snapshots not used: torn, or of another format.");
        meter.CreateObservableGauge(
            "sentinel.snapshot.age", Ages, "s",
            "Time since the last whole snapshot of a partition, or since it was opened.");
    }

    /// <summary>Begins to show a partition's age, from now; disposing of what comes back ends it.</summary>
    public SnapshotGauge Opened(string lane, int partition)
    {
        var gauge = new SnapshotGauge(this, lane, partition) { WrittenAt = _clock.GetTimestamp() };
        _open[gauge] = 0;
        return gauge;
    }

    /// <summary>A blob was written or read.</summary>
    /// <param name="operation"><c>write</c> or <c>read</c>.</param>
    /// <param name="bytes">Its length.</param>
    /// <param name="duration">Time it took.</param>
    public void Moved(string operation, long bytes, TimeSpan duration)
    {
        var tag = new KeyValuePair<string, object?>("operation", operation);
        _bytes.Record(bytes, tag);
        _duration.Record(duration.TotalSeconds, tag);
    }

    /// <summary>A blob could not be written or read.</summary>
    public void Failed(string operation) =>
        _failures.Add(1, new KeyValuePair<string, object?>("operation", operation));

    /// <summary>A snapshot was not used.</summary>
    /// <param name="reason"><c>torn</c> or <c>newer_format</c>.</param>
    public void Refused(string reason) => _refused.Add(1, new KeyValuePair<string, object?>("reason", reason));

    internal void Written(SnapshotGauge gauge) => gauge.WrittenAt = _clock.GetTimestamp();

    internal void Remove(SnapshotGauge gauge) => _open.TryRemove(gauge, out _);

    private IEnumerable<Measurement<double>> Ages()
    {
        foreach (var (gauge, _) in _open)
        {
            yield return new Measurement<double>(
                _clock.GetElapsedTime(gauge.WrittenAt).TotalSeconds,
                new KeyValuePair<string, object?>("lane", gauge.Lane),
                new KeyValuePair<string, object?>("partition", gauge.Partition));
        }
    }
}

/// <summary>The age of one partition's snapshot. One thread sets, any thread reads.</summary>
public sealed class SnapshotGauge : IDisposable
{
    private readonly SnapshotMeter _meter;
    private long _writtenAt;

    internal SnapshotGauge(SnapshotMeter meter, string lane, int partition) =>
        (_meter, Lane, Partition) = (meter, lane, partition);

    /// <summary>The role.</summary>
    public string Lane { get; }

    /// <summary>The partition.</summary>
    public int Partition { get; }

    internal long WrittenAt
    {
        get => Interlocked.Read(ref _writtenAt);
        set => Interlocked.Exchange(ref _writtenAt, value);
    }

    /// <summary>A whole snapshot has just become durable.</summary>
    public void Written() => _meter.Written(this);

    /// <summary>The partition was given up.</summary>
    public void Dispose() => _meter.Remove(this);
}
