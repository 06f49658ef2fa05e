using Sentinel.Detection.Accounts;
using Sentinel.Detection.State;

namespace Sentinel.Detection.Campaigns;

/// <summary>The accounts that the campaigns lane was told of, by key. Owned by the lane's thread.</summary>
/// <param name="accountsMax">Accounts that fit; further ones are left out.</param>
internal sealed class LinkedAccounts(int accountsMax)
{
    private readonly List<LinkedAccount> _accounts = [];
    private readonly Dictionary<ulong, int> _byKey = [];

    /// <summary>Accounts that changed since the last snapshot.</summary>
    public ChangeList<LinkedAccount> Changes { get; } = new();

    /// <summary>Accounts known here.</summary>
    public int Count => _accounts.Count;

    /// <summary>All, in the order in which they were first told of.</summary>
    public IReadOnlyList<LinkedAccount> All => _accounts;

    /// <summary>Accounts of all account lanes, of which those here are a part: what rarity is measured against.</summary>
    public long Total { get; set; }

    /// <summary>The account with this index.</summary>
    public LinkedAccount this[int index] => _accounts[index];

    /// <summary>The account with this key, if its profile was told.</summary>
    public LinkedAccount? Find(ulong key) => _byKey.TryGetValue(key, out var index) ? _accounts[index] : null;

    /// <summary>Takes a profile over. Null when the account is new and there is no room.</summary>
    public LinkedAccount? Take(AccountProfile profile)
    {
        if (Find(profile.Key) is { } known)
        {
            known.Profile = profile;
            return known;
        }

        if (_accounts.Count == accountsMax)
        {
            return null;
        }

        var account = new LinkedAccount(_accounts.Count, profile, Changes);
        _byKey.Add(profile.Key, account.Index);
        _accounts.Add(account);
        Changes.Add(account);
        return account;
    }

    /// <summary>Puts an account of a snapshot in its place; indices may come in any order, and the same one again.</summary>
    public LinkedAccount Restore(int index, AccountProfile profile)
    {
        if (index >= accountsMax)
        {
            throw new InvalidDataException($"A snapshot holds more than {accountsMax} accounts.");
        }

        while (_accounts.Count <= index)
        {
            _accounts.Add(null!);
        }

        _byKey[profile.Key] = index;
        return _accounts[index] = new LinkedAccount(index, profile, Changes);
    }
}
