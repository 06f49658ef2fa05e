using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Sentinel.Client;

/// <summary>Answers by request keys, in two generations: when the younger is half of all, the older goes. Thread-safe.</summary>
internal sealed class DecisionCache(int answersMax)
{
    private volatile ConcurrentDictionary<RequestKeys, Entry> _young = new();
    private volatile ConcurrentDictionary<RequestKeys, Entry> _old = new();

    /// <summary>The last answer, and when its time ends.</summary>
    public bool TryFind(in RequestKeys keys, [NotNullWhen(true)] out Decision? decision, out DateTimeOffset until)
    {
        var (young, old) = (_young, _old);
        var isFound = young.TryGetValue(keys, out var entry) || old.TryGetValue(keys, out entry);
        (decision, until) = (entry.Decision, entry.Until);
        return isFound;
    }

    /// <summary>Keeps an answer.</summary>
    public void Set(in RequestKeys keys, Decision decision, DateTimeOffset until)
    {
        var young = _young;
        if (young.Count >= answersMax / 2)
        {
            _old = young;
            _young = young = new ConcurrentDictionary<RequestKeys, Entry>(); // Two at once lose some answers and no more.
        }

        young[keys] = new Entry(decision, until);
    }

    private readonly record struct Entry(Decision Decision, DateTimeOffset Until);
}
