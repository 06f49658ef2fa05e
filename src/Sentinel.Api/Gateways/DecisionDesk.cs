using Sentinel.Api.Decisions;
using Sentinel.Api.Observability;

namespace Sentinel.Api.Gateways;

/// <summary>
/// The one way to a decision: collects what is known, lets <see cref="GatewayDecision"/> decide, and counts the answer.
/// Takes no lock. Thread-safe.
/// </summary>
internal sealed class DecisionDesk(
    DecisionBoard board, RulingBoard rulings, GatewayPolicyInForce policies, ApiTelemetry telemetry, TimeProvider clock)
{
    /// <summary>How decisions are served at this moment.</summary>
    public GatewayPolicy Policy => policies.Current;

    /// <summary>Decides on an account that was read, or on a request that names none.</summary>
    public GatewayDecision Decide(
        GatewayPolicy policy, GatewayKind gateway, AccountFault fault, ReadOnlySpan<char> account,
        ReadOnlySpan<char> plan)
    {
        // Asked before the look-up: a board that stops being fed in between gives an answer that was still live.
        var (began, now) = (clock.GetTimestamp(), clock.GetUtcNow());
        var staleFor = board.StaleFor(now);
        BoardDecision? verdict = null;
        Ruling? ruling = null;
        if (fault == AccountFault.None)
        {
            board.TryFind(account, out verdict);
            rulings.TryFind(account, now, out ruling);
        }

        var decision = GatewayDecision.Of(
            new DecisionFacts
            {
                Gateway = gateway, Fault = fault, Account = account, Plan = plan,
                Verdict = verdict, Ruling = ruling, StaleFor = staleFor, Now = now,
            },
            policy);
        telemetry.Answered(decision.Action);
        telemetry.Decided(clock.GetElapsedTime(began));
        return decision;
    }
}
