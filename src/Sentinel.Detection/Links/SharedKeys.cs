using Sentinel.Detection.State;

namespace Sentinel.Detection.Links;

/// <summary>The shared keys that the campaigns lane was told of. Owned by the lane's thread.</summary>
/// <param name="entriesMax">Keys that fit; past it those not used for longest go.</param>
/// <param name="forget">Told of every entry that goes.</param>
internal sealed class SharedKeys(int entriesMax, Action<LinkEntry> forget)
{
    private readonly Dictionary<ulong, LinkEntry> _entries = [];

    /// <summary>Entries that changed since the last snapshot.</summary>
    public ChangeList<LinkEntry> Changes { get; } = new();

    /// <summary>Keys in it.</summary>
    public int Count => _entries.Count;

    /// <summary>The entry of a key, if there is one.</summary>
    public LinkEntry? Find(ulong key) => _entries.GetValueOrDefault(key);

    /// <summary>The entry of a key, made when it is new.</summary>
    public LinkEntry GetOrAdd(LinkKind kind, ulong key)
    {
        if (_entries.TryGetValue(key, out var known))
        {
            return known;
        }

        if (_entries.Count >= entriesMax)
        {
            ForgetColdest();
        }

        var entry = new LinkEntry(kind, key, Changes);
        _entries.Add(key, entry);
        return entry;
    }

    /// <summary>Takes an entry out.</summary>
    public void Remove(ulong key) => _entries.Remove(key);

    // Half of the entries that convicted nobody go, those not used for longest.
    private void ForgetColdest()
    {
        var times = new List<long>(_entries.Count);
        foreach (var entry in _entries.Values)
        {
            if (entry.Campaign < 0)
            {
                times.Add(entry.LastSeenMs);
            }
        }

        times.Sort();
        var cut = times.Count == 0 ? long.MaxValue : times[times.Count / 2];
        foreach (var (key, entry) in _entries)
        {
            if (entry.Campaign < 0 && entry.LastSeenMs <= cut)
            {
                entry.IsForgotten = true;
                _entries.Remove(key);
                forget(entry);
            }
        }
    }
}
