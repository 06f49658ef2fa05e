using System.Collections.Immutable;
using System.ComponentModel;
using Sentinel.Detection.Verdicts;
using Sentinel.Storage.Decisions;

namespace Sentinel.Api.Accounts;

/// <summary>What a gateway was answered.</summary>
internal sealed record LoggedDecisionAnswer
{
    [Description("When.")]
    public required DateTimeOffset At { get; init; }

    [Description("Which kind of gateway asked: rest, nginx, haproxy, envoy, litellm, portkey or kong.")]
    public required string Gateway { get; init; }

    [Description("What it was told to do.")]
    public required string Decision { get; init; }

    [Description("Code of the reason.")]
    public required string Reason { get; init; }

    [Description("Finds what the answer followed from.")]
    public required string DecisionId { get; init; }

    [Description("Whether the decisions in memory lagged.")]
    public required bool Stale { get; init; }

    [Description("Share of such answers that is kept.")]
    public required double Share { get; init; }
}

/// <summary>What gateways were answered about an account.</summary>
internal sealed record LoggedDecisionsAnswer
{
    [Description("The account.")]
    public required string AccountId { get; init; }

    [Description("The latest first.")]
    public required IReadOnlyList<LoggedDecisionAnswer> Decisions { get; init; }

    public static LoggedDecisionsAnswer From(string accountId, ImmutableArray<LoggedDecision> found) => new()
    {
        AccountId = accountId,
        Decisions =
        [
            .. found.Select(static one => new LoggedDecisionAnswer
            {
                At = one.At,
                Gateway = one.Gateway,
                Decision = WireNames.Of(one.Action),
                Reason = one.Reason,
                DecisionId = one.DecisionId,
                Stale = one.IsStale,
                Share = one.Share,
            }),
        ],
    };
}
