using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Sentinel.Streaming.Observability;

/// <summary>Shows how far behind the feeds of compacted topics are.</summary>
public sealed class FeedMeter
{
    private readonly TimeProvider _clock;
    private readonly ConcurrentDictionary<FeedGauge, byte> _feeds = [];
    private readonly Counter<long> _records;

    internal FeedMeter(Meter meter, TimeProvider clock)
    {
        _clock = clock;
        _records = meter.CreateCounter<long>("sentinel.feed.records", "{record}", "Records that a feed took.");
        meter.CreateObservableGauge(
            "sentinel.feed.staleness", Staleness, "s",
            "Time since a feed last was at the end of its topic.");
        meter.CreateObservableGauge(
            "sentinel.feed.caught_up", CaughtUp, unit: null, "1 once a feed has been at the end of its topic.");
    }

    /// <summary>Begins to show a feed; disposing of what comes back ends it.</summary>
    public FeedGauge Opened(string topic)
    {
        var gauge = new FeedGauge(this, topic) { CurrentAt = _clock.GetTimestamp() };
        _feeds[gauge] = 0;
        return gauge;
    }

    internal void Took(FeedGauge gauge, long records) =>
        _records.Add(records, new KeyValuePair<string, object?>("topic", gauge.Topic));

    internal void AtEnd(FeedGauge gauge)
    {
        gauge.CurrentAt = _clock.GetTimestamp();
        gauge.IsCaughtUp = true;
    }

    internal void Remove(FeedGauge gauge) => _feeds.TryRemove(gauge, out _);

    private IEnumerable<Measurement<double>> Staleness()
    {
        foreach (var (gauge, _) in _feeds)
        {
            yield return new Measurement<double>(
                _clock.GetElapsedTime(gauge.CurrentAt).TotalSeconds,
                new KeyValuePair<string, object?>("topic", gauge.Topic));
        }
    }

    private IEnumerable<Measurement<int>> CaughtUp()
    {
        foreach (var (gauge, _) in _feeds)
        {
            yield return new Measurement<int>(
                gauge.IsCaughtUp ? 1 : 0, new KeyValuePair<string, object?>("topic", gauge.Topic));
        }
    }
}

/// <summary>What is shown of one feed. One thread sets, any thread reads.</summary>
public sealed class FeedGauge : IDisposable
{
    private readonly FeedMeter _meter;
    private long _currentAt;
    private volatile bool _isCaughtUp;

    internal FeedGauge(FeedMeter meter, string topic) => (_meter, Topic) = (meter, topic);

    /// <summary>The topic.</summary>
    public string Topic { get; }

    internal long CurrentAt
    {
        get => Interlocked.Read(ref _currentAt);
        set => Interlocked.Exchange(ref _currentAt, value);
    }

    internal bool IsCaughtUp
    {
        get => _isCaughtUp;
        set => _isCaughtUp = value;
    }

    /// <summary>Records were taken.</summary>
    public void Took(long records) => _meter.Took(this, records);

    /// <summary>The feed is at the end of its topic now; to be told every time that it is, a second apart or less.</summary>
    public void AtEnd() => _meter.AtEnd(this);

    /// <summary>The feed has ended.</summary>
    public void Dispose() => _meter.Remove(this);
}
