using Sentinel.Detection.Exchanges;

namespace Sentinel.Detection.Accounts;

/// <summary>
/// A sample of all accounts: those with the smallest hashed ids, so it is uniform and does not depend on the order of arrival.
/// Owned by the lane's thread.
/// </summary>
/// <param name="accountsMax">Accounts in it.</param>
/// <param name="salt">What makes it another sample than others.</param>
internal sealed class AccountSample(int accountsMax, ulong salt)
{
    private readonly SortedList<ulong, AccountProfile> _accounts = [];

    /// <summary>Accounts in it.</summary>
    public int Count => _accounts.Count;

    /// <summary>The accounts, in the order of their hashes.</summary>
    public IList<AccountProfile> Accounts => _accounts.Values;

    /// <summary>Whether an account with this key would be in it.</summary>
    public bool Wants(ulong key) => _accounts.Count < accountsMax || RankOf(key) < _accounts.Keys[accountsMax - 1];

    /// <summary>Considers an account. While it is in the sample, its profile stays its own.</summary>
    public void Consider(AccountProfile profile)
    {
        var rank = RankOf(profile.Key);
        if (!Wants(profile.Key) || !_accounts.TryAdd(rank, profile))
        {
            return;
        }

        profile.SamplesHolding++;
        if (_accounts.Count > accountsMax)
        {
            _accounts.Values[accountsMax].SamplesHolding--;
            _accounts.RemoveAt(accountsMax);
        }
    }

    private ulong RankOf(ulong key) => KeyHash.Mix(key ^ salt);
}
