using Sentinel.Detection.Exchanges;
using Sentinel.Detection.State;

namespace Sentinel.Detection.Accounts;

/// <summary>
/// Remembers event ids exactly, in two generations of at most <see cref="GenerationMax"/> each: an event is known as a
/// duplicate for at least that many events after it. When the young generation is full it becomes the old one and the
/// old one is forgotten. Owned by the lane's thread.
/// </summary>
/// <remarks>16 bytes an id at a load of at most one half: at the default limit at most 2 × 256 MiB.</remarks>
internal sealed class SeenEvents
{
    private const int CapacityMin = 1 << 12;
    private EventKey[] _young = new EventKey[CapacityMin];
    private EventKey[] _old = [];
    private int _youngCount;

    /// <summary>A memory of at least <paramref name="generationMax"/> and at most twice as many ids.</summary>
    public SeenEvents(int generationMax)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(generationMax, CapacityMin / 2);
        GenerationMax = generationMax;
    }

    /// <summary>Ids in one generation.</summary>
    public int GenerationMax { get; }

    /// <summary>What was inserted.</summary>
    public GenerationLog<EventKey> Log { get; } = new();

    /// <summary>Remembers an id; false when it is known already.</summary>
    public bool TryAdd(EventKey key)
    {
        if (Contains(_old, key) || !Insert(_young, key))
        {
            return false;
        }

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
        var larger = new EventKey[_young.Length * 2];
        foreach (var key in _young)
        {
            if (key != default)
            {
                Insert(larger, key);
            }
        }

        _young = larger;
    }

    private static bool Contains(EventKey[] table, EventKey key)
    {
        if (table.Length == 0)
        {
            return false;
        }

        for (var slot = SlotOf(table, key); table[slot] != default; slot = (slot + 1) & (table.Length - 1))
        {
            if (table[slot] == key)
            {
                return true;
            }
        }

        return false;
    }

    private static bool Insert(EventKey[] table, EventKey key)
    {
        var slot = SlotOf(table, key);
        for (; table[slot] != default; slot = (slot + 1) & (table.Length - 1))
        {
            if (table[slot] == key)
            {
                return false;
            }
        }

        table[slot] = key;
        return true;
    }

    // Keys are hashes already; no key is all zero, since neither half is (KeyHash never gives 0).
    private static int SlotOf(EventKey[] table, EventKey key) => (int)(key.Low & (ulong)(table.Length - 1));
}
