using System.ComponentModel;
using System.Globalization;
using Sentinel.Api.Decisions;
using Sentinel.Api.Findings;
using Sentinel.Detection.Links;
using Sentinel.Detection.Verdicts;
using Sentinel.Storage.Queries;

namespace Sentinel.Api.Accounts;

/// <summary>What is known of an account.</summary>
internal sealed record AccountAnswer
{
    [Description("The account.")]
    public required string AccountId { get; init; }

    [Description("none, watch, suspect or abusive. Flagged means suspect or abusive; watch only ranks.")]
    public required string Level { get; init; }

    [Description("0 to 1; orders accounts.")]
    public required double Risk { get; init; }

    [Description("What the decision endpoint answers: allow, observe, challenge, throttle, strip_reasoning or block.")]
    public required string Action { get; init; }

    [Description("Most likely first; empty unless flagged.")]
    public required IReadOnlyList<string> AbuseTypes { get; init; }

    [Description("The campaign that the account is part of, or null.")]
    public required string? CampaignId { get; init; }

    [Description("Event time when it first became flagged, or null.")]
    public required DateTimeOffset? FirstFlaggedAt { get; init; }

    [Description("Exchanges of the account taken until now.")]
    public required long ExchangesSeen { get; init; }

    [Description("Exchanges taken when it first became flagged, or null.")]
    public required long? ExchangesAtFlag { get; init; }

    [Description("Event time of its first exchange.")]
    public required DateTimeOffset FirstSeenAt { get; init; }

    [Description("Event time of its last exchange.")]
    public required DateTimeOffset LastSeenAt { get; init; }

    [Description("Different models that it asked for.")]
    public required long Models { get; init; }

    [Description("How its harvest scores spread: the calibrated probability that a request is of any abusive kind.")]
    public required HarvestAnswer Harvest { get; init; }

    [Description("Strongest first.")]
    public required IReadOnlyList<ReasonAnswer> Reasons { get; init; }

    [Description("Linkable keys that the account uses, the most shared first; at most 200.")]
    public required IReadOnlyList<AccountLinkAnswer> Links { get; init; }

    [Description("Exchanges by day, oldest first; the latest 400 days that have any.")]
    public required IReadOnlyList<AccountDayAnswer> Days { get; init; }

    [Description("The verdict in force: what it was made by. Null when there is none yet.")]
    public required VerdictOriginAnswer? Verdict { get; init; }

    public static AccountAnswer From(AccountSummary summary)
    {
        var verdict = summary.Verdict;
        return new AccountAnswer
        {
            AccountId = summary.AccountId,
            Level = WireNames.Of(verdict?.Level ?? VerdictLevel.None),
            Risk = Math.Round(verdict?.Risk ?? 0, 6),
            Action = WireNames.Of(verdict?.Action ?? DecisionAction.Allow),
            AbuseTypes = verdict is null ? [] : [.. verdict.AbuseTypes.Select(WireNames.Of)],
            CampaignId = verdict?.CampaignId,
            FirstFlaggedAt = verdict?.FirstFlaggedAt,
            ExchangesSeen = summary.Exchanges,
            ExchangesAtFlag = verdict?.ExchangesAtFlag,
            FirstSeenAt = summary.FirstSeen,
            LastSeenAt = summary.LastSeen,
            Models = summary.Models,
            Harvest = HarvestAnswer.From(summary.Harvest),
            Reasons = verdict is null ? [] : ReasonAnswer.From(verdict.Reasons),
            Links = [.. summary.Links.Select(AccountLinkAnswer.From)],
            Days = [.. summary.Days.Select(day => new AccountDayAnswer { Day = day.Day, Exchanges = day.Exchanges })],
            Verdict = verdict is null ? null : VerdictOriginAnswer.From(verdict),
        };
    }
}

/// <summary>How scores spread.</summary>
internal sealed record HarvestAnswer
{
    [Description("Half of the exchanges do not exceed it.")]
    public required double Median { get; init; }

    [Description("Nine tenths do not.")]
    public required double P90 { get; init; }

    [Description("99 hundredths do not.")]
    public required double P99 { get; init; }

    public static HarvestAnswer From(HarvestQuantiles quantiles) => new()
    {
        Median = Math.Round(quantiles.Median, 6),
        P90 = Math.Round(quantiles.P90, 6),
        P99 = Math.Round(quantiles.P99, 6),
    };
}

/// <summary>A day with exchanges.</summary>
internal sealed record AccountDayAnswer
{
    [Description("The day, UTC.")]
    public required DateOnly Day { get; init; }

    [Description("How many.")]
    public required long Exchanges { get; init; }
}

/// <summary>A key that an account uses.</summary>
internal sealed record AccountLinkAnswer
{
    [Description("payment, phone, email_pattern, device, tls, address, template, content, timing, "
        + "reasoning_reference, recirculation or successor.")]
    public required string Kind { get; init; }

    [Description("The key, hashed: 16 hexadecimal digits. Equal keys are the same instrument, device or frame.")]
    public required string Key { get; init; }

    [Description("How many other accounts use it.")]
    public required long OtherAccounts { get; init; }

    [Description("Event time when the account first used it.")]
    public required DateTimeOffset FirstUsedAt { get; init; }

    public static AccountLinkAnswer From(AccountLink link) => new()
    {
        Kind = LinkKinds.Names[(int)link.Kind],
        Key = link.Key.ToString("x16", CultureInfo.InvariantCulture),
        OtherAccounts = link.OtherAccounts,
        FirstUsedAt = link.FirstUsedAt,
    };
}

/// <summary>What a verdict was made by.</summary>
internal sealed record VerdictOriginAnswer
{
    [Description("Names the verdict: partition, offset of the exchange that caused it and policy version.")]
    public required string Id { get; init; }

    [Description("Name and version of the classifier.")]
    public required string ModelVersion { get; init; }

    [Description("Version of the feature layout that the classifier read.")]
    public required int FeatureLayout { get; init; }

    [Description("Version of the policy.")]
    public required int PolicyVersion { get; init; }

    [Description("Event time of the verdict.")]
    public required DateTimeOffset At { get; init; }

    public static VerdictOriginAnswer From(Verdict verdict) => new()
    {
        Id = DecisionAnswer.IdOf(verdict.Id, verdict.Origin),
        ModelVersion = verdict.ModelVersion,
        FeatureLayout = verdict.FeatureLayout,
        PolicyVersion = verdict.Id.PolicyVersion,
        At = verdict.At,
    };
}
