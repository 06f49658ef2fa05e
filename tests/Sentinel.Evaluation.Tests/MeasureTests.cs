using System.Collections.Immutable;
using Sentinel.Evaluation.Detectors;
using Sentinel.Evaluation.Measures;

namespace Sentinel.Evaluation.Tests;

public sealed class MeasureTests
{
    private static readonly DetectorCard Card = new("d", "s", 0.001);

    [Theory]
    [InlineData(0, 10, 0, 0.2775)]
    [InlineData(5, 10, 0.2366, 0.7634)]
    [InlineData(10, 10, 0.7225, 1)]
    [InlineData(0, 0, 0, 1)]
    public void Share_Wilson_IsThePublishedInterval(long hits, long of, double low, double high)
    {
        var share = new Share(hits, of);
        Assert.Equal(low, share.Low, 4);
        Assert.Equal(high, share.High, 4);
    }

    [Fact]
    public void Share_Describe_GivesDigitsThatSaySomething()
    {
        Assert.Equal("50.0 % (23.7-76.3)", new Share(5, 10).Describe());
        Assert.Equal("0 % (0-0.04)", new Share(0, 10_000).Describe());
        Assert.Equal("-", new Share(0, 0).Describe());
    }

    [Fact]
    public void Ranked_EqualRisks_AreTakenTogether()
    {
        // One innocent in 2,000 lies among the abusers of risk 0.9: at 0.1 % it may be taken, at 0.01 % not.
        var accounts = Enumerable.Repeat(Account(isMalicious: true, 0.9), 5)
            .Append(Account(isMalicious: false, 0.9))
            .Concat(Enumerable.Repeat(Account(isMalicious: true, 0.95), 3))
            .Concat(Enumerable.Repeat(Account(isMalicious: true, 0.1), 2))
            .Concat(Enumerable.Repeat(Account(isMalicious: false, 0.2), 1_999))
            .ToList();
        var measures = DetectorMeasures.Of(Card, [Folder(accounts)]);
        Assert.Equal(new RankedRecall(0.001, new Share(8, 10), IsResolved: true), measures.Ranked[0]);
        Assert.Equal(new RankedRecall(0.0001, new Share(3, 10), IsResolved: false), measures.Ranked[1]);
        Assert.Equal(1, measures.Curve[^1].Recall);
    }

    [Fact]
    public void Read_CampaignFound_NeedsHalfOfItAndAPureGroup()
    {
        var whole = Outcome(["m0", "m1"]);
        Assert.True(Assert.Single(whole.Campaigns).IsFound);
        Assert.Equal(new Share(1, 1), whole.Groups);
        Assert.False(Assert.Single(Outcome(["m0"]).Campaigns).IsFound);

        var mixed = Outcome(["m0", "m1", "m2", "i0"]);
        Assert.False(Assert.Single(mixed.Campaigns).IsFound);
        Assert.Equal(new Share(0, 1), mixed.Groups);
        Assert.Equal(new PairCounts(3, 6, 6), mixed.Pairs);
        Assert.Equal(0.5, mixed.Pairs.F1, 6);
    }

    [Fact]
    public void Read_Precision_IsOfFlaggedAccountsOfTheGroupsOfACampaign()
    {
        Assert.Equal(new Share(3, 4), Assert.Single(Outcome(["m0", "m1", "m2", "i0"]).Campaigns).Precision);
        var measures = DetectorMeasures.Of(Card, [Outcome(["m0", "m1", "m2", "i0"]), Outcome(["m0", "m1"])]);
        Assert.Equal(new Share(5, 6), Assert.Single(measures.Campaigns).Precision);
    }

    [Fact]
    public void RecallCurves_CountWhoWasFlaggedByThen()
    {
        List<JudgedAccount> accounts =
        [
            new(IsMalicious: true, "chat", "ring", null, 0.9, IsFlagged: true, 2),
            new(IsMalicious: true, "chat", "ring", null, 0.8, IsFlagged: true, 9),
            new(IsMalicious: true, "chat", "ring", null, 0.3, IsFlagged: false, 0),
            new(IsMalicious: false, "chat", "", null, 0.4, IsFlagged: false, 0),
            new(IsMalicious: false, "chat", "", null, 0.1, IsFlagged: true, 20),
        ];
        var curves = RecallCurve.OfAll(accounts);
        Assert.Equal(["ring", RecallCurve.Innocents], curves.Select(static curve => curve.Name));
        Assert.Equal(
            [0, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2], curves[0].Within.Select(static share => (int)share.Hits));
        Assert.Equal(new Share(2, 3), curves[0].Flagged);
        Assert.Equal(new Share(2, 3), curves[0].ByRisk); // Of two innocents none is let through.
        Assert.Equal(new Share(1, 2), curves[1].Within[^1]);
        Assert.Equal(new Share(0, 2), curves[1].ByRisk);
    }

