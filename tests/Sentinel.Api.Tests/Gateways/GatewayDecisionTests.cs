using Sentinel.Api.Decisions;
using Sentinel.Api.Gateways;
using Sentinel.Detection.Verdicts;

namespace Sentinel.Api.Tests.Gateways;

public sealed class GatewayDecisionTests
{
    private static readonly DateTimeOffset Noon = Verdicts.Noon;
    private static readonly BoardDecision Verdict = BoardDecision.From(Verdicts.Of("a"));

    [Fact]
    public void Of_RulingThatAllows_OutranksAVerdictUntilItEnds()
    {
        var allow = new Ruling("r-1", new RulingKey(KeyKind.Account, "a"), DecisionAction.Allow, Noon.AddSeconds(30));
        var decision = Decide(new GatewayOptions(), verdict: Verdict, ruling: allow);
        Assert.Equal((DecisionAction.Allow, "ruling", "ruling-r-1"), (decision.Action, decision.Reason, decision.DecisionId));
        Assert.Equal(30, decision.TtlSeconds); // Nobody may keep it for longer than it stands.
        Assert.Equal((VerdictLevel.Abusive, "cmp-3"), (decision.Level, decision.CampaignId));
    }

    [Fact]
    public void Of_ActionThatHasHadItsTime_ObservesUntilAVerdictIsWrittenAnew()
    {
        var options = new GatewayOptions { ActionHours = { ["block"] = 24 } };
        var old = Verdict with { At = Noon.AddHours(-24) };
        var decision = Decide(options, verdict: old, ruling: null);
        Assert.Equal((DecisionAction.Observe, "action_expired"), (decision.Action, decision.Reason));
        Assert.Equal(DecisionAction.Block, Decide(options, verdict: old with { At = Noon.AddHours(-23) }, ruling: null).Action);
        Assert.Equal(DecisionAction.Block, Decide(new GatewayOptions(), verdict: old, ruling: null).Action);
        Assert.NotEmpty(new GatewayOptions { ActionHours = { ["allow"] = 1 } }.Faults());
    }

    [Fact]
    public void Of_RulingThatBlocks_OutranksNoVerdictAndIsNotDelayed()
    {
        var block = new Ruling("r-2", new RulingKey(KeyKind.Account, "a"), DecisionAction.Block, ExpiresAt: null);
        var allowed = BoardDecision.From(Verdicts.Of("a", DecisionAction.Allow));
        var options = new GatewayOptions { DelaySecondsMax = 3_600, DelayKey = "0123456789abcdef" };
        Assert.Equal(DecisionAction.Block, Decide(options, verdict: allowed, ruling: block).Action);
        Assert.Equal(DecisionAction.Block, Decide(options, verdict: null, ruling: block).Action);
    }

    // On each of two keys a ruling or a workload: which one holds, and over what.
    [Fact]
    public void Outranks_TwoKeys_AllowThenAnyRulingThenWorkloadAndOfEqualsTheMoreSpecific()
    {
        (RulingBasis Basis, DecisionAction Action)[] falling =
        [
            (RulingBasis.Review, DecisionAction.Allow), (RulingBasis.Review, DecisionAction.Block),
            (RulingBasis.VerifiedWorkload, DecisionAction.Allow),
        ];
        for (var specific = 0; specific < falling.Length; specific++)
        {
            for (var wider = 0; wider < falling.Length; wider++)
            {
                var outranks = On(KeyKind.PaymentHash, falling[wider]).Outranks(On(KeyKind.Account, falling[specific]));
                Assert.True(outranks == wider < specific, $"{falling[wider]} over {falling[specific]}");
            }
        }

        Assert.True(On(KeyKind.AddressBlock, falling[1]).Outranks(null));
        Assert.False(On(KeyKind.Organisation, (RulingBasis.Review, DecisionAction.Throttle)).Outranks(
            On(KeyKind.Account, (RulingBasis.Review, DecisionAction.Observe)))); // As severe as it is specific.
        var workload = Decide(new GatewayOptions(), verdict: Verdict, ruling: On(KeyKind.Organisation, falling[2]));
        Assert.Equal((DecisionAction.Allow, "verified_workload"), (workload.Action, workload.Reason));
        var closed = new GatewayOptions { FailMode = FailMode.Closed };
        var nameless = Decide(closed, ruling: On(KeyKind.ApiKey, falling[0]), fault: AccountFault.Missing);
        Assert.Equal((DecisionAction.Allow, "ruling"), (nameless.Action, nameless.Reason));

        static Ruling On(KeyKind kind, (RulingBasis Basis, DecisionAction Action) what) =>
            new("r", new RulingKey(kind, "x"), what.Action, ExpiresAt: null) { Basis = what.Basis };
    }

    [Fact]
    public void Of_KillSwitch_OutranksEverythingAndSaysSo()
    {
        var options = new GatewayOptions { KillSwitch = true, FailMode = FailMode.Closed };
        var block = new Ruling("r-2", new RulingKey(KeyKind.Account, "a"), DecisionAction.Block, ExpiresAt: null);
        foreach (var decision in new[]
        {
            Decide(options, Verdict, block), Decide(options, fault: AccountFault.Missing),
            Decide(options, staleFor: null), Decide(options),
        })
        {
            Assert.Equal((DecisionAction.Allow, "kill_switch"), (decision.Action, decision.Reason));
        }
    }

