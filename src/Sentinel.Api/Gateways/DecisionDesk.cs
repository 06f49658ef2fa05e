using Sentinel.Api.Decisions;
using Sentinel.Api.Decisions.Log;
using Sentinel.Api.Observability;

namespace Sentinel.Api.Gateways;

/// <summary>
/// The one way to a decision: collects what is known, lets <see cref="GatewayDecision"/> decide, and counts the answer.
/// Takes no lock. Thread-safe.
/// </summary>
internal sealed class DecisionDesk(
    DecisionBoard board, RulingBoard rulings, GatewayPolicyInForce policies, DecisionLog log, ApiTelemetry telemetry,
    TimeProvider clock)
{
    /// <summary>How decisions are served at this moment.</summary>
    public GatewayPolicy Policy => policies.Current;

    /// <summary>The rulings that stand.</summary>
    public RulingBoard Rulings => rulings;

    /// <summary>Decides on a request, whatever it names.</summary>
    public GatewayDecision Decide(GatewayPolicy policy, GatewayKind gateway, scoped in NamedKeys named)
    {
        // Asked before the look-up: a board that stops being fed in between gives an answer that was still live.
        var (isTimed, now) = (telemetry.IsDecisionTimed, clock.GetUtcNow());
        var began = isTimed ? clock.GetTimestamp() : 0;
        var staleFor = board.StaleFor(now);
        BoardDecision? verdict = null;
        if (named.Fault == AccountFault.None && board.TryFind(named.Account, out var found))
        {
            verdict = found;
        }

        var decision = GatewayDecision.Of(
            new DecisionFacts
            {
                Gateway = gateway, Fault = named.Fault, Account = named.Account, Plan = named.Plan,
                Verdict = verdict, Ruling = RulingOn(named, verdict?.CampaignId, now), StaleFor = staleFor, Now = now,
            },
            policy);
        log.Take(gateway, named.Account, decision, policy, now, chance: now.UtcTicks);
        telemetry.Answered(decision.Action);
        if (isTimed)
        {
            telemetry.Decided(clock.GetElapsedTime(began));
        }

        return decision;
    }

    // In the order of KeyKind: of those that rank alike the most specific stays.
    private Ruling? RulingOn(scoped in NamedKeys named, ReadOnlySpan<char> campaign, DateTimeOffset now)
    {
        var strongest = Stronger(null, KeyKind.ApiKey, named.ApiKey, now);
        if (named.Fault == AccountFault.None)
        {
            strongest = Stronger(strongest, KeyKind.Account, named.Account, now);
        }

        strongest = Stronger(strongest, KeyKind.Campaign, campaign, now);
        strongest = Stronger(strongest, KeyKind.PaymentHash, named.PaymentHash, now);
        strongest = Stronger(strongest, KeyKind.Organisation, named.Organisation, now);
        return Stronger(strongest, KeyKind.AddressBlock, named.Address, now);
    }

    private Ruling? Stronger(Ruling? moreSpecific, KeyKind kind, ReadOnlySpan<char> text, DateTimeOffset now) =>
        rulings.TryFind(kind, text, now, out var ruling) && ruling.Outranks(moreSpecific) ? ruling : moreSpecific;
}
