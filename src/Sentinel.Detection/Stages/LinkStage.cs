using System.Runtime.InteropServices;
using Sentinel.Detection.Links;
using Sentinel.Detection.Policy;
using Sentinel.Detection.State;

namespace Sentinel.Detection.Stages;

/// <summary>
/// The second of three stages: learns from all account lanes who uses the keys of one partition, and tells the campaigns
/// lane which are shared. Pure: the same pieces in the same order cause the same. Owned by its lane's thread.
/// </summary>
public sealed class LinkStage : IPieceStage
{
    /// <summary>Pieces held back for lanes that lag: past it a tick goes on without them.</summary>
    public const long HeldBytesMax = 256L << 20;

    private const int PieceBytesMax = 512 << 10;

    private readonly int _partition;
    private readonly TickMerger _merger;
    private readonly LinkJudge _judge;
    private readonly List<EdgeChange> _changes = [];
    private readonly StateWriter _writer = new();
    private readonly StageVisitor _visitor;
    private long _sequence;

    /// <summary>A stage without memory.</summary>
    /// <param name="policy">The bounds.</param>
    /// <param name="partition">Partition of the links.</param>
    /// <param name="accountPartitionCount">Partitions of the exchanges.</param>
    public LinkStage(DetectionPolicy policy, int partition, int accountPartitionCount)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentOutOfRangeException.ThrowIfNegative(partition);
        ArgumentOutOfRangeException.ThrowIfLessThan(accountPartitionCount, 1);
        _partition = partition;
        _judge = new LinkJudge(policy.SharedKeysMax, policy.SightingsMax, policy.ReferencesMax, policy.OutputBandsMax);
        _visitor = new StageVisitor(_judge);
        _merger = new TickMerger(
            Enumerable.Range(0, accountPartitionCount).Select(static p => new SourceId(PieceKind.Sightings, p)),
            HeldBytesMax);
    }

    /// <summary>Keys that are shared.</summary>
    public int SharedKeyCount => _judge.SharedKeyCount;

    /// <inheritdoc/>
    public long HeldBytes => _merger.HeldBytes;

    /// <inheritdoc/>
    public long UnsavedBytes => 16L * _judge.UnsavedCount;

    /// <inheritdoc/>
    public long ResumeOffset(long offset) => _merger.OldestHeldOffset(offset);

    /// <summary>Takes a piece of an account lane.</summary>
    /// <exception cref="InvalidDataException">These bytes are no such piece.</exception>
    /// <exception cref="NewerFormatException">A newer version of the program wrote it.</exception>
    public void Take(ReadOnlySpan<byte> piece, long offset, StageOutput output)
    {
        ArgumentNullException.ThrowIfNull(output);
        var reader = new StateReader(piece);
        var header = PieceHeader.Read(ref reader);
        if (header.Kind != PieceKind.Sightings)
        {
            throw new InvalidDataException("A link lane takes sightings only.");
        }

        _merger.Offer(header, offset, piece);
        while (_merger.TryRelease(out var tick, out var pieces))
        {
            foreach (var released in pieces)
            {
                try
                {
                    var body = new StateReader(released);
                    var source = PieceHeader.Read(ref body).Source;
                    NotesCodec.ReadSightings(ref body, source, _judge.Book, _judge.Book);
                }
                catch (InvalidDataException)
                {
                    output.BrokenPieces++;
                }
            }

            Tell(tick, output);
        }
    }

    /// <inheritdoc/>
    public void TrackChanges() => _judge.TrackChanges();

    /// <inheritdoc/>
    public void Save(SegmentWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        _judge.Save(writer);
        _writer.Clear();
        _writer.PutCount(_sequence);
        _merger.Write(_writer);
        writer.Single(StageVisitor.Section, _writer.Written);
    }

    /// <inheritdoc/>
    public void Load(ReadOnlySpan<byte> segment) => SegmentReader.Read(segment, _visitor);

    /// <inheritdoc/>
    public void EndLoading()
    {
        if (_visitor.Value.Length > 0)
        {
            var reader = new StateReader(_visitor.Value);
            _sequence = reader.TakeLong();
            _merger.Read(ref reader);
        }
    }

    private void Tell(long tick, StageOutput output)
    {
        _changes.Clear();
        _judge.TakeChanges(_changes);
        var changes = CollectionsMarshal.AsSpan(_changes);
        do
        {
            var now = CountOfPiece(changes);
            var endsThrough = now == changes.Length ? Math.Max(tick, _merger.EndedThrough()) : tick - 1;
            _writer.Clear();
            new PieceHeader(PieceKind.Edges, _partition, _sequence++, tick, endsThrough).Write(_writer);
            NotesCodec.Write(_writer, changes[..now]);
            output.Pieces.Add(new Piece(PieceTarget.Edges, 0, _writer.Written.ToArray()));
            changes = changes[now..];
        }
        while (changes.Length > 0);
    }

    // A change takes up to 50 bytes and each of its members up to 30.
    private static int CountOfPiece(ReadOnlySpan<EdgeChange> changes)
    {
        var bytes = 0;
        for (var i = 0; i < changes.Length; i++)
        {
            bytes += 50 + (30 * (changes[i].Members?.Count ?? 0));
            if (bytes > PieceBytesMax && i > 0)
            {
                return i;
            }
        }

        return changes.Length;
    }
}
