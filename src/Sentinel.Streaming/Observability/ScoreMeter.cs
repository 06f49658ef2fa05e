using System.Diagnostics.Metrics;

namespace Sentinel.Streaming.Observability;

/// <summary>Counts the classifier's batches.</summary>
public sealed class ScoreMeter
{
    private readonly Histogram<long> _batch;
    private readonly Histogram<double> _duration;

    internal ScoreMeter(Meter meter)
    {
        _batch = meter.CreateHistogram(
            "sentinel.score.batch", "{exchange}", "Exchanges scored at once.", tags: null, Buckets.Rows);
        _duration = meter.CreateHistogram(
            "sentinel.score.duration", "s", "Time that scoring a batch took.", tags: null, Buckets.Seconds);
    }

    /// <summary>A batch was scored.</summary>
    public void Scored(int rows, TimeSpan duration)
    {
        _batch.Record(rows);
        _duration.Record(duration.TotalSeconds);
    }
}
