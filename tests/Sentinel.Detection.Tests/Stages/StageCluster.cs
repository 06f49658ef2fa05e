using Sentinel.Detection.Campaigns;
using Sentinel.Detection.Observations;
using Sentinel.Detection.Policy;
using Sentinel.Detection.Rulings;
using Sentinel.Detection.Stages;
using Sentinel.Detection.State;
using Sentinel.Detection.Tests.Judging;
using Sentinel.Detection.Verdicts;
using Sentinel.Testing;

namespace Sentinel.Detection.Tests.Stages;

/// <summary>
/// All stages over logs in memory, one step at a time in an order that the seed chooses, with crashes: a stage that
/// dies starts again from its last snapshot, and what it did since its commit it does twice.
/// </summary>
internal sealed class StageCluster
{
    /// <summary>Small memories, since every crash makes new ones.</summary>
    // The share is far below the one that the cleaners have: on a threshold the order within a tick would tell.
    public static readonly DetectionPolicy Policy =
        DetectionPolicy.Default with { OutputBandsMax = 4096, CirculationShareMin = 0.05 };

    private readonly List<Observation>[] _exchanges;
    private readonly List<byte[]>[] _links;
    private readonly List<byte[]> _edges = [];
    private readonly List<Actor> _actors = [];
    private readonly Random _random;
    private readonly double _crashShare;

    public StageCluster(int partitions, int links, int seed, double crashShare)
    {
        _random = new Random(seed);
        _crashShare = crashShare;
        _exchanges = [.. Enumerable.Range(0, partitions).Select(_ => new List<Observation>())];
        _links = [.. Enumerable.Range(0, links).Select(_ => new List<byte[]>())];
        for (var partition = 0; partition < partitions; partition++)
        {
            _actors.Add(new AccountActor(this, partition));
        }

        for (var link = 0; link < links; link++)
        {
            _actors.Add(new LinkActor(this, link));
        }

        _actors.Add(new CampaignActor(this));
    }

    /// <summary>Verdict in force by account.</summary>
    public SortedDictionary<string, Verdict> Verdicts { get; } = new(StringComparer.Ordinal);

    /// <summary>Latest state of every campaign.</summary>
    public SortedDictionary<string, Campaign> Campaigns { get; } = new(StringComparer.Ordinal);

    /// <summary>What people ruled.</summary>
    public RulingRegister Rulings { get; init; } = RulingRegister.Empty;

    public int Crashes { get; private set; }

    public void Add(int partition, Observation observation)
    {
        var copy = ObservationCopy.Of(observation);
        copy.Offset = _exchanges[partition].Count;
        _exchanges[partition].Add(copy);
    }

    /// <summary>Runs until all logs are read, then ends all ticks.</summary>
    public void Run(long endMs)
    {
        RunToEnd();
        foreach (var actor in _actors.OfType<AccountActor>())
        {
            actor.EndTicks(endMs);
        }

        RunToEnd();
    }

    public string Describe()
    {
        var verdicts = Verdicts.Values.Select(v =>
            $"{v.AccountId} {v.Level} {v.Action} {v.CampaignId} {v.Risk:R} {v.ExchangesSeen} {v.ExchangesAtFlag} "
            + $"{v.FirstFlaggedAt:O} {v.At:O} {v.Origin} {v.Id.Partition}");
        var campaigns = Campaigns.Values.Select(c =>
            $"{c.Id} v{c.Version} [{string.Join(',', c.Accounts)}] {c.Exchanges} {c.FirstDetectedAt:O} {c.Template} {c.MergedInto}");
        return string.Join('\n', verdicts.Concat(campaigns));
    }

    private void RunToEnd()
    {
        while (true)
        {
            var ready = _actors.Where(actor => actor.HasMore).ToArray();
            if (ready.Length == 0)
            {
                return;
            }

            var actor = ready[_random.Next(ready.Length)];
            for (var steps = _random.Next(1, 40); steps > 0 && actor.HasMore; steps--)
            {
                actor.Step();
            }

            if (_random.NextDouble() < _crashShare)
            {
                Crashes++;
                actor.Crash();
            }
        }
    }

    private void Emit(StageOutput output)
    {
        foreach (var piece in output.Pieces)
        {
            (piece.Target == PieceTarget.Links ? _links[piece.Partition] : _edges).Add(piece.Body);
        }

        foreach (var verdict in output.Findings.Verdicts)
        {
            if (!Verdicts.TryGetValue(verdict.AccountId, out var known) || verdict.Supersedes(known))
            {
                Verdicts[verdict.AccountId] = verdict;
            }
        }

        foreach (var campaign in output.Findings.Campaigns)
        {
            Campaigns[campaign.Id] = campaign;
        }
    }

