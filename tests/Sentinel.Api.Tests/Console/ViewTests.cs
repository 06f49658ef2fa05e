using System.Collections.Immutable;
using Sentinel.Api.Console;
using Sentinel.Api.Console.Views;
using Sentinel.Detection.Campaigns;
using Sentinel.Detection.Links;
using Sentinel.Detection.Verdicts;
using Sentinel.Detection.Workloads;
using Sentinel.Storage.Queries;

namespace Sentinel.Api.Tests.Console;

/// <summary>What pages say.</summary>
public sealed class ViewTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 2, 10, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("/console/cases/x?page=2", "/console/cases/x?page=2")]
    [InlineData("https://elsewhere.example/", "/console/queue")]
    [InlineData("//elsewhere.example/", "/console/queue")]
    [InlineData("/console/\\elsewhere.example", "/console/queue")]
    [InlineData("/consolation", "/console/queue")]
    [InlineData(null, "/console/queue")]
    public void OwnPath_SendsNobodyElsewhere(string? asked, string expected) =>
        Assert.Equal(expected, ConsoleShell.OwnPath(asked));

    [Theory]
    [InlineData("/console/queue", "/console/queue")]
    [InlineData("/console/queue?show=mine&at=x", "/console/queue?show=mine&at=x")]
    [InlineData("/console/queues", "")]
    [InlineData("/console/cases/x", "")]
    [InlineData("https://elsewhere.example/console/queue", "")]
    [InlineData("/console/queue?\\elsewhere", "")]
    [InlineData(null, "")]
    public void CameFrom_IsAQueueOrNothing(string? asked, string expected) => Assert.Equal(expected, CameFrom.QueueOf(asked));

    [Fact]
    public void CameFrom_IsCarriedInAddresses()
    {
        Assert.Equal("/a", CameFrom.Carry("/a", ""));
        Assert.Equal("/a?from=%2Fconsole%2Fqueue%3Fshow%3Dmine", CameFrom.Carry("/a", "/console/queue?show=mine"));
        Assert.Equal("/console/queue?show=mine&last=case-1", CameFrom.After("/console/queue?show=mine", "case-1"));
    }

    [Fact]
    public void MemberPages_FollowOneAnother_WhoeverComesAndGoes()
    {
        ImmutableArray<CampaignMember> all =
            [.. Enumerable.Range(0, 23).Select(static i => new CampaignMember($"a{i:00}", VerdictLevel.Abusive, 1 - (i / 3 / 100.0)))];
        var seen = new List<string>();
        var next = (string?)null;
        do
        {
            var page = MemberPage.Of(all.Sort(static (one, other) => string.CompareOrdinal(other.AccountId, one.AccountId)), next, 5);
            Assert.Equal(seen.Count, page.Before);
            seen.AddRange(page.Members.Select(static one => one.AccountId));
            next = page.Next;
        }
        while (next.Length > 0);
        Assert.Equal(all.Select(static one => one.AccountId), seen);
        var second = MemberPage.Of(all.RemoveRange(0, 5), MemberPage.Of(all, null, 5).Next, 5);
        Assert.Equal("a05", second.Members[0].AccountId);
        Assert.Equal("a00", MemberPage.Of(all, "nonsense", 5).Members[0].AccountId);
    }

    [Theory]
    [InlineData(1.0, "100%")]
    [InlineData(0.99999, "> 99.9%")]
    [InlineData(0.9949, "99.4%")]
    [InlineData(0.0, "0%")]
    public void Share_IsNeverRoundedUpToCertainty(double share, string expected) =>
        Assert.Equal(expected, Shown.Share(share));

    [Fact]
    public void MaskedText_InOneLine_IsShort()
    {
        Assert.Equal("a\nb ⋯ c", MaskedText.Readable("a⏎b␟c"));
        Assert.Equal("a b…", MaskedText.InLine("a⏎b␟c", 3));
    }

    [Fact]
    public void Headline_NamesWhatTiesAndWhatIsTaken() => Assert.Equal(
        "3 accounts that share one frame and a payment instrument took written-out reasoning in 1,200 exchanges.",
        CampaignViews.HeadlineOf(
            3, [AbuseType.ReasoningExtraction],
            [new CampaignLink(LinkKind.Template, 3, 8), new CampaignLink(LinkKind.Payment, 3, 5)], 1_200));

    [Fact]
    public void InnocentExplanations_RestOnStoredReasonsAndDeclarations()
    {
        var strangers = CampaignOf([new Reason("pool.strangers", "strangers", 5)]);
        Assert.Equal("against", OutcomeOf(strangers, [], "One organisation, or its gateway"));
        Assert.Equal("open", OutcomeOf(CampaignOf([]), [], "One organisation, or its gateway"));
        Assert.Equal("open", OutcomeOf(CampaignOf([]), [], "One tool or public benchmark that many use"));
        Assert.Equal("against", OutcomeOf(strangers, [], "A verified workload"));
        var workload = new Workload(
            "suite", WorkloadKind.EvaluationSuite, ["a"], "", default, "somebody", At, At.AddDays(1));
        var touched = CampaignViews.TouchedBy(strangers, [workload, workload with { Accounts = ["elsewhere"] }]);
        Assert.Equal("for", OutcomeOf(strangers, touched, "A verified workload"));
        Assert.Single(touched);
    }

    private static string OutcomeOf(Campaign campaign, ImmutableArray<Workload> touched, string text) =>
        Assert.Single(InnocentExplanations.Of(campaign, touched), one => one.Text == text).Outcome;

    private static Campaign CampaignOf(ImmutableArray<Reason> reasons) => new(
        "cmp-1", 1, ["a", "b", "c"], 0.9, [AbuseType.ReasoningExtraction], At, 9, 90, "frame",
        [new CampaignLink(LinkKind.Template, 3, 8)], reasons, 4, 7, At, MergedInto: null);
}
