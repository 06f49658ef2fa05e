using System.Collections.Immutable;
using System.Text;
using Sentinel.Detection.Campaigns;
using Sentinel.Detection.Cases;
using Sentinel.Detection.Observations;
using Sentinel.Detection.Rulings;
using Sentinel.Detection.Verdicts;
using Sentinel.Evaluation.Measures;
using Sentinel.Evaluation.Rulings;
using Sentinel.Evaluation.Traffic;

namespace Sentinel.Evaluation.Tests;

public sealed class RulingTests
{
    private static readonly DateTimeOffset Start = DateTimeOffset.FromUnixTimeMilliseconds(Traffic.StartMs);

    private readonly RulingsInForce _inForce = new();
    private readonly Analyst _analyst;

    public RulingTests() => _analyst = new Analyst(
        new TrafficRecorder(static _ => false), _inForce, static id => id.StartsWith('m'), TimeSpan.FromHours(1));

    [Fact]
    public void Append_ReportedCampaign_IsRuledOnAnHourLaterAndHoldsFromAMinuteAfter()
    {
        _analyst.Append(CampaignOf("cmp-1", 1, 0, "m1", "m2", "i1"));
        _analyst.Append(CampaignOf("cmp-2", 1, 0, "m3", "i2", "i3"));
        At(59);
        Assert.Empty(_analyst.Ruled);
        At(60);
        Assert.Equal(
            [("cmp-1", RulingKind.Block), ("cmp-2", RulingKind.Dismiss)],
            _analyst.Ruled.Select(static one => (one.CampaignId, one.Kind)));
        Assert.Equal(RulingFinding.None, _inForce.Current.Find("m1", Start.AddMinutes(60)));
        Assert.Equal(RulingFinding.Confirmed, _inForce.Current.Find("m1", Start.AddMinutes(61)));
        Assert.Equal(RulingFinding.Innocent, _inForce.Current.Find("m3", Start.AddMinutes(61)));
    }

    [Fact]
    public void Append_AccountsThatJoin_AreLinkedAndCoveredWhereItWasBlocked()
    {
        _analyst.Append(CampaignOf("cmp-1", 1, 0, "m1", "m2"));
        _analyst.Append(CampaignOf("cmp-2", 1, 0, "i2", "i3"));
        At(60);
        _analyst.Append(CampaignOf("cmp-1", 2, 90, "m1", "m2", "m9"));
        _analyst.Append(CampaignOf("cmp-2", 2, 90, "i2", "i3", "i4"));
        Assert.Equal(new JoinedAccount("m9", Start.AddMinutes(90).ToUnixTimeMilliseconds()), Assert.Single(_analyst.Links));
        Assert.Equal(RulingFinding.Confirmed, _inForce.Current.Find("m9", Start.AddMinutes(91)));
        Assert.Equal(RulingFinding.None, _inForce.Current.Find("i4", Start.AddMinutes(91)));
    }

    [Fact]
    public void Append_CampaignThatBecamePartOfAnother_IsNotRuledOn()
    {
        _analyst.Append(CampaignOf("cmp-1", 1, 0, "m1", "m2"));
        _analyst.Append(CampaignOf("cmp-1", 2, 10, "m1", "m2") with { MergedInto = "cmp-0" });
        At(60);
        Assert.Empty(_analyst.Ruled);
    }

    [Fact]
    public void Append_FlaggedAccountInNoCampaign_IsRuledOnByItself()
    {
        _analyst.Append(CampaignOf("cmp-1", 1, 0, "m1", "m2"));
        _analyst.Append(VerdictOf("m1", "cmp-1"));
        _analyst.Append(VerdictOf("m5", null));
        _analyst.Append(VerdictOf("i5", null));
        At(60);
        Assert.Equal(2, _analyst.RuledAccounts);
        Assert.Equal(RulingFinding.Confirmed, _inForce.Current.Find("m5", Start.AddMinutes(61)));
        Assert.Equal(RulingFinding.Innocent, _inForce.Current.Find("i5", Start.AddMinutes(61)));
        Assert.Empty(_analyst.Links);
    }

    // Two members of three are blocked and all fall silent; of three that come after, one is linked at once, one after hours, one never.
    [Fact]
    public void Read_PoolThatComesAfter_IsHeldAgainstItsLinks()
    {
        var traffic = new Traffic();
        traffic.Add("m1", 0).Add("m2", 10).Add("i1", 20).Add("m3", 30).Add("m1", 70);
        traffic.Add("n1", 100).Add("n2", 110).Add("n3", 120).Add("n1", 130).Add("n2", 400).Add("i2", 410);
        foreach (var member in new[] { "m1", "m2", "m3", "n1", "n2", "n3" })
        {
            traffic.Is(member, "ring");
        }

        var (observed, truth) = traffic.Is("i1").Is("i2").Build();
        _analyst.Append(CampaignOf("cmp-1", 1, 0, "m1", "m2"));
        _analyst.Append(CampaignOf("cmp-2", 1, 0, "i1"));
        At(60);
        _analyst.Append(CampaignOf("cmp-1", 2, 130, "m1", "m2", "n1"));
        _analyst.Append(CampaignOf("cmp-1", 3, 400, "m1", "m2", "n1", "n2"));
        _analyst.Append(CampaignOf("cmp-1", 4, 410, "i2", "m1", "m2", "n1", "n2"));
        var outcome = SuccessorReader.Read("seed-1", observed, truth, _analyst);

        Assert.Equal((1, 1, 0), (outcome.CampaignsBlocked, outcome.CampaignsDismissed, outcome.AccountsRuled));
        Assert.Equal(new Share(1, 2), outcome.Innocents);
        Assert.Equal(
            new SuccessorOutcome("ring", 2, new Share(2, 3), new Share(1, 3), new Share(2, 3), new Share(2, 3), 0.5, 2),
            Assert.Single(outcome.Successors));
    }

    [Fact]
    public void Read_PoolThatWasNotBlocked_HasNoSuccessors()
    {
        var (observed, truth) = new Traffic().Add("m1", 0).Add("n1", 100).Is("m1", "ring").Is("n1", "ring").Build();
        Assert.Empty(SuccessorReader.Read("seed-1", observed, truth, _analyst).Successors);
    }

    private static Verdict VerdictOf(string account, string? campaign) => new(
        new VerdictId(0, 1, 1), account, VerdictLevel.Suspect, 0.9, DecisionAction.Challenge, [], campaign, Start, 10, 10, [], "test/1",
        1, Start);

    private static Campaign CampaignOf(string id, int version, int minute, params ImmutableArray<string> accounts) => new(
        id, version, accounts, 0.9, [], Start, 10, 10, null, [], [], 1, 0, Start.AddMinutes(minute), null);

    private void At(int minute)
    {
        var observation = new Observation { OccurredAtMs = Start.AddMinutes(minute).ToUnixTimeMilliseconds() };
        observation.AccountId.Set(Encoding.UTF8.GetBytes("i9"));
        _analyst.Append(observation);
    }
}
