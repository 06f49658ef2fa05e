using Sentinel.Detection.Scoring;
using Sentinel.Evaluation.Detectors;
using Sentinel.Evaluation.Measures;

namespace Sentinel.Evaluation.Tests;

public sealed class ContentTallyTests
{
    [Fact]
    public void Measure_TwoFolders_CountsByRecipeAndClass()
    {
        var tally = new ContentTally(new BenignReference([1_000, 60_000, 65_535], [0.5, 0.01, 0.001], 0.0001));
        Add(tally, "first", 65_535);
        Add(tally, "second", 60_000);
        var measures = tally.Measure();
        Assert.Equal(["r1", "chat"], measures.Select(static measure => measure.Name));
        var (abusers, innocents) = (measures[0], measures[1]);
        Assert.Equal(new Share(2, 2), abusers.Flagged);
        Assert.Equal(6, abusers.Exchanges);
        Assert.Equal([new Share(4, 6), new Share(4, 6), new Share(2, 6)], abusers.Below);
        Assert.Equal(60_000 / 65_535.0, abusers.ScoreMedian, 9);
        Assert.Equal(0.8, abusers.RiskMedian);
        Assert.Equal([new Share(0, 2), new Share(0, 2), new Share(0, 2)], innocents.Below);
    }

    // An account that harvests twice and chats once, and one that chats.
    private static void Add(ContentTally tally, string name, ushort score)
    {
        var (traffic, truth) = new Traffic()
            .Add(name, 0, harvest: score).Add(name, 1, harvest: score).Add(name, 2, harvest: 500).Add("i", 3)
            .Is(name, "ring", recipe: "r1").Is("i").Build();
        tally.Add(traffic, truth, new DetectorFindings(
            new DetectorCard("d", "s", 0.001), [new AccountFinding(0.8, IsFlagged: true, 0, 1), default], []));
    }
}
