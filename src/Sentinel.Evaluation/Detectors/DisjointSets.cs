namespace Sentinel.Evaluation.Detectors;

/// <summary>Sets that only ever join (union by size, paths halved). Owned by one thread.</summary>
internal sealed class DisjointSets
{
    private readonly int[] _parents;
    private readonly int[] _sizes;

    /// <summary>So many sets of one.</summary>
    public DisjointSets(int count)
    {
        _parents = new int[count];
        _sizes = new int[count];
        for (var i = 0; i < count; i++)
        {
            (_parents[i], _sizes[i]) = (i, 1);
        }
    }

    /// <summary>The element that stands for a set.</summary>
    public int RootOf(int element)
    {
        while (_parents[element] != element)
        {
            element = _parents[element] = _parents[_parents[element]];
        }

        return element;
    }

    /// <summary>Elements of the set of an element.</summary>
    public int SizeOf(int element) => _sizes[RootOf(element)];

    /// <summary>Joins two sets; gives the root that stays and the one that went, equal where they were one.</summary>
    public (int Kept, int Gone) Join(int first, int second)
    {
        var (kept, gone) = (RootOf(first), RootOf(second));
        if (kept == gone)
        {
            return (kept, kept);
        }

        if (_sizes[kept] < _sizes[gone])
        {
            (kept, gone) = (gone, kept);
        }

        _parents[gone] = kept;
        _sizes[kept] += _sizes[gone];
        return (kept, gone);
    }
}
