using Sentinel.Detection.State;

namespace Sentinel.Detection.Links;

/// <summary>
/// Who used a key first, for keys that only one account used so far: most keys are never shared and must cost little.
/// Two generations of at most <see cref="GenerationMax"/> keys each; a key not seen again for that many newer keys is
/// forgotten. Owned by the lane's thread.
/// </summary>
internal sealed class Sightings
{
    private const int CapacityMin = 1 << 12;
    private Slot[] _young = new Slot[CapacityMin];
    private Slot[] _old = [];
    private int _youngCount;

    /// <summary>A memory of at most twice <paramref name="generationMax"/> keys, 16 bytes each at half load.</summary>
    public Sightings(int generationMax)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(generationMax, CapacityMin / 2);
        GenerationMax = generationMax;
    }

    /// <summary>Keys in one generation.</summary>
    public int GenerationMax { get; }

    /// <summary>What was inserted: keys with the account that was first to use them.</summary>
    public GenerationLog<(ulong Key, ulong Account)> Log { get; } = new();

    /// <summary>
    /// The account that was first to use the key; when there is none, <paramref name="account"/> becomes it.
    /// </summary>
    public ulong FirstOrAdd(ulong key, ulong account)
    {
        ref var slot = ref Find(_young, key);
        if (slot.Key == key)
        {
            return slot.Account;
        }

        var first = account;
        if (_old.Length > 0)
        {
            ref var old = ref Find(_old, key);
            first = old.Key == key ? old.Account : account;
        }

        slot = new Slot(key, first);
        Log.Add((key, first));
        MakeRoom();
        return first;
    }

    /// <summary>Inserts a key again that <see cref="Log"/> holds.</summary>
    public void Insert((ulong Key, ulong Account) item)
    {
        Find(_young, item.Key) = new Slot(item.Key, item.Account);
        Log.Add(item);
        MakeRoom();
    }

    /// <summary>The account that was first to use the key, or 0.</summary>
    public ulong Find(ulong key)
    {
        ref var young = ref Find(_young, key);
        if (young.Key == key)
        {
            return young.Account;
        }

        if (_old.Length == 0)
        {
            return 0;
        }

        ref var old = ref Find(_old, key);
        return old.Key == key ? old.Account : 0;
    }

    private void MakeRoom()
    {
        if (++_youngCount == GenerationMax)
        {
            (_old, _young, _youngCount) = (_young, Recycled.Table(_old, _young.Length), 0);
        }
        else if (_youngCount * 2 > _young.Length)
        {
            var larger = new Slot[_young.Length * 2];
            foreach (var item in _young)
            {
                if (item.Key != 0)
                {
                    Find(larger, item.Key) = item;
                }
            }

            _young = larger;
        }
    }

    // The key's slot, or the free one where it belongs. Keys are hashes and never 0.
    private static ref Slot Find(Slot[] table, ulong key)
    {
        var slot = (int)(key & (ulong)(table.Length - 1));
        while (table[slot].Key != 0 && table[slot].Key != key)
        {
            slot = (slot + 1) & (table.Length - 1);
        }

        return ref table[slot];
    }

    private readonly record struct Slot(ulong Key, ulong Account);
}