    [Fact]
    public void Read_Delays_CountFromTheFirstAbusiveExchange()
    {
        var outcome = Outcome(["m0", "m1"]);
        var flagged = outcome.Accounts.Where(static account => account.IsFlagged).ToList();

        // Each member asked something innocent first; the second abusive exchange, the third in all, raised the flag.
        Assert.Equal([2, 2], flagged.Select(static account => account.ExchangesUntilFlag));
        Assert.Equal(0.75, Assert.Single(outcome.Campaigns).VolumeAtDetection!.Value, 6);
        Assert.Equal(12, Assert.Single(outcome.Campaigns).ExchangesAtFirstFlag); // Three of each of the four.
    }

    [Fact]
    public void Read_Days_CountInnocentsSeenAndFlagged()
    {
        var (traffic, truth) = Played();
        var findings = new AccountFinding[traffic.Accounts.Count];
        findings[PlaceOf("i1")] = new AccountFinding(1, IsFlagged: true, Traffic.StartMs + Traffic.DayMs, 1);
        var outcome = OutcomeReader.Read(traffic, truth, new DetectorFindings(Card, [.. findings], []));
        Assert.Equal(
            [new DayOutcome(1, new Share(0, 1)), new DayOutcome(2, new Share(1, 2))], outcome.Days);
        Assert.Equal(new Share(1, 2), DetectorMeasures.Of(Card, [outcome]).FalsePositives);
    }

    [Fact]
    public void Of_SeveralFolders_AddUp()
    {
        var measures = DetectorMeasures.Of(Card, [Outcome(["m0", "m1"]), Outcome(["m0"])]);
        Assert.Equal(new Share(1, 2), measures.CampaignRecall);
        Assert.Equal(new Share(3, 8), measures.Recall);
        Assert.Equal(new Share(1, 2), Assert.Single(measures.Campaigns).Found);
    }

    [Fact]
    public void Of_AbusersWithoutACampaign_AreToldByRecipe()
    {
        var (traffic, truth) = new Traffic().Add("a", 0).Is("a", campaign: null, recipe: "singles").Build();
        var outcome = OutcomeReader.Read(traffic, truth, new DetectorFindings(Card, [default], []));
        var measures = DetectorMeasures.Of(Card, [outcome]);
        Assert.Equal(
            new CampaignMeasure("singles", "singles", new Share(0, 1), new Share(0, 0), null, null),
            Assert.Single(measures.Campaigns));
        Assert.Equal(new Share(0, 0), measures.CampaignRecall);
    }

    private static JudgedAccount Account(bool isMalicious, double risk) =>
        new(isMalicious, "chat", "ring", null, risk, IsFlagged: false, 0);

    private static FolderOutcome Folder(List<JudgedAccount> accounts) =>
        new(accounts, [], new Share(0, 0), new PairCounts(0, 0, 0), []);

    // Four members of a campaign and two innocents; members send four exchanges each, abusive from the second on.
    private static (Evaluation.Traffic.ObservedTraffic, Evaluation.Traffic.AccountTruth[]) Played()
    {
        var traffic = new Traffic();
        for (var round = 0; round < 4; round++)
        {
            for (var member = 0; member < 4; member++)
            {
                traffic.Add($"m{member}", round);
            }
        }

        traffic.Add("i0", 4).Add("i1", 24 * 60);
        for (var member = 0; member < 4; member++)
        {
            traffic.Is($"m{member}", "ring", first: $"ev-{4 + member}");
        }

        return traffic.Is("i0").Is("i1").Build();
    }

    private static int PlaceOf(string account) => account[0] == 'm' ? account[1] - '0' : 4 + account[1] - '0';

    private static FolderOutcome Outcome(string[] group)
    {
        var (traffic, truth) = Played();
        var at = Traffic.StartMs + (2 * Traffic.MinuteMs);
        var findings = new AccountFinding[traffic.Accounts.Count];
        foreach (var account in group)
        {
            findings[PlaceOf(account)] = new AccountFinding(1, IsFlagged: true, at, 3);
        }

        ImmutableArray<int> places = [.. group.Select(PlaceOf)];
        return OutcomeReader.Read(
            traffic, truth, new DetectorFindings(Card, [.. findings], [new FoundGroup(places, at)]));
    }
}
