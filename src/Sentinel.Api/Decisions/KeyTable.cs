// Invariant: written by whoever makes it, and never again once it is published. Arrays without references hold it, so the
// collector passes over millions of entries.
using System.Collections;

namespace Sentinel.Api.Decisions;

/// <summary>
/// Values by key: open addressing with linear probing over 64-bit hashes, and the whole key compared in the end. Holds as
/// much as it was made for: 12 bytes of slots, 8 of hash, 8 of end of key, the key and the value for each entry. A look-up
/// touches three places of memory: slot, row and key.
/// </summary>
internal sealed class KeyTable<T>
{
    private readonly ulong[] _slots; // Low half of the hash, and the row behind it counted from 1; 0 where there is none.
    private readonly ulong[] _hashes; // For joining tables; look-ups have half of it in the slot, and then the key.
    private readonly Row[] _rows;
    private readonly byte[] _keys;

    /// <summary>Room for so many entries, and so many bytes of keys.</summary>
    public KeyTable(int entries, int keyBytes)
    {
        _slots = new ulong[Math.Max(2, entries + (entries / 2))];
        _hashes = GC.AllocateUninitializedArray<ulong>(entries); // Written before it is read: a row is there once it is counted.
        _rows = GC.AllocateUninitializedArray<Row>(entries);
        _keys = GC.AllocateUninitializedArray<byte>(keyBytes);
    }

    /// <summary>Entries in it.</summary>
    public int Count { get; private set; }

    /// <summary>Adds a key that is not in it.</summary>
    public void Add(ulong hash, ReadOnlySpan<byte> key, T value)
    {
        var start = StartOf(Count);
        key.CopyTo(_keys.AsSpan(start));
        (_hashes[Count], _rows[Count]) = (hash, new Row(start + key.Length, value));
        Count++;
        var at = HomeOf(hash);
        while (_slots[at] != 0)
        {
            at = Next(at);
        }

        _slots[at] = (hash << 32) | (uint)Count;
    }

    /// <summary>The value of a key. Allocates nothing.</summary>
    public bool TryFind(ulong hash, ReadOnlySpan<byte> key, out T value)
    {
        var row = RowOf(hash, key);
        value = row < 0 ? default! : _rows[row].Value;
        return row >= 0;
    }

    /// <summary>One table of two; of a key in both the newer value stays.</summary>
    /// <param name="older">The one.</param>
    /// <param name="newer">The other.</param>
    /// <param name="drops">Values that are left out, or null.</param>
    public static KeyTable<T> Merge(KeyTable<T> older, KeyTable<T> newer, Predicate<T>? drops)
    {
        var isLeftOut = new BitArray(older.Count);
        var (entries, keyBytes) = (0, 0);
        for (var row = 0; row < newer.Count; row++)
        {
            var key = newer.KeyOf(row);
            if (older.RowOf(newer._hashes[row], key) is >= 0 and var shadowed)
            {
                isLeftOut[shadowed] = true;
            }

            if (drops?.Invoke(newer._rows[row].Value) != true)
            {
                (entries, keyBytes) = (entries + 1, keyBytes + key.Length);
            }
        }

        for (var row = 0; row < older.Count; row++)
        {
            isLeftOut[row] |= drops?.Invoke(older._rows[row].Value) == true;
            if (!isLeftOut[row])
            {
                (entries, keyBytes) = (entries + 1, keyBytes + older.KeyOf(row).Length);
            }
        }

        var merged = new KeyTable<T>(entries, keyBytes);
        for (var row = 0; row < older.Count; row++)
        {
            if (!isLeftOut[row])
            {
                merged.Add(older._hashes[row], older.KeyOf(row), older._rows[row].Value);
            }
        }

        for (var row = 0; row < newer.Count; row++)
        {
            if (drops?.Invoke(newer._rows[row].Value) != true)
            {
                merged.Add(newer._hashes[row], newer.KeyOf(row), newer._rows[row].Value);
            }
        }

        return merged;
    }

    private ReadOnlySpan<byte> KeyOf(int row)
    {
        var start = StartOf(row);
        return _keys.AsSpan(start, _rows[row].KeyEnd - start);
    }

    private int StartOf(int row) => row == 0 ? 0 : _rows[row - 1].KeyEnd;

    private int RowOf(ulong hash, ReadOnlySpan<byte> key)
    {
        for (var at = HomeOf(hash); _slots[at] is not 0 and var slot; at = Next(at))
        {
            var row = (int)(uint)slot - 1;
            if (slot >> 32 == (uint)hash && KeyOf(row).SequenceEqual(key))
            {
                return row;
            }
        }

        return -1;
    }

    // By the high bits: the low ones tell entries of a slot apart.
    private int HomeOf(ulong hash) => (int)Math.BigMul(hash, (ulong)_slots.Length, out _);

    private int Next(int at) => at + 1 == _slots.Length ? 0 : at + 1;

    private readonly record struct Row(int KeyEnd, T Value);
}
