using System.Runtime.InteropServices;

namespace Sentinel.Simulation;

/// <summary>
/// Accounts by the time of their next exchange, the lower number first at one time: a heap of four children whose
/// entries are one word each, since taking the next one is done for every exchange. Not thread-safe.
/// </summary>
internal sealed class EventHeap
{
    /// <summary>Accounts it can hold.</summary>
    public const int AccountsMax = 1 << AccountBits;

    private const int AccountBits = 28;
    private const int Children = 4;

    private readonly List<ulong> _heap = [];

    /// <summary>Whether nothing is left.</summary>
    public bool IsEmpty => _heap.Count == 0;

    /// <summary>Account of the earliest time.</summary>
    public int First => (int)(_heap[0] & (AccountsMax - 1));

    /// <summary>Adds an account, which is not in it; times are 0 or later, below 2^36.</summary>
    public void Add(long timeMs, int account)
    {
        var entry = ((ulong)timeMs << AccountBits) | (uint)account;
        _heap.Add(entry);
        var heap = CollectionsMarshal.AsSpan(_heap);
        var at = heap.Length - 1;
        while (at > 0 && heap[(at - 1) / Children] > entry)
        {
            heap[at] = heap[(at - 1) / Children];
            at = (at - 1) / Children;
        }

        heap[at] = entry;
    }

    /// <summary>Gives the first account another time.</summary>
    public void MoveFirst(long timeMs) => Sink(((ulong)timeMs << AccountBits) | (uint)First);

    /// <summary>Takes the first account out.</summary>
    public void RemoveFirst()
    {
        var last = _heap[^1];
        _heap.RemoveAt(_heap.Count - 1);
        if (_heap.Count > 0)
        {
            Sink(last);
        }
    }

    private void Sink(ulong entry)
    {
        var heap = CollectionsMarshal.AsSpan(_heap);
        var at = 0;
        for (var child = 1; child < heap.Length; child = (at * Children) + 1)
        {
            var least = child;
            var end = Math.Min(child + Children, heap.Length);
            for (var other = child + 1; other < end; other++)
            {
                least = heap[other] < heap[least] ? other : least;
            }

            if (heap[least] >= entry)
            {
                break;
            }

            heap[at] = heap[least];
            at = least;
        }

        heap[at] = entry;
    }
}
