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

    /// <summary>Considers an account.</summary>
    public void Consider(AccountProfile profile)
    {
        var rank = KeyHash.Mix(profile.Key ^ salt);
        if (_accounts.Count == accountsMax && rank >= _accounts.Keys[accountsMax - 1])
        {
            return;
        }

        _accounts[rank] = profile;
        if (_accounts.Count > accountsMax)
        {
            _accounts.RemoveAt(accountsMax);
        }
    }
}
