using System.ComponentModel;
using System.Globalization;
using Sentinel.Detection.Verdicts;

namespace Sentinel.Api.Decisions;

/// <summary>May this account go on?</summary>
internal sealed record DecisionAnswer
{
    private const string RulingReason = "ruling";

    [Description("The account asked for.")]
    public required string AccountId { get; init; }

    [Description("What a gateway should do: allow, observe, challenge, throttle, strip_reasoning or block.")]
    public required string Decision { get; init; }

    [Description("Stable code of the strongest reason. no_verdict: nothing has been concluded about this account.")]
    public required string Reason { get; init; }

    [Description("Level of the verdict behind it: none, watch, suspect or abusive.")]
    public required string Level { get; init; }

    [Description("The campaign that the account is part of, or null.")]
    public required string? CampaignId { get; init; }

    [Description("How long a gateway may reuse this answer, and should when the API cannot be reached.")]
    public required int TtlSeconds { get; init; }

    [Description("True while the decisions in memory may lack what was concluded more than a few seconds ago.")]
    public required bool Stale { get; init; }

    [Description("Up to how many seconds ago something may have been concluded that this answer does not know; null when "
        + "it was never up to date.")]
    public required double? StaleForSeconds { get; init; }

    [Description("Names what this follows from: of a verdict partition, offset of the exchange and policy version, or "
        + "campaigns, offset and policy version; of a ruling its id. "
        + "Log it; it finds the evidence again.")]
    public required string DecisionId { get; init; }

    [Description("Version of the policy that decided.")]
    public required int PolicyVersion { get; init; }

    /// <summary>The answer for an account that is on the board.</summary>
    public static DecisionAnswer From(BoardDecision decision, ApiOptions options, TimeSpan? staleFor) => new()
    {
        AccountId = decision.AccountId,
        Decision = WireNames.Of(decision.Action),
        Reason = decision.Reason,
        Level = WireNames.Of(decision.Level),
        CampaignId = decision.CampaignId,
        TtlSeconds = options.DecisionTtlSeconds,
        Stale = IsStale(staleFor, options),
        StaleForSeconds = SecondsOf(staleFor),
        DecisionId = IdOf(decision.VerdictId, decision.Origin),
        PolicyVersion = decision.VerdictId.PolicyVersion,
    };

    /// <summary>The answer for an account that is not.</summary>
    public static DecisionAnswer NoVerdict(
        string accountId, int policyVersion, ApiOptions options, TimeSpan? staleFor) => new()
    {
        AccountId = accountId,
        Decision = WireNames.Of(DecisionAction.Allow),
        Reason = BoardDecision.NoVerdict,
        Level = WireNames.Of(VerdictLevel.None),
        CampaignId = null,
        TtlSeconds = options.NoVerdictTtlSeconds,
        Stale = IsStale(staleFor, options),
        StaleForSeconds = SecondsOf(staleFor),
        DecisionId = string.Create(CultureInfo.InvariantCulture, $"none-{policyVersion}"),
        PolicyVersion = policyVersion,
    };

    /// <summary>The answer for an account that a reviewer ruled on.</summary>
    public static DecisionAnswer From(
        Ruling ruling, BoardDecision? verdict, int policyVersion, DateTimeOffset now, ApiOptions options,
        TimeSpan? staleFor) => new()
    {
        AccountId = ruling.AccountId,
        Decision = WireNames.Of(ruling.Action),
        Reason = RulingReason,
        Level = WireNames.Of(verdict?.Level ?? VerdictLevel.None),
        CampaignId = verdict?.CampaignId,
        TtlSeconds = ruling.ExpiresAt is { } end
            ? (int)Math.Clamp((end - now).TotalSeconds, 1, options.DecisionTtlSeconds)
            : options.DecisionTtlSeconds,
        Stale = IsStale(staleFor, options),
        StaleForSeconds = SecondsOf(staleFor),
        DecisionId = $"ruling-{ruling.Id}",
        PolicyVersion = policyVersion,
    };

    /// <summary>The id by which a decision's verdict is found again.</summary>
    public static string IdOf(VerdictId id, VerdictOrigin origin) => origin == VerdictOrigin.Campaigns
        ? string.Create(CultureInfo.InvariantCulture, $"campaigns-{id.Offset}-{id.PolicyVersion}")
        : string.Create(CultureInfo.InvariantCulture, $"{id.Partition}-{id.Offset}-{id.PolicyVersion}");

    private static bool IsStale(TimeSpan? staleFor, ApiOptions options) =>
        staleFor is not { } time || time.TotalSeconds > options.StaleAfterSeconds;

    private static double? SecondsOf(TimeSpan? staleFor) =>
        staleFor is { } time ? Math.Round(time.TotalSeconds, 3) : null;
}

/// <summary>Answers in the order of the question.</summary>
internal sealed record DecisionAnswers
{
    [Description("One answer for each account asked for, in that order.")]
    public required IReadOnlyList<DecisionAnswer> Decisions { get; init; }
}

/// <summary>Which accounts may go on? Exactly one of the two.</summary>
internal sealed record DecisionQuestion
{
    [Description("One account.")]
    public string? AccountId { get; init; }

    [Description("At most 1,000 accounts.")]
    public IReadOnlyList<string>? AccountIds { get; init; }
}
