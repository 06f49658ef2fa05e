using System.Runtime.InteropServices;

namespace Sentinel.Detection.State;

/// <summary>
/// What was inserted into a memory of two generations since the last snapshot: inserting it again in the same order
/// makes the same memory. While it is off nothing is kept. Owned by the lane's thread.
/// </summary>
internal sealed class GenerationLog<T>
    where T : unmanaged
{
    private readonly List<T> _unsaved = [];

    /// <summary>Whether anybody wants to know.</summary>
    public bool IsOn { get; set; }

    /// <summary>Items inserted since the beginning.</summary>
    public long Count { get; private set; }

    /// <summary>Items that wait for the next snapshot.</summary>
    public int UnsavedCount => _unsaved.Count;

    /// <summary>An item was inserted.</summary>
    public void Add(T item)
    {
        Count++;
        if (IsOn)
        {
            _unsaved.Add(item);
        }
    }

    /// <summary>Writes what waits and forgets it.</summary>
    public void Save(SegmentWriter to, byte section, int generationMax)
    {
        if (_unsaved.Count > 0)
        {
            to.Log(
                section, Count - _unsaved.Count, System.Runtime.CompilerServices.Unsafe.SizeOf<T>(), generationMax,
                MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(_unsaved)));
            _unsaved.Clear();
        }
    }

    /// <summary>Inserts what was saved again. The first log of a compacted state begins at a generation's first item.</summary>
    public void Load(long start, ReadOnlySpan<byte> items, Action<T> insert)
    {
        if (start != Count && Count != 0)
        {
            throw new InvalidDataException("A piece of a log is missing between two segments.");
        }

        var isOn = IsOn;
        (IsOn, Count) = (false, start);
        foreach (var item in MemoryMarshal.Cast<byte, T>(items))
        {
            insert(item);
        }

        IsOn = isOn;
    }
}
