using Sentinel.Detection.Ports;
using Sentinel.Detection.Readings;
using Sentinel.Detection.Scoring;
using Sentinel.Inference.SecondTier;

namespace Sentinel.Inference;

/// <summary>
/// A first tier, and a second one beside it or none, whose owner this becomes: they come into force together.
/// </summary>
public sealed class TieredScorer : IScorer, IDisposable
{
    /// <summary>Both; the second was learned beside the first.</summary>
    public TieredScorer(OnnxScorer first, SecondTierScorer? second) => (First, Second) = (first, second);

    /// <summary>The first tier.</summary>
    public OnnxScorer First { get; }

    /// <summary>The second tier, to be asked about and not to be let go of; null where there is none.</summary>
    public SecondTierScorer? Second { get; }

    /// <inheritdoc/>
    public string ModelVersion => First.ModelVersion;

    /// <inheritdoc/>
    public int Tier => First.Tier;

    /// <inheritdoc/>
    public BenignReference Reference => First.Reference;

    /// <inheritdoc/>
    public ScoringModel Score(FeatureBatch batch, Span<ContentScores> scores) => First.Score(batch, scores);

    /// <inheritdoc/>
    public ISecondTier? HoldSecond() => Second is { } second && second.TryHold() ? second : null;

    /// <inheritdoc/>
    public void Dispose()
    {
        First.Dispose();
        Second?.LetGo();
    }
}
