using System.Runtime.InteropServices;
using Sentinel.Detection.Accounts;
using Sentinel.Detection.Exchanges;
using Sentinel.Detection.Links;
using Sentinel.Detection.Observations;
using Sentinel.Detection.Policy;
using Sentinel.Detection.Scoring;
using Sentinel.Detection.State;
using Sentinel.Detection.Verdicts;
using Sentinel.Detection.Workloads;

namespace Sentinel.Detection.Stages;

/// <summary>
/// The first of three stages: judges the accounts of one partition by their own exchanges and tells link lanes and the
/// campaigns lane what they must know, tick by tick. Pure: the same observations after the same state cause the same.
/// Owned by its lane's thread.
/// </summary>
public sealed class AccountStage : ISavedStage
{
    // Notes sent before a tick is over, so that one crowded tick takes no more memory than many: about 3 MiB of pieces.
    private const int NotesMax = 65_536;

    // A piece stays below a megabyte: sightings and uses take up to 35 bytes each, a profile up to 700, an excerpt 670.
    private const int SightingsOfPieceMax = 8_192;
    private const int ProfilesOfPieceMax = 512;

    private readonly DetectionPolicy _policy;
    private readonly AccountJudge _judge;
    private readonly int _partition;
    private readonly List<Sighting>[] _sightings;
    private readonly List<FrameUse>[] _uses;
    private readonly AccountNotes _notes = new();
    private readonly StateWriter _writer = new();
    private readonly StageVisitor _visitor;
    private long _sequence;
    private long _endedThrough = long.MinValue;

    /// <summary>A stage without memory.</summary>
    /// <param name="policy">The thresholds.</param>
    /// <param name="reference">How innocent content scores under the classifier.</param>
    /// <param name="modelVersion">Name and version of the classifier.</param>
    /// <param name="partition">Partition of the exchanges.</param>
    /// <param name="linkPartitionCount">Partitions of the links.</param>
    public AccountStage(
        DetectionPolicy policy, BenignReference reference, string modelVersion, int partition, int linkPartitionCount)
        : this(policy, reference, modelVersion, partition, linkPartitionCount, AccountTable.UnpackedDefault)
    {
    }

