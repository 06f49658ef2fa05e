using Sentinel.Detection.Exchanges;
using Sentinel.Detection.State;

namespace Sentinel.Detection.Accounts;

/// <summary>
/// All accounts of a lane by id: open addressing on half of a 64-bit hash, with the full id compared, so a look-up allocates
/// nothing. Accounts keep the index in which they were first seen. Most lie packed in a <see cref="BlockArena"/>
/// (<see cref="PackedAccount"/>); those of the latest exchanges are objects, and when there are enough of these, one that was
/// not asked for lately is packed and becomes another account. Owned by the lane's thread.
/// </summary>
/// <remarks>
/// An <see cref="AccountState"/> stays the account that it is until the next one is asked for, and as long as it is
/// <see cref="AccountState.IsHeld"/>.
/// </remarks>
internal sealed class AccountTable
{
    /// <summary>Objects for accounts that are enough: those of the latest seconds, about 16 MiB.</summary>
    public const int UnpackedDefault = 16_384;

    // In a place: the rest is the number of an object, else the place of a block.
    private const uint Unpacked = 1u << 31;
    private const int SlotsMin = 1 << 10;

    private readonly BlockArena _packed = new();
    private readonly List<AccountState> _unpacked = [];
    private readonly StateWriter _writer = new();
    private readonly int _unpackedMax;
    private readonly Func<int> _heldMax;
    private Slot[] _slots = new Slot[SlotsMin];
    private uint[] _places = [];
    private AccountState? _checked;

    // By object: whether it was asked for since the hand passed. Beside each other, since the hand passes many.
    private bool[] _isRecent = [];
    private int _hand;

