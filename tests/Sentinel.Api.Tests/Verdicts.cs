using Sentinel.Detection.Verdicts;

namespace Sentinel.Api.Tests;

/// <summary>Verdicts with one thing that matters and the rest filled in.</summary>
internal static class Verdicts
{
    public static DateTimeOffset Noon { get; } = new(2026, 11, 2, 12, 0, 0, TimeSpan.Zero);

    public static Verdict Of(
        string account,
        DecisionAction action = DecisionAction.Block,
        long offset = 7,
        string reason = "campaign.template") =>
        new(
            new VerdictId(0, offset, 1), account,
            action == DecisionAction.Allow ? VerdictLevel.None : VerdictLevel.Abusive, 0.9981234567, action,
            action == DecisionAction.Allow ? [] : [AbuseType.ReasoningExtraction],
            action == DecisionAction.Allow ? null : "cmp-3", Noon, 412, 23,
            [new Reason(reason, "the same instruction frame as 118 other accounts", 4.10049)],
            "content-tier1/1", 1, Noon);
}
