using System.Diagnostics.Metrics;

namespace Sentinel.Streaming.Observability;

/// <summary>Counts the classifier's batches.</summary>
public sealed class ScoreMeter
{
    private readonly Histogram<long> _batch;
    private readonly Histogram<double> _duration;
    private readonly Counter<long> _unreadable;

    internal ScoreMeter(Meter meter)
    {
        _batch = meter.CreateHistogram(
            "sentinel.score.batch", "{exchange}", "Exchanges scored at once.", tags: null, Buckets.Rows);
        _duration = meter.CreateHistogram(
            "sentinel.score.duration", "s", "Time that scoring a batch took.", tags: null, Buckets.Seconds);
        _unreadable = meter.CreateCounter<long>(
            "sentinel.score.unreadable", "{exchange}",
            "Exchanges scored whose message holds no words to judge by: base64, one repeated character, and such.");
    }

    /// <summary>A batch was scored.</summary>
    public void Scored(int rows, int unreadable, TimeSpan duration)
    {
        _batch.Record(rows);
        _unreadable.Add(unreadable);
        _duration.Record(duration.TotalSeconds);
    }
}
