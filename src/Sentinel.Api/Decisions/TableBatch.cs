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
    private readonly Share[] _shares = new Share[LayeredTable<T>.Shards];

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
        var known = isKnown ? first : None;
        var index = IndexFrom(known, key);
        if (index != None)
        {
            _entries[index] = _entries[index] with { Value = value };
            return;
        }

        first = _entries.Count;
        ref var share = ref _shares[LayeredTable<T>.ShardOf(hash)];
        var before = share.Entries == 0 ? None : share.Last;
        share = new Share(share.Entries + 1, share.KeyBytes + key.Length, first);
        _entries.Add(new Entry(hash, _keys.WrittenCount, key.Length, known, before, value));
        _keys.Write(key);
    }

    /// <summary>A table of those whose hash is of the shard; null when there are none. Several shards at once, by as many
    /// threads, as long as nothing is set.</summary>
    public KeyTable<T>? TableOf(int shard)
    {
        var share = _shares[shard];
        if (share.Entries == 0)
        {
            return null;
        }

        var entries = CollectionsMarshal.AsSpan(_entries);
        var table = new KeyTable<T>(share.Entries, share.KeyBytes);
        for (var at = share.Last; at != None; at = entries[at].Before)
        {
            table.Add(entries[at].Hash, KeyOf(entries[at]), entries[at].Value);
        }

        return table;
    }

    /// <summary>Leaves nothing in it.</summary>
    public void Clear()
    {
        _first.Clear();
        _entries.Clear();
        _keys.ResetWrittenCount();
        Array.Clear(_shares);
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

    // Next: another of the same hash. Before: the one before it of the same shard.
    private readonly record struct Entry(ulong Hash, int Start, int Length, int Next, int Before, T Value);

    private readonly record struct Share(int Entries, int KeyBytes, int Last);
}
