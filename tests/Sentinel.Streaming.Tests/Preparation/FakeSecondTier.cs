using Sentinel.Detection.Ports;
using Sentinel.Detection.Readings;
using Sentinel.Detection.Scoring;
using Sentinel.Testing;

namespace Sentinel.Streaming.Tests.Preparation;

/// <summary>A second tier that reads out of a row how many pieces it has, and makes harvest of nothing but that.</summary>
internal sealed class FakeSecondTier : ISecondTier
{
    private int _holders;
    private int _readCount;

    public FakeSecondTier()
    {
        Assert.True(PieceVocabulary.TryCreate(["_a", "a"], out var vocabulary, out _));
        Vocabulary = vocabulary;
    }

    public ScoringModel Model { get; } = new("second/1", 2, new BenignReference([0], [1], 0.01));

    public PieceVocabulary Vocabulary { get; }

    public ushort AskedFromSteps { get; init; } = 30_000;

    /// <summary>Rows read so far.</summary>
    public int ReadCount => _readCount;

    /// <summary>Holds that nobody has let go of.</summary>
    public int Holders => _holders;

    public void Read(ReadOnlySpan<ushort> rows, Span<SecondReading> readings)
    {
        Interlocked.Add(ref _readCount, readings.Length);
        for (var i = 0; i < readings.Length; i++)
        {
            var row = rows.Slice(i * PieceLayout.Width, PieceLayout.LengthMax);
            readings[i].Logits[0] = row.IndexOf((ushort)0);
        }
    }

    public void Change(ref ContentScores scores, in SecondReading reading) =>
        scores.HarvestSteps = (ushort)(50_000 + reading[0]);

    public void LetGo() => Interlocked.Decrement(ref _holders);

    public FakeSecondTier Hold()
    {
        Interlocked.Increment(ref _holders);
        return this;
    }
}

/// <summary>The scorer of tests with a second tier beside it.</summary>
internal sealed class TwoTiers(FakeScorer first, FakeSecondTier second) : IScorer
{
    public string ModelVersion => first.ModelVersion;

    public int Tier => first.Tier;

    public BenignReference Reference => first.Reference;

    public ScoringModel Score(FeatureBatch batch, Span<ContentScores> scores) => first.Score(batch, scores);

    public ISecondTier? HoldSecond() => second.Hold();
}
