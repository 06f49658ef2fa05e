// Precedence, strongest first:
//   1. the kill switch;
//   2. a ruling that allows, on any key that the request names, until it ends;
//   3. any other ruling;
//   4. a verified workload: a ruling on that basis; one in the register is taken into account by the verdict itself, which
//      leaves out what the workload explains and nothing else;
//   5. a request that names no account, by fail mode;
//   6. the verdict, once its delay is over and until its action has had its time;
//   7. no verdict; on a board too old to mean anything by fail mode.
// Of several rulings of one rank that on the most specific key holds: API key, account, campaign, payment instrument,
// organisation, address block, and of blocks the narrowest. Of those on one key the latest: a person changed their mind.
using Sentinel.Api.Decisions;
using Sentinel.Detection.Verdicts;

namespace Sentinel.Api.Gateways;

/// <summary>What is known about a request when it is decided on.</summary>
internal readonly ref struct DecisionFacts
{
    /// <summary>Who asks.</summary>
    public required GatewayKind Gateway { get; init; }

    /// <summary>Whether the request names an account.</summary>
    public required AccountFault Fault { get; init; }

    /// <summary>The account, where it does.</summary>
    public ReadOnlySpan<char> Account { get; init; }

    /// <summary>Its plan; empty where the gateway does not say.</summary>
    public ReadOnlySpan<char> Plan { get; init; }

    /// <summary>What the board holds of it.</summary>
    public BoardDecision? Verdict { get; init; }

    /// <summary>The strongest ruling in force on what it names.</summary>
    public Ruling? Ruling { get; init; }

    /// <summary>Lag of the board; null when it was never up to date.</summary>
    public required TimeSpan? StaleFor { get; init; }

    /// <summary>The time.</summary>
    public required DateTimeOffset Now { get; init; }
}

