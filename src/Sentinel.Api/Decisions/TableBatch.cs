using System.Buffers;
using System.Runtime.InteropServices;

namespace Sentinel.Api.Decisions;

/// <summary>Entries that are put in force together; of a key the last counts. One owner; used again after
/// <see cref="Clear"/>.</summary>
internal sealed class TableBatch<T>
{
    private const int None = -1;

    private readonly Dictionary<ulong, int> _first = [];
    private readonly List<Entry> _entries = [];
    private readonly ArrayBufferWriter<byte> _keys = new();

    /// <summary>Entries in it.</summary>
    public int Count => _entries.Count;

    /// <summary>The value of a key.</summary>
    public bool TryFind(ulong hash, ReadOnlySpan<byte> key, out T value)
    {
        var index = IndexOf(hash, key);
        value = index == None ? default! : _entries[index].Value;
        return index != None;
    }

    /// <summary>Sets the value of a key.</summary>
    public void Set(ulong hash, ReadOnlySpan<byte> key, T value)
    {
        ref var first = ref CollectionsMarshal.GetValueRefOrAddDefault(_first, hash, out var isKnown);
        var index = isKnown ? IndexFrom(first, key) : None;
        if (index != None)
        {
            _entries[index] = _entries[index] with { Value = value };
            return;
        }

        _entries.Add(new Entry(hash, _keys.WrittenCount, key.Length, isKnown ? first : None, value));
        first = _entries.Count - 1;
        _keys.Write(key);
    }

    /// <summary>A table of those whose hash is of the shard; null when there are none.</summary>
    public KeyTable<T>? TableOf(int shard)
    {
        var (entries, keyBytes) = (0, 0);
        foreach (ref readonly var entry in CollectionsMarshal.AsSpan(_entries))
        {
            if (LayeredTable<T>.ShardOf(entry.Hash) == shard)
            {
                (entries, keyBytes) = (entries + 1, keyBytes + entry.Length);
            }
        }

        if (entries == 0)
        {
            return null;
        }

        var table = new KeyTable<T>(entries, keyBytes);
        foreach (ref readonly var entry in CollectionsMarshal.AsSpan(_entries))
        {
            if (LayeredTable<T>.ShardOf(entry.Hash) == shard)
            {
                table.Add(entry.Hash, KeyOf(entry), entry.Value);
            }
        }

        return table;
    }

    /// <summary>Leaves nothing in it.</summary>
    public void Clear()
    {
        _first.Clear();
        _entries.Clear();
        _keys.ResetWrittenCount();
    }

    private int IndexOf(ulong hash, ReadOnlySpan<byte> key) => IndexFrom(_first.GetValueOrDefault(hash, None), key);

    private int IndexFrom(int index, ReadOnlySpan<byte> key)
    {
        while (index != None && !KeyOf(_entries[index]).SequenceEqual(key))
        {
            index = _entries[index].Next;
        }

        return index;
    }

    private ReadOnlySpan<byte> KeyOf(in Entry entry) => _keys.WrittenSpan.Slice(entry.Start, entry.Length);

    private readonly record struct Entry(ulong Hash, int Start, int Length, int Next, T Value);
}
