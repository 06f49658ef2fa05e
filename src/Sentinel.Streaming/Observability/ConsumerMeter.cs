using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Sentinel.Streaming.Observability;

/// <summary>How one assigned partition stands.</summary>
/// <param name="Topic">The topic.</param>
/// <param name="Partition">The partition.</param>
/// <param name="Lag">Records that its lane has not taken yet.</param>
/// <param name="Uncommitted">Records that were taken and whose effects are not durable yet.</param>
/// <param name="InboxBytes">Bytes fetched that wait for the lane.</param>
/// <param name="IsPaused">Whether fetching stands still because the lane is behind.</param>
public readonly record struct PartitionReading(
    string Topic, int Partition, long Lag, long Uncommitted, long InboxBytes, bool IsPaused);

/// <summary>
/// Shows the assigned partitions, asked for when somebody looks. A partition that was given up shows nothing, so that
/// what it once showed raises no alarm.
/// </summary>
public sealed class ConsumerMeter
{
    private readonly ConcurrentDictionary<Watching, byte> _watched = [];
    private readonly Counter<long> _notices;

    internal ConsumerMeter(Meter meter)
    {
        meter.CreateObservableGauge(
            "sentinel.consumer.lag", () => Show(static reading => reading.Lag), "{record}",
            "Records of a partition that its lane has not taken yet.");
        meter.CreateObservableGauge(
            "sentinel.consumer.paused", () => Show(static reading => reading.IsPaused ? 1 : 0), unit: null,
            "1 while a partition is paused because its lane is behind.");
        meter.CreateObservableGauge(
            "sentinel.consumer.uncommitted", () => Show(static reading => Math.Max(0, reading.Uncommitted)), "{record}",
            "Records of a partition that were taken and whose effects are not durable yet.");
        meter.CreateObservableGauge(
            "sentinel.lane.inbox.bytes", () => Show(static reading => reading.InboxBytes), "By",
            "Bytes of a partition that were fetched and wait for its lane.");
        _notices = meter.CreateCounter<long>(
            "sentinel.consumer.notices", "{notice}", "What the Kafka client had to say, by level.");
    }

    /// <summary>Begins to show the partitions of a consumer; disposing of what comes back ends it.</summary>
    /// <param name="read">Gives the partitions assigned now; called on any thread, and quick.</param>
    public IDisposable Watch(Func<IEnumerable<PartitionReading>> read)
    {
        ArgumentNullException.ThrowIfNull(read);
        var watching = new Watching(this, read);
        _watched[watching] = 0;
        return watching;
    }

    /// <summary>The client had something to say.</summary>
    /// <param name="level"><c>lifecycle</c> when partitions come and go, <c>degraded</c> or <c>wrong</c>.</param>
    public void Noticed(string level) => _notices.Add(1, new KeyValuePair<string, object?>("level", level));

    private IEnumerable<Measurement<long>> Show(Func<PartitionReading, long> value)
    {
        foreach (var (watching, _) in _watched)
        {
            foreach (var reading in watching.Read())
            {
                yield return new Measurement<long>(
                    value(reading),
                    new KeyValuePair<string, object?>("topic", reading.Topic),
                    new KeyValuePair<string, object?>("partition", reading.Partition));
            }
        }
    }

    private sealed class Watching(ConsumerMeter meter, Func<IEnumerable<PartitionReading>> read) : IDisposable
    {
        public IEnumerable<PartitionReading> Read() => read();

        public void Dispose() => meter._watched.TryRemove(this, out _);
    }
}
