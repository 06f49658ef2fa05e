// Invariant: a published snapshot is never written again, so readers take no lock and see every batch whole or not at all.
// A writer makes a new one: the levels of a shard grow geometrically, so an entry is copied a logarithmic number of times
// and a look-up asks a handful of tables. Shards keep what is there twice while levels join to a sixteenth of it all.
namespace Sentinel.Api.Decisions;

/// <summary>Values by key, for many readers and one writer at a time. Reading is lock-free and allocates nothing.</summary>
/// <param name="hash">Places keys.</param>
/// <param name="isGone">Values that stand for none: left out where there is nothing older that they could hide.</param>
internal sealed class LayeredTable<T>(KeyedHash hash, Predicate<T>? isGone)
{
    /// <summary>Parts by hash.</summary>
    public const int Shards = 1 << ShardBits;

    private const int ShardBits = 4;
    private const int ShardShift = 32; // Of the hash's bits tables use the lower ones and the highest.

    // An older level joins the new one unless it is at least this many times as large.
    private const int LevelRatio = 4;

    // From so many on other cores help: some milliseconds of joining, as come together only when a node starts.
    private const int AloneMax = 4_096;

    private volatile KeyTable<T>[][] _current = [.. Enumerable.Repeat(Array.Empty<KeyTable<T>>(), Shards)];
    private int _count;

    /// <summary>Entries held; one key may count more than once until levels join.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>The shard of a hash.</summary>
    public static int ShardOf(ulong hash) => (int)(hash >> ShardShift) & (Shards - 1);

    /// <summary>Hash of a key, for both of the other methods.</summary>
    public ulong HashOf(ReadOnlySpan<byte> key) => hash.Of(key);

    /// <summary>The value of a key.</summary>
    public bool TryFind(ulong keyHash, ReadOnlySpan<byte> key, out T value)
    {
        foreach (var level in _current[ShardOf(keyHash)])
        {
            if (level.TryFind(keyHash, key, out value))
            {
                return true;
            }
        }

        value = default!;
        return false;
    }

    /// <summary>Puts a batch in force, all at once. One caller at a time.</summary>
    public void Publish(TableBatch<T> batch)
    {
        var next = (KeyTable<T>[][])_current.Clone();
        if (batch.Count > AloneMax)
        {
            Parallel.For(0, Shards, shard => Join(next, batch, shard));
        }
        else
        {
            for (var shard = 0; shard < Shards; shard++)
            {
                Join(next, batch, shard);
            }
        }

        Show(next);
    }

    /// <summary>Makes one level of each shard, without some of the values; a shard at a time. One caller at a time.</summary>
    public void Compact(Predicate<T> drops)
    {
        for (var shard = 0; shard < Shards; shard++)
        {
            var levels = _current[shard];
            if (levels.Length == 0)
            {
                continue;
            }

            var joined = new KeyTable<T>(0, 0);
            for (var i = 0; i < levels.Length; i++)
            {
                joined = KeyTable<T>.Merge(levels[i], joined, i == levels.Length - 1 ? drops : null);
            }

            var next = (KeyTable<T>[][])_current.Clone();
            next[shard] = [joined];
            Show(next);
        }
    }

    private void Join(KeyTable<T>[][] next, TableBatch<T> batch, int shard)
    {
        if (batch.TableOf(shard) is { } table)
        {
            next[shard] = Joined(next[shard], table);
        }
    }

    private KeyTable<T>[] Joined(KeyTable<T>[] levels, KeyTable<T> table)
    {
        var joined = table;
        var kept = 0;
        while (kept < levels.Length && levels[kept].Count < (long)joined.Count * LevelRatio)
        {
            joined = KeyTable<T>.Merge(levels[kept], joined, kept == levels.Length - 1 ? isGone : null);
            kept++;
        }

        return [joined, .. levels.AsSpan(kept)];
    }

    private void Show(KeyTable<T>[][] next)
    {
        _current = next;
        Volatile.Write(ref _count, next.Sum(static levels => levels.Sum(static level => level.Count)));
    }
}
