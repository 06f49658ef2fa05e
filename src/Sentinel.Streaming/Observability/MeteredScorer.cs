using Sentinel.Detection.Ports;
using Sentinel.Detection.Readings;
using Sentinel.Detection.Scoring;

namespace Sentinel.Streaming.Observability;

/// <summary>A classifier as it is, measured from outside.</summary>
/// <param name="scorer">The classifier; who made it disposes of it.</param>
/// <param name="telemetry">Where to tell.</param>
/// <param name="clock">Times calls.</param>
public sealed class MeteredScorer(IScorer scorer, StreamingTelemetry telemetry, TimeProvider clock) : IScorer
{
    /// <inheritdoc/>
    public string ModelVersion => scorer.ModelVersion;

    /// <inheritdoc/>
    public int Tier => scorer.Tier;

    /// <inheritdoc/>
    public BenignReference Reference => scorer.Reference;

    /// <inheritdoc/>
    public ScoringModel Score(FeatureBatch batch, Span<ContentScores> scores)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var began = clock.GetTimestamp();
        var model = scorer.Score(batch, scores);
        telemetry.Scores.Scored(batch.RowCount, batch.UnreadableCount, clock.GetElapsedTime(began));
        return model;
    }

    /// <inheritdoc/>
    public ISecondTier? HoldSecond() => scorer.HoldSecond();
}
