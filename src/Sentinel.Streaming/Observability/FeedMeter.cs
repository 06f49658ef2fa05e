using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Sentinel.Streaming.Observability;

/// <summary>Shows how far behind the feeds of compacted topics are, asked for when somebody looks.</summary>
public sealed class FeedMeter
{
    private readonly ConcurrentDictionary<Watching, byte> _watched = [];

    internal FeedMeter(Meter meter)
    {
        meter.CreateObservableCounter(
            "sentinel.feed.records", () => Show(static feed => feed.RecordsRead()), "{record}",
            "Records that a feed took.");
        meter.CreateObservableGauge(
            "sentinel.feed.staleness", Staleness, "s",
            "Time since a feed that has caught up last was at the end of its topic.");
        meter.CreateObservableGauge(
            "sentinel.feed.caught_up", () => Show(static feed => feed.StaleFor() is null ? 0 : 1), unit: null,
            "1 once a feed has been at the end of its topic.");
    }

    /// <summary>Begins to show a feed; disposing of what comes back ends it.</summary>
    /// <param name="topic">Its topic.</param>
    /// <param name="staleFor">How long ago it was at the end; null until it has been. Called on any thread.</param>
    /// <param name="recordsRead">Records taken so far. Called on any thread.</param>
    public IDisposable Watch(string topic, Func<TimeSpan?> staleFor, Func<long> recordsRead)
    {
        ArgumentNullException.ThrowIfNull(staleFor);
        ArgumentNullException.ThrowIfNull(recordsRead);
        var watching = new Watching(this, topic, staleFor, recordsRead);
        _watched[watching] = 0;
        return watching;
    }

    private static KeyValuePair<string, object?> TagOf(Watching feed) => new("topic", feed.Topic);

    private IEnumerable<Measurement<long>> Show(Func<Watching, long> value)
    {
        foreach (var (feed, _) in _watched)
        {
            yield return new Measurement<long>(value(feed), TagOf(feed));
        }
    }

    private IEnumerable<Measurement<double>> Staleness()
    {
        foreach (var (feed, _) in _watched)
        {
            if (feed.StaleFor() is { } age)
            {
                yield return new Measurement<double>(age.TotalSeconds, TagOf(feed));
            }
        }
    }

    private sealed class Watching(FeedMeter meter, string topic, Func<TimeSpan?> staleFor, Func<long> recordsRead)
        : IDisposable
    {
        public string Topic => topic;

        public TimeSpan? StaleFor() => staleFor();

        public long RecordsRead() => recordsRead();

        public void Dispose() => meter._watched.TryRemove(this, out _);
    }
}
