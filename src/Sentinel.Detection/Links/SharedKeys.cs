namespace Sentinel.Detection.Links;

/// <summary>The shared keys that the campaigns lane was told of. Owned by the lane's thread.</summary>
internal sealed class SharedKeys(int entriesMax)
{
    private readonly Dictionary<ulong, LinkEntry> _entries = [];

    /// <summary>Keys in it.</summary>
    public int Count => _entries.Count;

    /// <summary>All of them, in no particular order.</summary>
    public IEnumerable<LinkEntry> All => _entries.Values;

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

        var entry = new LinkEntry(kind, key);
        _entries.Add(key, entry);
        return entry;
    }

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
            }
        }
    }
}
