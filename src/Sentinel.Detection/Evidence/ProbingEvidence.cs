using Sentinel.Detection.Accounts;
using Sentinel.Detection.Policy;
using Sentinel.Detection.Scoring;
using Sentinel.Detection.Verdicts;

namespace Sentinel.Detection.Evidence;

/// <summary>
/// What it says of a group that its accounts try one way after another to get around the model's limits. No single
/// attempt need look like much to the classifier; but among strangers only one account in twenty lies in the highest
/// twentieth of all, and hardly any is refused often. Stateless.
/// </summary>
/// <remarks>
/// Testers of their own products do the same: they are one house, and one house is no pool. One template that happens to
/// score high is one wording and does not count.
/// </remarks>
internal static class ProbingEvidence
{
    /// <summary>Exchanges from which on an account's mean says something.</summary>
    public const int ExchangesMin = 6;

    private const double OneFrameShare = 0.5;
    private static ReadOnlySpan<double> RefusedShares => [0.1, 0.3, 0.6];

    /// <summary>
    /// How much the account's exchanges look like attempts, in no unit; false while that cannot be said, or where one
    /// frame makes up half of them.
    /// </summary>
    public static bool TryMean(AccountProfile profile, out float mean)
    {
        mean = profile.KindSum[(int)ContentKind.TechniqueProbing] / Math.Max(1, profile.ExchangeCount);
        if (profile.ExchangeCount < ExchangesMin)
        {
            return false;
        }

        var slots = profile.Frames.InUse;
        for (var i = 1; i < slots.Length; i++)
        {
            if (slots[i].Count >= OneFrameShare * profile.ExchangeCount)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// Evidence of a group, nats: likelihood ratio of so many high accounts against one in twenty, and of so many
    /// refusals against the share that innocents meet.
    /// </summary>
    /// <param name="high">Accounts among the highest twentieth of all.</param>
    /// <param name="all">Accounts of which it can be said.</param>
    /// <param name="highShare">Share of all accounts that lie there.</param>
    /// <param name="refused">Their refused exchanges.</param>
    /// <param name="exchanges">Their exchanges.</param>
    /// <param name="policy">The thresholds.</param>
    public static double Of(int high, int all, double highShare, long refused, long exchanges, DetectionPolicy policy)
    {
        if (high < 2 || high <= highShare * all)
        {
            return 0;
        }

        var share = Math.Min(high / (double)all, 0.95);
        var nats = ShareEvidence.Ratio(high, all, share, highShare);
        var refusals = ShareEvidence.Mixture(refused, exchanges, RefusedShares, policy.RefusedShareByChance);
        return Math.Clamp(nats + Math.Max(0, refusals), 0, policy.ProbingNatsMax);
    }

    /// <summary>The sentence for people.</summary>
    public static Reason ReasonOf(double nats) => new(
        "pool.probing",
        "the accounts of its pool try one way after another around the model's limits, as few accounts do",
        nats);
}
