using Sentinel.Detection.Accounts;

namespace Sentinel.Detection.Campaigns;

/// <summary>
/// Whether accounts are of one house: a company, a university, one gateway, or one person's several accounts. What such accounts
/// share is no evidence. Scratch space only; owned by the lane's thread.
/// </summary>
internal sealed class Houses(Population population)
{
    // Of a group, from here on a house is behind it.
    private const double OrgShare = 0.6;
    private const double BlockShare = 0.5;
    private const double DomainShare = 0.8;

    // A mail domain that more accounts have is a provider's.
    private const double DomainPopularityMax = 0.05;

    private readonly Dictionary<uint, int> _tally = [];

    /// <summary>
    /// Whether two accounts are of one house: an organisation, an address block or a mail domain of their own in common, or one
    /// person's card and phone.
    /// </summary>
    public bool IsOne(AccountProfile left, AccountProfile right) =>
        IsSame(left.OrgKey, right.OrgKey) || IsSame(left.IpBlockKey, right.IpBlockKey)
        || (IsSame(left.PaymentKey, right.PaymentKey) && IsSame(left.PhoneKey, right.PhoneKey))
        || (IsSame(left.EmailDomainKey, right.EmailDomainKey)
            && population.ShareOfDomain(left.EmailDomainKey) <= DomainPopularityMax);

    /// <summary>Whether most of a group are of one house.</summary>
    public bool IsOne(List<LinkedAccount> group)
    {
        if (TopShare(group, static a => a.OrgKey, out _) >= OrgShare
            || TopShare(group, static a => a.IpBlockKey, out _) >= BlockShare)
        {
            return true;
        }

        return TopShare(group, static a => a.EmailDomainKey, out var domain) >= DomainShare
            && population.ShareOfDomain(domain) <= DomainPopularityMax;
    }

    private double TopShare(List<LinkedAccount> group, Func<AccountProfile, uint> keyOf, out uint top)
    {
        _tally.Clear();
        (top, var topCount) = (0u, 0);
        foreach (var account in group)
        {
            var key = keyOf(account.Profile);
            if (key == 0)
            {
                continue;
            }

            var count = _tally[key] = _tally.GetValueOrDefault(key) + 1;
            if (count > topCount)
            {
                (top, topCount) = (key, count);
            }
        }

        return topCount / (double)group.Count;
    }

    private static bool IsSame(uint left, uint right) => left != 0 && left == right;
}
