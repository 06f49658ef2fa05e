using System.Collections.Immutable;
using Sentinel.Detection.Campaigns;
using Sentinel.Detection.Links;
using Sentinel.Detection.Policy;
using Sentinel.Detection.Rulings;
using Sentinel.Detection.State;
using Sentinel.Detection.Verdicts;
using Sentinel.Detection.Workloads;

namespace Sentinel.Detection.Stages;

/// <summary>
/// The last of three stages: knows the profiles of accounts and the keys that they share, and judges groups. There is
/// one for all partitions. Pure: the same pieces in the same order cause the same. Owned by its lane's thread.
/// </summary>
public sealed class CampaignStage : IPieceStage
{
    private readonly DetectionPolicy _policy;
    private readonly CampaignJudge _judge;
    private readonly TickMerger _merger;
    private readonly List<EdgeChange> _changes = [];
    private readonly SortedDictionary<int, long> _accountCounts = [];
    private readonly StageVisitor _visitor;

    /// <summary>A stage without memory.</summary>
    /// <param name="policy">The thresholds.</param>
    /// <param name="modelVersion">Name and version of the classifier.</param>
    /// <param name="accountPartitionCount">Partitions of the exchanges.</param>
    /// <param name="linkPartitionCount">Partitions of the links.</param>
    public CampaignStage(
        DetectionPolicy policy, string modelVersion, int accountPartitionCount, int linkPartitionCount)
    {
        ArgumentNullException.ThrowIfNull(policy);
        _policy = policy;
        _judge = new CampaignJudge(policy, new VerdictWriter(policy, modelVersion, partition: 0));
        _visitor = new StageVisitor(_judge);
        _merger = new TickMerger(
            [
                .. Enumerable.Range(0, accountPartitionCount).Select(static p => new SourceId(PieceKind.Profiles, p)),
                .. Enumerable.Range(0, linkPartitionCount).Select(static p => new SourceId(PieceKind.Edges, p)),
            ],
            LinkStage.HeldBytesMax);
    }

    /// <summary>Campaigns that stand, in the order in which they were found.</summary>
    public ImmutableArray<Campaign> Campaigns => _judge.Campaigns;

    /// <summary>Accounts whose profile is known here.</summary>
    public int AccountCount => _judge.Accounts.Count;

    /// <inheritdoc/>
    public long HeldBytes => _merger.HeldBytes;

    /// <inheritdoc/>
    public long UnsavedBytes => 512L * _judge.Accounts.Changes.Items.Count;

    /// <inheritdoc/>
    public long ResumeOffset(long offset) => _merger.OldestHeldOffset(offset);

    /// <summary>From now on evidence is explained by these workloads, each in its time.</summary>
    public void UseWorkloads(WorkloadRegister register) => _judge.UseWorkloads(register);

    /// <summary>From now on groups are judged under these rulings, each in its time.</summary>
    public void UseRulings(RulingRegister register) => _judge.UseRulings(register);

    /// <summary>Takes a piece of an account lane or a link lane.</summary>
    /// <exception cref="InvalidDataException">These bytes are no such piece.</exception>
    /// <exception cref="NewerFormatException">A newer version of the program wrote it.</exception>
    public void Take(ReadOnlySpan<byte> piece, long offset, StageOutput output)
    {
        ArgumentNullException.ThrowIfNull(output);
        var reader = new StateReader(piece);
        var header = PieceHeader.Read(ref reader);
        if (header.Kind == PieceKind.Sightings)
        {
            throw new InvalidDataException("The campaigns lane takes profiles and edges only.");
        }

        _merger.Offer(header, offset, piece);
        while (_merger.TryRelease(out var tick, out var pieces))
        {
            _judge.Advance(Ticks.EndOf(tick - 1, _policy.Tick), offset, output.Findings);
            foreach (var released in pieces)
            {
                try
                {
                    Read(released);
                }
                catch (InvalidDataException)
                {
                    output.BrokenPieces++;
                }
            }

            _judge.EndTick(Ticks.EndOf(tick, _policy.Tick), offset, output.Findings);
        }

        if (_merger.EndedThrough() is not long.MinValue and var ended)
        {
            _judge.Advance(Ticks.EndOf(ended, _policy.Tick), offset, output.Findings);
        }
    }

    /// <inheritdoc/>
    public void TrackChanges() => _judge.TrackChanges();

    /// <inheritdoc/>
    public void Save(SegmentWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        _judge.Save(writer);
        var own = new StateWriter();
        own.PutCount(_accountCounts.Count);
        foreach (var (source, count) in _accountCounts)
        {
            own.PutCount(source);
            own.PutCount(count);
        }

        _merger.Write(own);
        writer.Single(StageVisitor.Section, own.Written);
    }

    /// <inheritdoc/>
    public void Load(ReadOnlySpan<byte> segment) => SegmentReader.Read(segment, _visitor);

    /// <inheritdoc/>
    public void EndLoading()
    {
        _judge.EndLoading();
        if (_visitor.Value.Length == 0)
        {
            return;
        }

        var reader = new StateReader(_visitor.Value);
        for (var left = reader.TakeCountOf(2); left > 0; left--)
        {
            _accountCounts[reader.TakeCount()] = reader.TakeLong();
        }

        _merger.Read(ref reader);
    }

    // Sources are in order of their kind, so the profiles of a tick are known before its edges.
    private void Read(byte[] piece)
    {
        var body = new StateReader(piece);
        var header = PieceHeader.Read(ref body);
        if (header.Kind == PieceKind.Edges)
        {
            ReadChanges(ref body);
            return;
        }

        _accountCounts[header.Source] = body.TakeCount();
        _judge.Accounts.Total = _accountCounts.Values.Sum();
        for (var left = body.TakeCountOf(PackedProfile.BytesMin); left > 0; left--)
        {
            _judge.Take(PackedProfile.Read(ref body));
        }

        for (var left = body.TakeCountOf(10); left > 0; left--)
        {
            _judge.Take(NotesCodec.ReadExcerpt(ref body));
        }
    }

    private void ReadChanges(ref StateReader body)
    {
        _changes.Clear();
        NotesCodec.ReadChanges(ref body, _changes);
        foreach (var change in _changes)
        {
            _judge.Take(change);
        }
    }
}
