using Sentinel.Detection.Exchanges;

namespace Sentinel.Detection.Accounts;

/// <summary>
/// All accounts of a lane by id: open addressing on a 64-bit hash, half of which a slot remembers, with the full id compared,
/// so a look-up allocates nothing. Accounts keep the index in which they were first seen. Owned by the lane's thread.
/// </summary>
internal sealed class AccountTable
{
    private readonly List<AccountState> _accounts = [];
    private Slot[] _slots = new Slot[1 << 10];

    /// <summary>A table for at most <paramref name="accountsMax"/> accounts.</summary>
    public AccountTable(int accountsMax) => AccountsMax = accountsMax;

    /// <summary>Accounts that fit.</summary>
    public int AccountsMax { get; }

    /// <summary>Accounts in it.</summary>
    public int Count => _accounts.Count;

    /// <summary>The account with this index.</summary>
    public AccountState this[int index] => _accounts[index];

    /// <summary>All, in the order in which they were first seen.</summary>
    public IReadOnlyList<AccountState> All => _accounts;

    /// <summary>
    /// The account with this id, made when it is new and there is room. Null when the table is full: the exchange of
    /// an account beyond the limit cannot be judged.
    /// </summary>
    public AccountState? GetOrAdd(ReadOnlySpan<byte> idUtf8)
    {
        var hash = KeyHash.Of(idUtf8);
        var slot = (int)(hash & (ulong)(_slots.Length - 1));
        while (_slots[slot].Number != 0)
        {
            if (_slots[slot].Tag == TagOf(hash) && _accounts[_slots[slot].Number - 1].Profile.IdUtf8.SequenceEqual(idUtf8))
            {
                return _accounts[_slots[slot].Number - 1];
            }

            slot = (slot + 1) & (_slots.Length - 1);
        }

        if (_accounts.Count == AccountsMax)
        {
            return null;
        }

        var account = new AccountState(_accounts.Count, idUtf8.ToArray());
        _accounts.Add(account);
        _slots[slot] = new Slot(TagOf(hash), _accounts.Count);
        if (_accounts.Count * 2 > _slots.Length)
        {
            Grow();
        }

        return account;
    }

    /// <summary>
    /// The account with this index and id, while a snapshot is loaded: indices may come in any order, and the same one
    /// again. Nothing can be looked up until <see cref="EndRestoring"/>.
    /// </summary>
    public AccountState Restore(int index, ReadOnlySpan<byte> idUtf8)
    {
        if (index >= AccountsMax)
        {
            throw new InvalidDataException($"A snapshot holds more than {AccountsMax} accounts.");
        }

        while (_accounts.Count <= index)
        {
            _accounts.Add(null!);
        }

        return _accounts[index] ??= new AccountState(index, idUtf8.ToArray());
    }

    /// <summary>All accounts of a snapshot are there.</summary>
    public void EndRestoring()
    {
        var size = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(1 << 10, (_accounts.Count * 2) + 1));
        _slots = new Slot[size];
        foreach (var account in _accounts)
        {
            if (account is null)
            {
                throw new InvalidDataException("A snapshot leaves accounts out.");
            }

            Place(_slots, account);
        }
    }

    private static void Place(Slot[] slots, AccountState account)
    {
        var hash = account.Profile.Key;
        var slot = (int)(hash & (ulong)(slots.Length - 1));
        while (slots[slot].Number != 0)
        {
            slot = (slot + 1) & (slots.Length - 1);
        }

        slots[slot] = new Slot(TagOf(hash), account.Index + 1);
    }

    private void Grow()
    {
        var larger = new Slot[_slots.Length * 2];
        foreach (var account in _accounts)
        {
            Place(larger, account);
        }

        _slots = larger;
    }

    // The other half chose the slot, or nearly.
    private static uint TagOf(ulong hash) => (uint)(hash >> 32);

    /// <param name="Tag">Upper half of the hash.</param>
    /// <param name="Number">Index of the account and one more; 0 in a free slot.</param>
    private readonly record struct Slot(uint Tag, int Number);
}
