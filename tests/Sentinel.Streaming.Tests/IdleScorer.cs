using Sentinel.Detection.Ports;
using Sentinel.Detection.Readings;
using Sentinel.Detection.Scoring;

namespace Sentinel.Streaming.Tests;

/// <summary>Finds nothing and allocates nothing.</summary>
internal sealed class IdleScorer : IScorer
{
    private readonly ScoringModel _model;

    public IdleScorer() => _model = new ScoringModel(ModelVersion, Tier, Reference);

    public string ModelVersion => "idle/1";

    public int Tier => 1;

    public BenignReference Reference { get; } = new([0], [1], 0.5);

    public ScoringModel Score(FeatureBatch batch, Span<ContentScores> scores)
    {
        scores[..batch.RowCount].Clear();
        return _model;
    }
}
