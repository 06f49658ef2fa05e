using System.ComponentModel;
using System.Globalization;
using System.Text.Json.Serialization;
using Sentinel.Api.Gateways;
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

    [Description("Stable code of the strongest reason. no_verdict: nothing has been concluded about this account; "
        + "kill_switch: nothing is enforced at the moment; enforcement_delayed: a verdict is not enforced yet.")]
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

    [Description("Requests a minute that the account may make; only where decision is throttle.")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? ThrottlePerMinute { get; init; }

    /// <summary>A decision on an account, in words.</summary>
    public static DecisionAnswer From(string accountId, in GatewayDecision decision, GatewayPolicy policy) => new()
    {
        AccountId = accountId,
        Decision = WireNames.Of(decision.Action),
        Reason = decision.Reason,
        Level = WireNames.Of(decision.Level),
        CampaignId = decision.CampaignId,
        TtlSeconds = decision.TtlSeconds,
        Stale = decision.IsStale,
        StaleForSeconds = decision.StaleFor is { } time ? Rounded(time) : null,
        DecisionId = decision.DecisionId,
        PolicyVersion = decision.PolicyVersion,
        ThrottlePerMinute = decision.Action == DecisionAction.Throttle ? policy.Options.ThrottlePerMinute : null,
    };

    /// <summary>Seconds, to the millisecond.</summary>
    public static double Rounded(TimeSpan time) => Math.Round(time.TotalSeconds, 3);

    /// <summary>The id by which a decision's verdict is found again.</summary>
    public static string IdOf(VerdictId id, VerdictOrigin origin) => origin == VerdictOrigin.Campaigns
        ? string.Create(CultureInfo.InvariantCulture, $"campaigns-{id.Offset}-{id.PolicyVersion}")
        : string.Create(CultureInfo.InvariantCulture, $"{id.Partition}-{id.Offset}-{id.PolicyVersion}");
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

    [Description("Its plan, for the fail mode.")]
    public string? Plan { get; init; }

    [Description("Id or hash of the API key that the request came with; never the key itself.")]
    public string? ApiKeyId { get; init; }

    [Description("The account's organisation.")]
    public string? OrgId { get; init; }

    [Description("Hash of the account's payment instrument.")]
    public string? PaymentHash { get; init; }

    [Description("Address that the request came from.")]
    public string? Address { get; init; }

    [Description("At most 1,000 accounts.")]
    public IReadOnlyList<string>? AccountIds { get; init; }
}
