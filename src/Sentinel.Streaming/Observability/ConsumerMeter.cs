using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Sentinel.Streaming.Observability;

/// <summary>
/// Shows the assigned partitions: lag, unread bytes, pauses. A partition that was given up shows nothing, so that what
/// it once showed raises no alarm.
/// </summary>
public sealed class ConsumerMeter
{
    private readonly ConcurrentDictionary<PartitionGauge, byte> _assigned = [];
    private readonly Counter<long> _rebalances;
    private readonly Counter<long> _errors;

    internal ConsumerMeter(Meter meter)
    {
        meter.CreateObservableGauge(
            "sentinel.consumer.lag", () => Show(static gauge => gauge.Lag), "{record}",
            "Records of a partition that its lane has not taken yet.");
        meter.CreateObservableGauge(
            "sentinel.consumer.paused", () => Show(static gauge => gauge.IsPaused ? 1 : 0), unit: null,
            "1 while a partition is paused because its lane is behind.");
        meter.CreateObservableGauge(
            "sentinel.consumer.uncommitted", () => Show(static gauge => gauge.Uncommitted), "{record}",
            "Records of a partition that were taken and whose effects are not durable yet.");
        meter.CreateObservableGauge(
            "sentinel.lane.inbox.bytes", () => Show(static gauge => gauge.InboxBytes), "By",
            "Bytes of a partition that were fetched and wait for its lane.");
        _rebalances = meter.CreateCounter<long>(
            "sentinel.consumer.rebalances", "{rebalance}", "Times that the group gave this node other partitions.");
        _errors = meter.CreateCounter<long>(
            "sentinel.consumer.errors", "{error}", "Errors that the Kafka client told of, by code.");
    }

    /// <summary>Begins to show a partition; disposing of what comes back ends it.</summary>
    public PartitionGauge Assigned(string topic, int partition)
    {
        var gauge = new PartitionGauge(this, topic, partition);
        _assigned[gauge] = 0;
        return gauge;
    }

    /// <summary>The group gave this node other partitions.</summary>
    public void Rebalanced() => _rebalances.Add(1);

    /// <summary>The client told of an error.</summary>
    /// <param name="code">Its name in the client, such as <c>_TRANSPORT</c>; one of a fixed set.</param>
    public void Failed(string code) => _errors.Add(1, new KeyValuePair<string, object?>("code", code));

    internal void Remove(PartitionGauge gauge) => _assigned.TryRemove(gauge, out _);

    private IEnumerable<Measurement<long>> Show(Func<PartitionGauge, long> value)
    {
        foreach (var (gauge, _) in _assigned)
        {
            yield return new Measurement<long>(
                value(gauge),
                new KeyValuePair<string, object?>("topic", gauge.Topic),
                new KeyValuePair<string, object?>("partition", gauge.Partition));
        }
    }
}

/// <summary>What is shown of one assigned partition. One thread sets, any thread reads.</summary>
public sealed class PartitionGauge : IDisposable
{
    private readonly ConsumerMeter _meter;
    private long _lag;
    private long _inboxBytes;
    private long _uncommitted;
    private volatile bool _isPaused;

    internal PartitionGauge(ConsumerMeter meter, string topic, int partition) =>
        (_meter, Topic, Partition) = (meter, topic, partition);

    /// <summary>The topic.</summary>
    public string Topic { get; }

    /// <summary>The partition.</summary>
    public int Partition { get; }

    /// <summary>Records not taken yet: the high watermark less the next offset to take.</summary>
    public long Lag
    {
        get => Interlocked.Read(ref _lag);
        set => Interlocked.Exchange(ref _lag, Math.Max(0, value));
    }

    /// <summary>Bytes fetched and not taken yet.</summary>
    public long InboxBytes
    {
        get => Interlocked.Read(ref _inboxBytes);
        set => Interlocked.Exchange(ref _inboxBytes, value);
    }

    /// <summary>Records taken and not durable yet.</summary>
    public long Uncommitted
    {
        get => Interlocked.Read(ref _uncommitted);
        set => Interlocked.Exchange(ref _uncommitted, Math.Max(0, value));
    }

    /// <summary>Whether fetching is paused.</summary>
    public bool IsPaused
    {
        get => _isPaused;
        set => _isPaused = value;
    }

    /// <summary>The partition was given up.</summary>
    public void Dispose() => _meter.Remove(this);
}