/// <summary>May this request go on? The same for every gateway; each says it in its own way.</summary>
internal readonly record struct GatewayDecision
{
    /// <summary>Reason while the kill switch is on.</summary>
    public const string KillSwitch = "kill_switch";

    /// <summary>Reason while a verdict waits for its enforcement.</summary>
    public const string Delayed = "enforcement_delayed";

    /// <summary>Reason when the action of a verdict has had its time.</summary>
    public const string Expired = "action_expired";

    /// <summary>Reason where nothing is known of an account and the board is too old to tell.</summary>
    public const string StaleBoard = "stale_board";

    /// <summary>Reason of a ruling.</summary>
    public const string RuledOn = "ruling";

    /// <summary>Reason of a workload that was verified.</summary>
    public const string VerifiedWorkload = "verified_workload";

    /// <summary>What to do.</summary>
    public required DecisionAction Action { get; init; }

    /// <summary>Stable code of the reason.</summary>
    public required string Reason { get; init; }

    /// <summary>Finds again what it follows from.</summary>
    public required string DecisionId { get; init; }

    /// <summary>How long it may be reused.</summary>
    public required int TtlSeconds { get; init; }

    /// <summary>Whether the board lags.</summary>
    public required bool IsStale { get; init; }

    /// <summary>By how much; null when it was never up to date.</summary>
    public required TimeSpan? StaleFor { get; init; }

    /// <summary>What holds for this gateway and plan when there is no answer.</summary>
    public required FailMode FailMode { get; init; }

    /// <summary>Level of the verdict behind it.</summary>
    public required VerdictLevel Level { get; init; }

    /// <summary>Campaign of the verdict, or null.</summary>
    public required string? CampaignId { get; init; }

    /// <summary>Version of the policy that decided.</summary>
    public required int PolicyVersion { get; init; }

    /// <summary>Whether the request is turned away.</summary>
    public bool IsBlock => Action == DecisionAction.Block;

    /// <summary>Decides. Of the same facts under the same policy always the same.</summary>
    public static GatewayDecision Of(scoped in DecisionFacts facts, GatewayPolicy policy)
    {
        var nothing = NoVerdict(facts, policy);
        if (policy.Options.KillSwitch)
        {
            return nothing with { Reason = KillSwitch, DecisionId = KillSwitch };
        }

        if (facts.Ruling is { } ruling)
        {
            return Ruled(nothing, ruling, facts.Now, policy);
        }

        if (facts.Fault != AccountFault.None)
        {
            return nothing with { Action = ActionOf(nothing.FailMode), Reason = AccountFaults.NameOf(facts.Fault) };
        }

        if (facts.Verdict is { } verdict)
        {
            return Judged(nothing, verdict, facts, policy);
        }

        var isUnknowable = facts.StaleFor is not { } lag || lag > policy.StaleMax;
        return isUnknowable && nothing.FailMode == FailMode.Closed
            ? nothing with { Action = DecisionAction.Block, Reason = StaleBoard }
            : nothing;
    }

    private static GatewayDecision NoVerdict(scoped in DecisionFacts facts, GatewayPolicy policy) => new()
    {
        Action = DecisionAction.Allow,
        Reason = BoardDecision.NoVerdict,
        DecisionId = policy.NoVerdictId,
        TtlSeconds = policy.NoVerdictTtlSeconds,
        IsStale = facts.StaleFor is not { } lag || lag > policy.StaleAfter,
        StaleFor = facts.StaleFor,
        FailMode = policy.FailModeOf(facts.Gateway, facts.Plan),
        Level = facts.Verdict?.Level ?? VerdictLevel.None,
        CampaignId = facts.Verdict?.CampaignId,
        PolicyVersion = policy.PolicyVersion,
    };

    private static GatewayDecision Ruled(
        in GatewayDecision nothing, Ruling ruling, DateTimeOffset now, GatewayPolicy policy) => nothing with
        {
            Action = ruling.Action,
            Reason = ruling.Basis == RulingBasis.VerifiedWorkload ? VerifiedWorkload : RuledOn,
            DecisionId = ruling.DecisionId,
            TtlSeconds = ruling.ExpiresAt is { } end
                ? (int)Math.Clamp((end - now).TotalSeconds, 1, policy.DecisionTtlSeconds)
                : policy.DecisionTtlSeconds,
        };

    private static GatewayDecision Judged(
        in GatewayDecision nothing, BoardDecision verdict, scoped in DecisionFacts facts, GatewayPolicy policy)
    {
        var judged = nothing with
        {
            Action = verdict.Action,
            Reason = verdict.Reason,
            DecisionId = policy.Ids.Of(verdict.VerdictId, verdict.Origin),
            TtlSeconds = policy.DecisionTtlSeconds,
            PolicyVersion = verdict.VerdictId.PolicyVersion,
        };
        if (verdict.Action > DecisionAction.Observe && facts.Now - verdict.At >= policy.TimeOf(verdict.Action))
        {
            return judged with { Action = DecisionAction.Observe, Reason = Expired };
        }

        var wait = RemainingDelay(verdict, facts, policy);
        return wait <= TimeSpan.Zero ? judged : judged with
        {
            Action = DecisionAction.Observe,
            Reason = Delayed,
            TtlSeconds = (int)Math.Clamp(Math.Ceiling(wait.TotalSeconds), 1, policy.DecisionTtlSeconds),
        };
    }

    // Counted from the first flag, not from the newest verdict: else an account that goes on would never be stopped.
    private static TimeSpan RemainingDelay(
        BoardDecision verdict, scoped in DecisionFacts facts, GatewayPolicy policy)
    {
        if (policy.Delay is not { } delay || verdict.Action <= DecisionAction.Observe)
        {
            return TimeSpan.Zero;
        }

        var waited = facts.Now - verdict.FlaggedAt;
        return waited >= delay.Max ? TimeSpan.Zero : delay.Of(facts.Account) - waited;
    }

    private static DecisionAction ActionOf(FailMode mode) =>
        mode == FailMode.Open ? DecisionAction.Allow : DecisionAction.Block;
}
