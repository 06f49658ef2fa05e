using Sentinel.Detection.Readings;
using Sentinel.Detection.Scoring;

namespace Sentinel.Detection.Ports;

/// <summary>A content classifier. Thread-safe: several workers may score at once.</summary>
public interface IScorer
{
    /// <summary>Name and version, such as <c>content-tier1/1</c>.</summary>
    string ModelVersion { get; }

    /// <summary>Which tier answers.</summary>
    int Tier { get; }

    /// <summary>How harvest scores of innocent content spread, learned with the model.</summary>
    BenignReference Reference { get; }

    /// <summary>
    /// Scores all rows. The same batch gives the same scores, bit for bit, on one machine.
    /// </summary>
    /// <param name="batch">Rows of layout <see cref="FeatureLayout.Version"/>.</param>
    /// <param name="scores">At least as many cells as there are rows.</param>
    /// <returns>The version that scored all rows: it may be replaced between two calls, never within one.</returns>
    ScoringModel Score(FeatureBatch batch, Span<ContentScores> scores);

    /// <summary>
    /// The second tier in force, to be let go of by <see cref="ISecondTier.LetGo"/>; null where there is none.
    /// </summary>
    ISecondTier? HoldSecond() => null;
}
