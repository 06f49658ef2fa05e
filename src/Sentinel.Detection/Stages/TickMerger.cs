using System.Runtime.InteropServices;
using Sentinel.Detection.State;

namespace Sentinel.Detection.Stages;

/// <summary>
/// Puts the pieces of several lanes into one order that does not depend on how they arrived: tick by tick, within a
/// tick by source, within a source as sent. A tick is released once every source has ended it. Owned by one lane.
/// </summary>
/// <remarks>
/// A source that lags holds the others up until their pieces fill <paramref name="bytesMax"/>; then the oldest tick is
/// released without it, and what it still sends of that tick counts in the next. That too depends only on the order of
/// the records in the partition, so reading them again gives the same.
/// </remarks>
/// <param name="sources">The sources that must end a tick.</param>
/// <param name="bytesMax">Bytes of pieces held back at most.</param>
internal sealed class TickMerger(IEnumerable<SourceId> sources, long bytesMax)
{
    private readonly SortedDictionary<SourceId, Source> _sources =
        new(sources.ToDictionary(static id => id, static _ => new Source()));

    private readonly SortedDictionary<long, List<Held>> _held = [];
    private long _heldBytes;

    /// <summary>The last tick that was released; what comes of it later counts in the next one.</summary>
    public long ReleasedThrough { get; private set; } = long.MinValue;

    /// <summary>Bytes of pieces held back.</summary>
    public long HeldBytes => _heldBytes;

    /// <summary>Pieces that were sent again and left out.</summary>
    public long RepeatedCount { get; private set; }

    /// <summary>Offset of the oldest piece that is held back, or <paramref name="next"/> when none is.</summary>
    public long OldestHeldOffset(long next)
    {
        var oldest = next;
        foreach (var tick in _held.Values)
        {
            foreach (var piece in tick)
            {
                oldest = Math.Min(oldest, piece.Offset);
            }
        }

        return oldest;
    }

    /// <summary>Takes a piece; one that was taken before is left out.</summary>
    public void Offer(in PieceHeader header, long offset, ReadOnlySpan<byte> piece)
    {
        if (!_sources.TryGetValue(header.From, out var source))
        {
            _sources.Add(header.From, source = new Source()); // The topic has more partitions than it used to.
        }

        if (header.Sequence <= source.OfferedSequence)
        {
            RepeatedCount++;
            return;
        }

        source.OfferedSequence = header.Sequence;
        var tick = Math.Max(header.Tick, ReleasedThrough + 1);
        source.EndedTick = Math.Max(source.EndedTick, header.EndsThrough);
        if (!_held.TryGetValue(tick, out var held))
        {
            _held.Add(tick, held = []);
        }

        held.Add(new Held(header.From, header.Sequence, header.EndsThrough, offset, piece.ToArray()));
        _heldBytes += piece.Length + Held.Overhead;
    }

    /// <summary>
    /// Releases the oldest tick that is complete, or that must go to make room. False when there is none.
    /// </summary>
    /// <param name="tick">The tick.</param>
    /// <param name="pieces">Its pieces in their order.</param>
    public bool TryRelease(out long tick, out IReadOnlyList<byte[]> pieces)
    {
        (tick, pieces) = (0, []);
        if (_held.Count == 0)
        {
            return false;
        }

        var (oldest, held) = _held.First();
        if (oldest > EndedByAll() && _heldBytes <= bytesMax)
        {
            return false;
        }

        held.Sort(static (left, right) => left.From != right.From
            ? left.From.CompareTo(right.From)
            : left.Sequence.CompareTo(right.Sequence));
        foreach (var piece in CollectionsMarshal.AsSpan(held))
        {
            _heldBytes -= piece.Bytes.Length + Held.Overhead;
            var source = _sources[piece.From];
            source.ReleasedSequence = Math.Max(source.ReleasedSequence, piece.Sequence);
            source.ReleasedEnd = Math.Max(source.ReleasedEnd, piece.EndsThrough);
        }

        _held.Remove(oldest);
        ReleasedThrough = oldest;
        tick = oldest;
        pieces = [.. held.Select(static piece => piece.Bytes)];
        return true;
    }

    /// <summary>Writes what is needed to go on from the oldest piece held back.</summary>
    public void Write(StateWriter to)
    {
        to.PutInt64(ReleasedThrough);
        to.PutCount(_sources.Count);
        foreach (var (id, source) in _sources)
        {
            to.PutByte((byte)id.Kind);
            to.PutCount(id.Partition);
            to.PutInt64(source.ReleasedSequence);
            to.PutInt64(source.ReleasedEnd);
        }
    }

    /// <summary>Goes on where <see cref="Write"/> was; to be called before anything is offered.</summary>
    public void Read(ref StateReader from)
    {
        ReleasedThrough = from.TakeInt64();
        for (var left = from.TakeCount(); left > 0; left--)
        {
            var id = new SourceId((PieceKind)from.TakeByte(), from.TakeCount());
            var (sequence, end) = (from.TakeInt64(), from.TakeInt64());
            _sources[id] = new Source
            {
                OfferedSequence = sequence, ReleasedSequence = sequence, EndedTick = end, ReleasedEnd = end,
            };
        }
    }

    /// <summary>The last tick of which nothing more is waited for, nor held back.</summary>
    public long EndedThrough()
    {
        var ended = EndedByAll();
        foreach (var oldest in _held.Keys)
        {
            ended = Math.Min(ended, oldest - 1);
            break;
        }

        return Math.Max(ReleasedThrough, ended);
    }

    private long EndedByAll()
    {
        var ended = long.MaxValue;
        foreach (var source in _sources.Values)
        {
            ended = Math.Min(ended, source.EndedTick);
        }

        return ended;
    }

    private readonly record struct Held(
        SourceId From, long Sequence, long EndsThrough, long Offset, byte[] Bytes)
    {
        /// <summary>What a piece costs beside its bytes.</summary>
        public const int Overhead = 96;
    }

    private sealed class Source
    {
        public long OfferedSequence { get; set; } = -1;

        public long ReleasedSequence { get; set; } = -1;

        public long EndedTick { get; set; } = long.MinValue;

        public long ReleasedEnd { get; set; } = long.MinValue;
    }
}
