namespace Sentinel.Detection.State;

/// <summary>
/// Which of many numbered things changed since the last snapshot, each once, in the order in which they first did. While it is
/// off nothing is kept. A bit for each thing. Owned by the lane's thread.
/// </summary>
internal sealed class ChangedIndices
{
    private readonly List<int> _items = [];
    private ulong[] _bits = [];

    /// <summary>Whether anybody wants to know.</summary>
    public bool IsOn { get; set; }

    /// <summary>The numbers.</summary>
    public IReadOnlyList<int> Items => _items;

    /// <summary>Something changed.</summary>
    public void Add(int index)
    {
        if (!IsOn)
        {
            return;
        }

        var (word, bit) = (index >> 6, 1UL << (index & 63));
        if (word >= _bits.Length)
        {
            Array.Resize(ref _bits, word + (word / 2) + 16);
        }

        if ((_bits[word] & bit) == 0)
        {
            _bits[word] |= bit;
            _items.Add(index);
        }
    }

    /// <summary>All are saved.</summary>
    public void Clear()
    {
        foreach (var index in _items)
        {
            _bits[index >> 6] = 0;
        }

        _items.Clear();
    }
}