    [Fact]
    public void Of_RequestWithoutAccount_FailsAsItsPlanThenItsGatewaySays()
    {
        var options = new GatewayOptions
        {
            FailMode = FailMode.Open,
            GatewayFailModes = { ["nginx"] = FailMode.Closed },
            PlanFailModes = { ["free"] = FailMode.Closed, ["enterprise"] = FailMode.Open },
        };
        Assert.Equal(DecisionAction.Allow, Without(GatewayKind.Envoy, "").Action);
        Assert.Equal(DecisionAction.Block, Without(GatewayKind.Nginx, "").Action);
        Assert.Equal(DecisionAction.Block, Without(GatewayKind.Nginx, "unheard of").Action);
        Assert.Equal(DecisionAction.Block, Without(GatewayKind.Envoy, "Free").Action);
        var open = Without(GatewayKind.Nginx, "enterprise");
        Assert.Equal((DecisionAction.Allow, "no_account", FailMode.Open), (open.Action, open.Reason, open.FailMode));

        GatewayDecision Without(GatewayKind gateway, string plan) =>
            Decide(options, fault: AccountFault.Missing, gateway: gateway, plan: plan);
    }

    [Fact]
    public void Of_UnknownAccount_IsAllowedUnlessTheBoardIsTooOldToTell()
    {
        var closed = new GatewayOptions { FailMode = FailMode.Closed, StaleMaxSeconds = 60 };
        var fresh = Decide(closed, staleFor: TimeSpan.FromSeconds(60));
        Assert.Equal((DecisionAction.Allow, "no_verdict", true), (fresh.Action, fresh.Reason, fresh.IsStale));
        foreach (var staleFor in new TimeSpan?[] { TimeSpan.FromSeconds(61), null })
        {
            var unknown = Decide(closed, staleFor: staleFor);
            Assert.Equal((DecisionAction.Block, "stale_board"), (unknown.Action, unknown.Reason));
            Assert.Equal("no_verdict", Decide(new GatewayOptions { StaleMaxSeconds = 60 }, staleFor: staleFor).Reason);
            var known = Decide(closed, verdict: Verdict with { Action = DecisionAction.Throttle }, staleFor: staleFor);
            Assert.Equal((DecisionAction.Throttle, true), (known.Action, known.IsStale)); // The last that is known.
        }
    }

    [Fact]
    public void Of_Delay_EndsForEachAccountAtItsOwnTimeAfterTheFirstFlag()
    {
        var options = new GatewayOptions { DelaySecondsMax = 1_000, DelayKey = "0123456789abcdef" };
        var delays = Enumerable.Range(0, 200).Select(i => DelayOf($"acct-{i}", options)).ToArray();
        Assert.All(delays, delay => Assert.InRange(delay, 0, 1_000));
        Assert.InRange(delays.Average(), 400, 600); // 500 expected, standard error 20.
        Assert.True(delays.Distinct().Count() > 150);
        Assert.Equal(delays[7], DelayOf("acct-7", options));
        var other = new GatewayOptions { DelaySecondsMax = 1_000, DelayKey = "another key of 16" };
        Assert.NotEqual(delays, Enumerable.Range(0, 200).Select(i => DelayOf($"acct-{i}", other)));
        Assert.Equal(0, DelayOf("acct-7", new GatewayOptions()));
    }

    [Fact]
    public void Of_DelayedVerdict_IsObservedAndMayBeReusedUntilItIsEnforced()
    {
        var options = new GatewayOptions { DelaySecondsMax = 1_000_000 / 2, DelayKey = "0123456789abcdef" };
        var verdict = Verdict with { FlaggedAt = Noon };
        var first = Decide(options, verdict);
        Assert.Equal((DecisionAction.Observe, "enforcement_delayed"), (first.Action, first.Reason));
        Assert.Equal("0-7-1", first.DecisionId);
        Assert.Equal(60, first.TtlSeconds);
        var harmless = Decide(options, verdict with { Action = DecisionAction.Observe });
        Assert.Equal("campaign.template", harmless.Reason); // Nothing that anyone could notice.
    }

    // Whole seconds from the flag until the verdict holds, however many verdicts follow the first.
    private static int DelayOf(string account, GatewayOptions options)
    {
        var (low, high) = (-1, 1_001);
        while (high - low > 1)
        {
            var middle = (low + high) / 2;
            var now = Noon.AddSeconds(middle);
            var verdict = Verdict with { FlaggedAt = Noon };
            (low, high) = Decide(options, verdict, account: account, now: now).IsBlock ? (low, middle) : (middle, high);
        }

        return high;
    }

    private static GatewayDecision Decide(
        GatewayOptions options, BoardDecision? verdict = null, Ruling? ruling = null,
        AccountFault fault = AccountFault.None, GatewayKind gateway = GatewayKind.Rest, string plan = "",
        string account = "a", DateTimeOffset? now = null) =>
        Decide(options, TimeSpan.Zero, verdict, ruling, fault, gateway, plan, account, now);

    private static GatewayDecision Decide(GatewayOptions options, TimeSpan? staleFor, BoardDecision? verdict = null) =>
        Decide(options, staleFor, verdict, null, AccountFault.None, GatewayKind.Rest, "", "a", null);

    private static GatewayDecision Decide(
        GatewayOptions options, TimeSpan? staleFor, BoardDecision? verdict, Ruling? ruling, AccountFault fault,
        GatewayKind gateway, string plan, string account, DateTimeOffset? now) =>
        GatewayDecision.Of(
            new DecisionFacts
            {
                Gateway = gateway, Fault = fault, Account = account, Plan = plan, Verdict = verdict, Ruling = ruling,
                StaleFor = staleFor, Now = now ?? Noon,
            },
            new GatewayPolicy(options, new ApiOptions(), policyVersion: 2));
}