    /// <summary>An empty table.</summary>
    /// <param name="accountsMax">Accounts that fit.</param>
    /// <param name="unpackedMax">
    /// Accounts that are objects besides those that are held; <see cref="int.MaxValue"/> where each one's is held for good.
    /// </param>
    /// <param name="heldMax">How many accounts are held now at most; asked when there is no object for one more.</param>
    public AccountTable(int accountsMax, int unpackedMax, Func<int> heldMax)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(unpackedMax, 1);
        (AccountsMax, _unpackedMax, _heldMax) = (accountsMax, unpackedMax, heldMax);
    }

    /// <summary>Accounts that fit.</summary>
    public int AccountsMax { get; }

    /// <summary>Accounts in it.</summary>
    public int Count { get; private set; }

    /// <summary>Accounts that are objects now.</summary>
    public int UnpackedCount => _unpacked.Count;

    /// <summary>Bytes of all pages that packed accounts lie on.</summary>
    public long PackedBytes => _packed.PageBytes;

    /// <summary>The account with this index.</summary>
    public AccountState this[int index] => Of(index, key: 0);

    /// <summary>What can be told of an account without unpacking it.</summary>
    public AccountHead HeadOf(int index) =>
        _places[index] is >= Unpacked and var place
            ? HeadOf(_unpacked[(int)(place - Unpacked)].Profile)
            : PackedAccount.HeadOf(_packed[_places[index]]);

    /// <summary>The account as bytes, until the next call.</summary>
    public ReadOnlySpan<byte> PackedAt(int index)
    {
        if (_places[index] is < Unpacked and var block)
        {
            return _packed[block];
        }

        _writer.Clear();
        PackedAccount.Write(_writer, _unpacked[(int)(_places[index] - Unpacked)]);
        return _writer.Written;
    }

    /// <summary>
    /// The account with this id, made when it is new and there is room. Null when the table is full: the exchange of
    /// an account beyond the limit cannot be judged.
    /// </summary>
    public AccountState? GetOrAdd(ReadOnlySpan<byte> idUtf8)
    {
        var key = KeyHash.Of(idUtf8);
        var tag = TagOf(key);
        var slot = (int)(tag & (uint)(_slots.Length - 1));
        while (_slots[slot].Number != 0)
        {
            if (_slots[slot].Tag == tag && IdAt(_slots[slot].Number - 1).SequenceEqual(idUtf8))
            {
                return Of(_slots[slot].Number - 1, key);
            }

            slot = (slot + 1) & (_slots.Length - 1);
        }

        if (Count == AccountsMax)
        {
            return null;
        }

        var number = TakeObject();
        var account = _unpacked[number];
        account.Become(Count, idUtf8, key);
        Reserve(Count + 1);
        _places[Count++] = Unpacked + (uint)number;
        _slots[slot] = new Slot(tag, Count);
        if (Count > _slots.Length / 4 * 3)
        {
            Grow();
        }

        return account;
    }

    /// <summary>
    /// Puts an account of a snapshot in its place: indices may come in any order, and the same one again. Nothing can be
    /// looked up until <see cref="EndRestoring"/>.
    /// </summary>
    /// <exception cref="InvalidDataException">There is no room, or these bytes are no account.</exception>
    public void Restore(int index, ReadOnlySpan<byte> packed)
    {
        if (index >= AccountsMax)
        {
            throw new InvalidDataException($"A snapshot holds more than {AccountsMax} accounts.");
        }

        PackedAccount.ReadInto(_checked ??= new AccountState(), index, key: 0, packed);
        Reserve(index + 1);
        Count = Math.Max(Count, index + 1);
        if (_places[index] != 0)
        {
            FreeBlock(_places[index]);
        }

        _places[index] = _packed.Add(index, packed);
    }

    /// <summary>All accounts of a snapshot are there.</summary>
    public void EndRestoring()
    {
        _checked = null;
        var size = System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(SlotsMin, (Count / 3 * 4) + 4));
        _slots = new Slot[size];
        for (var index = 0; index < Count; index++)
        {
            if (_places[index] == 0)
            {
                throw new InvalidDataException("A snapshot leaves accounts out.");
            }

            Place(_slots, new Slot(TagOf(KeyHash.Of(IdAt(index))), index + 1));
        }
    }

    private static AccountHead HeadOf(AccountProfile profile) => new(profile.Key, profile.ExchangeCount, profile.OrgKey);

    private ReadOnlySpan<byte> IdAt(int index) => _places[index] is >= Unpacked and var place
        ? _unpacked[(int)(place - Unpacked)].Profile.IdUtf8
        : PackedAccount.IdOf(_packed[_places[index]]);

    // The key of its id where that is known, else 0.
    private AccountState Of(int index, ulong key)
    {
        var place = _places[index];
        if (place < Unpacked)
        {
            return Unpack(index, key != 0 ? key : KeyHash.Of(IdAt(index)));
        }

        var number = (int)(place - Unpacked);
        _isRecent[number] = true;
        return _unpacked[number];
    }

    private AccountState Unpack(int index, ulong key)
    {
        var number = TakeObject();
        var account = _unpacked[number];
        var place = _places[index];
        PackedAccount.ReadInto(account, index, key, _packed[place]);
        FreeBlock(place);
        _places[index] = Unpacked + (uint)number;
        return account;
    }

    private void FreeBlock(uint place)
    {
        if (_packed.Free(place) is >= 0 and var moved)
        {
            _places[moved] = place;
        }
    }

    // A new object while there are few besides those that are held, so the search below is short; else the hand of a clock goes
    // round and packs the first one that was not asked for since it passed.
    private int TakeObject()
    {
        if (_unpacked.Count < (long)_unpackedMax + _heldMax())
        {
            _unpacked.Add(new AccountState());
            if (_unpacked.Count > _isRecent.Length)
            {
                Array.Resize(ref _isRecent, Math.Max(64, _isRecent.Length * 2));
            }

            return _unpacked.Count - 1;
        }

        while (true)
        {
            _hand = _hand + 1 < _unpacked.Count ? _hand + 1 : 0;
            if (_isRecent[_hand])
            {
                _isRecent[_hand] = false;
            }
            else if (_unpacked[_hand] is { IsHeld: false } account)
            {
                _writer.Clear();
                PackedAccount.Write(_writer, account);
                _places[account.Index] = _packed.Add(account.Index, _writer.Written);
                return _hand;
            }
        }
    }

    private void Reserve(int count)
    {
        if (count > _places.Length)
        {
            Array.Resize(ref _places, (int)Math.Min(Math.Max(count + (count / 4L), 64), Array.MaxLength));
        }
    }

    private void Grow()
    {
        var larger = new Slot[_slots.Length * 2];
        foreach (var slot in _slots)
        {
            if (slot.Number != 0)
            {
                Place(larger, slot);
            }
        }

        _slots = larger;
    }

    private static void Place(Slot[] slots, Slot placed)
    {
        var slot = (int)(placed.Tag & (uint)(slots.Length - 1));
        while (slots[slot].Number != 0)
        {
            slot = (slot + 1) & (slots.Length - 1);
        }

        slots[slot] = placed;
    }

    // Half of the hash, so that a larger table needs no account to be looked at.
    private static uint TagOf(ulong hash) => (uint)(hash >> 32);

    /// <param name="Tag">Upper half of the hash.</param>
    /// <param name="Number">Index of the account and one more; 0 in a free slot.</param>
    private readonly record struct Slot(uint Tag, int Number);
}