    private abstract class Actor(StageCluster cluster)
    {
        private readonly List<byte[]> _segments = [];
        private readonly StageOutput _output = new();
        private long _committed;
        private long _saved;

        protected StageCluster Cluster { get; } = cluster;

        public bool HasMore => Position < Length;

        protected long Position { get; private set; }

        protected abstract long Length { get; }

        protected abstract ISavedStage Stage { get; }

        public void Step()
        {
            Take(Position, _output);
            EmitUnlessDone(Position++);
            if (Cluster._random.Next(4) == 0)
            {
                _committed = Math.Max(_committed, Position);
            }

            if (Cluster._random.Next(30) == 0)
            {
                Save();
            }
        }

        public void Crash()
        {
            New();
            _segments.ForEach(segment => Stage.Load(segment));
            Stage.EndLoading();
            Stage.TrackChanges();
            Position = _saved;
        }

        protected void Save()
        {
            var writer = new SegmentWriter();
            Stage.Save(writer);
            _segments.AddRange(writer.Finish());
            _saved = ResumeOffset(Position);
            _committed = Math.Max(_committed, Position);
            if (_segments.Count > 5)
            {
                var compactor = new SegmentCompactor();
                _segments.AsEnumerable().Reverse().ToList().ForEach(segment => compactor.TakeOlder(segment));
                _segments.Clear();
                _segments.AddRange(compactor.Finish());
            }
        }

        protected void EmitUnlessDone(long position)
        {
            if (position >= _committed)
            {
                Cluster.Emit(_output);
            }

            _output.Clear();
        }

        protected abstract void New();

        protected abstract void Take(long position, StageOutput output);

        protected virtual long ResumeOffset(long next) => next;
    }

    private sealed class AccountActor : Actor
    {
        private readonly int _partition;
        private AccountStage _stage;

        public AccountActor(StageCluster cluster, int partition)
            : base(cluster)
        {
            _partition = partition;
            _stage = Make();
            _stage.TrackChanges();
        }

        protected override long Length => Cluster._exchanges[_partition].Count;

        protected override ISavedStage Stage => _stage;

        public void EndTicks(long endMs)
        {
            Save();
            var output = new StageOutput();
            _stage.EndTicks(endMs, output);
            Cluster.Emit(output);
        }

        protected override void New() => _stage = Make();

        protected override void Take(long position, StageOutput output)
        {
            var observation = Cluster._exchanges[_partition][(int)position];
            if (_stage.TryAdmit(observation.EventKey))
            {
                _stage.Observe(observation, output);
            }
        }

        // Some stages have few objects for their accounts, the first only bytes.
        private AccountStage Make() =>
            new(Policy, ObservationMaker.Reference, "test/1", _partition, Cluster._links.Length, unpackedMax: 1 + (20 * _partition));
    }

    private sealed class LinkActor : Actor
    {
        private readonly int _partition;
        private LinkStage _stage;

        public LinkActor(StageCluster cluster, int partition)
            : base(cluster)
        {
            _partition = partition;
            _stage = Make();
            _stage.TrackChanges();
        }

        protected override long Length => Cluster._links[_partition].Count;

        protected override ISavedStage Stage => _stage;

        protected override void New() => _stage = Make();

        protected override void Take(long position, StageOutput output) =>
            _stage.Take(Cluster._links[_partition][(int)position], position, output);

        protected override long ResumeOffset(long next) => _stage.ResumeOffset(next);

        private LinkStage Make() => new(Policy, _partition, Cluster._exchanges.Length);
    }

    private sealed class CampaignActor : Actor
    {
        private CampaignStage _stage;

        public CampaignActor(StageCluster cluster)
            : base(cluster)
        {
            _stage = Make();
            _stage.TrackChanges();
        }

        protected override long Length => Cluster._edges.Count;

        protected override ISavedStage Stage => _stage;

        protected override void New() => _stage = Make();

        protected override void Take(long position, StageOutput output)
        {
            _stage.UseRulings(Cluster.Rulings);
            _stage.Take(Cluster._edges[(int)position], position, output);
        }

        protected override long ResumeOffset(long next) => _stage.ResumeOffset(next);

        private CampaignStage Make() => new(
            Policy, "test/1", Cluster._exchanges.Length, Cluster._links.Length);
    }
}
