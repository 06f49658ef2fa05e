using Sentinel.Detection.State;

namespace Sentinel.Detection.Accounts;

/// <summary>
/// Remembers 64-bit keys in two generations of at most <see cref="GenerationMax"/> each: a key is known for at least
/// that many keys after it. Owned by the lane's thread.
/// </summary>
/// <remarks>8 bytes a key at a load of at most one half.</remarks>
internal sealed class RecentKeys
{
    private const int CapacityMin = 1 << 12;
    private ulong[] _young = new ulong[CapacityMin];
    private ulong[] _old = [];
    private int _youngCount;

    /// <summary>A memory of at least <paramref name="generationMax"/> and at most twice as many keys.</summary>
    public RecentKeys(int generationMax)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(generationMax, CapacityMin / 2);
        GenerationMax = generationMax;
    }

    /// <summary>Keys in one generation.</summary>
    public int GenerationMax { get; }

    /// <summary>What was inserted.</summary>
    public GenerationLog<ulong> Log { get; } = new();

    /// <summary>Remembers a key other than 0; false when it is known already.</summary>
    public bool TryAdd(ulong key)
    {
        ref var slot = ref Find(_young, key);
        if (slot == key || (_old.Length > 0 && Find(_old, key) == key))
        {
            return false;
        }

        slot = key;
        Log.Add(key);
        if (++_youngCount == GenerationMax)
        {
            (_old, _young, _youngCount) = (_young, Recycled.Table(_old, _young.Length), 0);
        }
        else if (_youngCount * 2 > _young.Length)
        {
            Grow();
        }

        return true;
    }

    private void Grow()
    {
        var larger = new ulong[_young.Length * 2];
        foreach (var key in _young)
        {
            if (key != 0)
            {
                Find(larger, key) = key;
            }
        }

        _young = larger;
    }

    // The key's slot, or the free one where it belongs.
    private static ref ulong Find(ulong[] table, ulong key)
    {
        var slot = (int)(key & (ulong)(table.Length - 1));
        while (table[slot] != 0 && table[slot] != key)
        {
            slot = (slot + 1) & (table.Length - 1);
        }

        return ref table[slot];
    }
}
