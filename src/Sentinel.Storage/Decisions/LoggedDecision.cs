using Sentinel.Detection.Verdicts;

namespace Sentinel.Storage.Decisions;

/// <summary>What a gateway was answered.</summary>
/// <param name="At">When.</param>
/// <param name="AccountId">About whom; empty where the request named nobody.</param>
/// <param name="Gateway">Which kind of gateway asked.</param>
/// <param name="Action">What it was told to do.</param>
/// <param name="Reason">Code of the reason.</param>
/// <param name="DecisionId">Finds what the answer followed from.</param>
/// <param name="IsStale">Whether the board lagged.</param>
/// <param name="Share">Share of such answers that is kept.</param>
public readonly record struct LoggedDecision(
    DateTimeOffset At, string AccountId, string Gateway, DecisionAction Action, string Reason, string DecisionId,
    bool IsStale, double Share);
