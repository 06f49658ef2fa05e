namespace Sentinel.Detection.State;

/// <summary>
/// Which items changed since the last snapshot, each once, in the order in which they first did. While it is off
/// nothing is kept. Owned by the lane's thread.
/// </summary>
internal sealed class ChangeList<T>
    where T : class, IChangeTracked
{
    private readonly List<T> _items = [];

    /// <summary>Whether anybody wants to know.</summary>
    public bool IsOn { get; set; }

    /// <summary>The items.</summary>
    public IReadOnlyList<T> Items => _items;

    /// <summary>An item changed.</summary>
    public void Add(T item)
    {
        if (IsOn && !item.IsUnsaved)
        {
            item.IsUnsaved = true;
            _items.Add(item);
        }
    }

    /// <summary>All are saved.</summary>
    public void Clear()
    {
        foreach (var item in _items)
        {
            item.IsUnsaved = false;
        }

        _items.Clear();
    }
}

/// <summary>Remembers whether it waits for the next snapshot.</summary>
internal interface IChangeTracked
{
    bool IsUnsaved { get; set; }
}