    /// <summary>A stage without memory that keeps so many accounts as objects and not as bytes; the findings are the same.</summary>
    internal AccountStage(
        DetectionPolicy policy, BenignReference reference, string modelVersion, int partition, int linkPartitionCount,
        int unpackedMax)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentOutOfRangeException.ThrowIfNegative(partition);
        ArgumentOutOfRangeException.ThrowIfLessThan(linkPartitionCount, 1);
        _policy = policy;
        _partition = partition;
        _judge = new AccountJudge(policy, reference, new VerdictWriter(policy, modelVersion, partition), unpackedMax);
        _visitor = new StageVisitor(_judge);
        _sightings = [.. Enumerable.Range(0, linkPartitionCount).Select(static _ => new List<Sighting>())];
        _uses = [.. Enumerable.Range(0, linkPartitionCount).Select(static _ => new List<FrameUse>())];
    }

    /// <summary>Exchanges judged.</summary>
    public long ExchangeCount => _judge.ExchangeCount;

    /// <summary>Accounts known.</summary>
    public int AccountCount => _judge.Accounts.Count;

    /// <summary>The accounts.</summary>
    internal AccountTable Accounts => _judge.Accounts;

    /// <summary>Exchanges of accounts for which there was no room.</summary>
    public long UnjudgedCount => _judge.UnjudgedCount;

    /// <summary>Latest event time seen, milliseconds since 1970 UTC; <see cref="long.MinValue"/> before any.</summary>
    public long NowMs => _judge.NowMs;

    /// <inheritdoc/>
    public long UnsavedBytes => (16L * _judge.UnsavedCount) + (256L * _judge.Changed.Items.Count);

    /// <summary>Whether an event is new; remembers it. A second event with the same id changes nothing.</summary>
    public bool TryAdmit(EventKey key) => _judge.TryAdmit(key);

    /// <summary>From now on observations carry the scores of this version.</summary>
    public void UseModel(ScoringModel model) => _judge.UseModel(model);

    /// <summary>From now on evidence is explained by these workloads, each in its time.</summary>
    public void UseWorkloads(WorkloadRegister register) => _judge.UseWorkloads(register);

    /// <summary>Judges an admitted observation that has its offset.</summary>
    public void Observe(Observation observation, StageOutput output)
    {
        ArgumentNullException.ThrowIfNull(observation);
        ArgumentNullException.ThrowIfNull(output);
        if (_judge.EndsTick(observation))
        {
            Tell(Ticks.Of(observation.OccurredAtMs, _policy.Tick) - 1, output);
        }
        else if (_judge.NoteCount >= NotesMax)
        {
            Tell(_judge.Tick - 1, output);
        }

        _judge.Observe(observation, output.Findings.Verdicts);
    }

    /// <summary>
    /// Ends all ticks before a time although no exchange came, so that other lanes need not wait for this one. Exchanges
    /// that come later count in later ticks. A record of the log must say so, or reading it again would differ.
    /// </summary>
    /// <returns>Whether there was a tick to end.</returns>
    public bool EndTicks(long beforeMs, StageOutput output)
    {
        ArgumentNullException.ThrowIfNull(output);
        var through = Ticks.Of(beforeMs, _policy.Tick) - 1;
        if (!CanEndTicks(beforeMs))
        {
            return false;
        }

        Tell(through, output);
        _judge.MoveOn(Ticks.EndOf(through, _policy.Tick));
        return true;
    }

    /// <summary>Whether <see cref="EndTicks"/> would do anything.</summary>
    public bool CanEndTicks(long beforeMs) => Ticks.Of(beforeMs, _policy.Tick) - 1 > _endedThrough
        && (NowMs == long.MinValue || Ticks.Of(beforeMs, _policy.Tick) - 1 >= _judge.Tick);

    /// <inheritdoc/>
    public void TrackChanges() => _judge.TrackChanges();

    /// <inheritdoc/>
    public void Save(SegmentWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        _judge.Save(writer);
        _writer.Clear();
        _writer.PutCount(_sequence);
        _writer.PutInt64(_endedThrough);
        writer.Single(StageVisitor.Section, _writer.Written);
    }

    /// <inheritdoc/>
    public void Load(ReadOnlySpan<byte> segment) => SegmentReader.Read(segment, _visitor);

    /// <inheritdoc/>
    public void EndLoading()
    {
        _judge.EndLoading();
        if (_visitor.Value.Length > 0)
        {
            var reader = new StateReader(_visitor.Value);
            (_sequence, _endedThrough) = (reader.TakeLong(), reader.TakeInt64());
        }
    }

    private void Tell(long endsThrough, StageOutput output)
    {
        var tick = _judge.NowMs == long.MinValue ? endsThrough : Math.Max(_judge.Tick, _endedThrough + 1);
        var isEnd = endsThrough >= tick;
        _judge.TakeNotes(_notes);
        Share();
        for (var link = 0; link < _sightings.Length; link++)
        {
            if (isEnd || _sightings[link].Count + _uses[link].Count > 0)
            {
                TellLinks(link, tick, endsThrough, output);
            }

            _sightings[link].Clear();
            _uses[link].Clear();
        }

        TellProfiles(tick, endsThrough, output);
        _endedThrough = Math.Max(_endedThrough, endsThrough);
    }

    private void TellLinks(int link, long tick, long endsThrough, StageOutput output)
    {
        var sightings = CollectionsMarshal.AsSpan(_sightings[link]);
        var uses = CollectionsMarshal.AsSpan(_uses[link]);
        do
        {
            var now = Math.Min(sightings.Length, SightingsOfPieceMax);
            var nowUses = Math.Min(uses.Length, SightingsOfPieceMax);
            var isLast = now == sightings.Length && nowUses == uses.Length;
            Begin(PieceKind.Sightings, tick, isLast ? endsThrough : tick - 1);
            NotesCodec.Write(_writer, sightings[..now], uses[..nowUses]);
            output.Pieces.Add(new Piece(PieceTarget.Links, link, _writer.Written.ToArray()));
            sightings = sightings[now..];
            uses = uses[nowUses..];
        }
        while (sightings.Length + uses.Length > 0);
    }

    private void TellProfiles(long tick, long endsThrough, StageOutput output)
    {
        var profiles = CollectionsMarshal.AsSpan(_notes.Profiles);
        var excerpts = CollectionsMarshal.AsSpan(_notes.Excerpts);
        do
        {
            var now = Math.Min(profiles.Length, ProfilesOfPieceMax);
            var nowExcerpts = Math.Min(excerpts.Length, ProfilesOfPieceMax);
            var isLast = now == profiles.Length && nowExcerpts == excerpts.Length;
            Begin(PieceKind.Profiles, tick, isLast ? endsThrough : tick - 1);
            _writer.PutCount(AccountCount);
            NotesCodec.Write(_writer, profiles[..now], excerpts[..nowExcerpts]);
            output.Pieces.Add(new Piece(PieceTarget.Edges, 0, _writer.Written.ToArray()));
            profiles = profiles[now..];
            excerpts = excerpts[nowExcerpts..];
        }
        while (profiles.Length + excerpts.Length > 0);
    }

    private void Begin(PieceKind kind, long tick, long endsThrough)
    {
        _writer.Clear();
        new PieceHeader(kind, _partition, _sequence++, tick, endsThrough).Write(_writer);
    }

    // Keys are hashes: their high bits choose the partition, since the low ones choose slots of tables.
    private void Share()
    {
        foreach (var sighting in _notes.Sightings)
        {
            _sightings[PartitionOf(sighting.Key)].Add(sighting);
        }

        foreach (var use in _notes.FrameUses)
        {
            _uses[PartitionOf(use.Key)].Add(use);
        }
    }

    private int PartitionOf(ulong key) => (int)(((key >> 32) * (ulong)_sightings.Length) >> 32);
}
