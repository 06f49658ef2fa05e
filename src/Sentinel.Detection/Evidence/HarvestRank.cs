using Sentinel.Detection.Accounts;
using Sentinel.Detection.Policy;

namespace Sentinel.Detection.Evidence;

/// <summary>
/// What it says of strangers on one instrument of identity that many of them lie among the highest twentieth of all
/// accounts by what their most telling requests look like. Held against the accounts of the same stream it is right whatever the
/// classifier's bias there: customers of a reseller lie there one in twenty. Stateless.
/// </summary>
/// <remarks>
/// What explains it otherwise: one person's few accounts for one harmless job that happens to look like harvesting. Fewer
/// than a pool's accounts therefore count as one, and the whole no more than likeness does.
/// </remarks>
internal static class HarvestRank
{
    /// <summary>Exchanges from which on it can be said.</summary>
    public const int ExchangesMin = 8;

    // Camouflage and ordinary use lower a mean, not the fifth of the requests that say most.
    private const double UpperShare = 0.2;

    private const double UsualCount = 4;

    /// <summary>Widths of the lower half above the median beyond which 3 % of innocents lie, some of whose kinds were held out of training.</summary>
    public const double InnocentWidths = 3;

    /// <summary>Logit up to which the classifier itself finds everything ordinary: nothing to be high by.</summary>
    public const double OrdinaryMax = -2;

    /// <summary>Least width, logits: below that accounts lie closer together than the same one from an exchange to the next.</summary>
    public const double WidthMin = 0.1;

    // With a smaller share the one innocent in twenty who lies there too would answer for a few.
    private const double HighShareMin = 0.4;

    /// <summary>What the account is ranked by; false while there is too little of it.</summary>
    public static bool TryUpper(AccountProfile profile, out float upper)
    {
        upper = profile.ExchangeCount < ExchangesMin ? 0 : (float)Upper(profile);
        return profile.ExchangeCount >= ExchangesMin;
    }

    /// <summary>Mean logit of the account's most telling fifth, held back to its own mean while that is a few exchanges.</summary>
    public static double Upper(AccountProfile profile) =>
        profile.Spread.Highest(UpperShare, profile.ExchangeCount, profile.Spread.Mean(), UsualCount);

    /// <summary>Evidence of a pool, nats: likelihood ratio of so many high accounts against one in twenty.</summary>
    /// <param name="high">Accounts among the highest twentieth of all.</param>
    /// <param name="all">Accounts of which it can be said.</param>
    /// <param name="highShare">Share of all accounts that lie there.</param>
    /// <param name="policy">The thresholds.</param>
    public static double Of(int high, int all, double highShare, DetectionPolicy policy)
    {
        if (high < 2 || high < HighShareMin * all)
        {
            return 0;
        }

        var most = all >= policy.AlikeAccountsMin ? policy.LikenessNatsMax : -Math.Log(highShare);
        return Math.Min(ShareEvidence.Ratio(high, all, Math.Min(high / (double)all, 0.95), highShare), most);
    }
}
