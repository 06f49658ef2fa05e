using Sentinel.Detection.Policy;
using Sentinel.Detection.Verdicts;

namespace Sentinel.Detection.Evidence;

/// <summary>
/// What it says of an account that outputs of strangers come back as its material. Innocents do that too: they answer
/// letters, mark essays and review code that a model wrote for others. So it counts by its share of all exchanges, and
/// alone it never flags, unless the account's own outputs go round among strangers as well.
/// </summary>
internal static class RecirculationEvidence
{
    private static ReadOnlySpan<double> Shares => [0.03, 0.1, 0.3, 0.9];

    /// <summary>
    /// Evidence, nats: the likelihood ratio of so many exchanges with outputs of strangers against the share that
    /// innocents reach, averaged over the shares that a campaign may have.
    /// </summary>
    /// <param name="flow">What was seen.</param>
    /// <param name="exchanges">All exchanges of the account.</param>
    /// <param name="policy">The thresholds.</param>
    public static double Of(in OutputFlow flow, long exchanges, DetectionPolicy policy)
    {
        if (flow.Foreign == 0)
        {
            return 0;
        }

        var nats = ShareEvidence.Mixture(flow.Foreign, Math.Max(exchanges, flow.Foreign), Shares, policy.OutputShareByChance);
        var most = GoesRound(flow, exchanges, policy) ? policy.CirculationNatsMax : policy.RecirculationNatsMax;
        return Math.Clamp(nats, 0, most);
    }

    /// <summary>
    /// Whether putting in outputs is what it mostly does, those of several strangers, and several strangers put in its own.
    /// Strangers alone tell nothing: the more an account sends, the more of them it meets by chance.
    /// </summary>
    public static bool GoesRound(in OutputFlow flow, long exchanges, DetectionPolicy policy) =>
        flow.Issuers >= policy.CirculationAccountsMin && flow.Takers >= policy.CirculationAccountsMin
        && flow.Foreign >= policy.CirculationShareMin * exchanges;

    /// <summary>The sentence for people.</summary>
    public static Reason ReasonOf(in OutputFlow flow, long exchanges, DetectionPolicy policy) => new(
        "recirculation.material",
        $"{flow.Foreign} of its {exchanges} exchanges put in outputs that the model gave to {flow.Issuers} other accounts"
            + (GoesRound(flow, exchanges, policy) ? $", and {flow.Takers} other accounts put in its own" : ""),
        Of(flow, exchanges, policy));
}
