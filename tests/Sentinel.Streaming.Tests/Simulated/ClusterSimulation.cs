using Sentinel.Detection.Policy;
using Sentinel.Detection.Ports;
using Sentinel.Streaming.Partitions;
using Sentinel.Testing;

namespace Sentinel.Streaming.Tests.Simulated;

/// <summary>
/// Processes with all three kinds of lanes on one thread, over servers in memory and a clock of its own. The seed
/// decides who goes on when, how large batches are, and what goes wrong; at the end there is a calm in which all is
/// read. Same seed, same run.
/// </summary>
internal sealed class ClusterSimulation
{
    private const int Accounts = 3;
    private const int Links = 2;
    private const int StepsMax = 400_000;

    private static readonly DateTimeOffset Beginning = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DetectionPolicy Policy = DetectionPolicy.Default with
    {
        GroupInterval = TimeSpan.FromSeconds(30),
        Tick = TimeSpan.FromSeconds(5),
        OutputBandsMax = 4_096, // Taken anew with every crash.
    };

    private readonly Random _random;
    private readonly Trouble _trouble;
    private readonly IScorer _scorer;
    private readonly SimulatedTraffic _traffic;
    private readonly ManualClock _clock = new();
    private readonly OneThread _thread = new();
    private readonly PartitionLaneOptions _options;
    private readonly List<SimulatedProcess> _processes = [];
    private readonly List<SimulatedLane> _lanes = [];
    private readonly List<LanePlace> _places = [];
    private readonly Dictionary<LanePlace, TimeSpan> _vacant = [];
    private readonly HashSet<int> _events = [];
    private int _arrived;
    private int _owners;
    private int _troublesLeft;
    private bool _isEnding;

    public ClusterSimulation(SimulatedTraffic traffic, IScorer scorer, int seed, Trouble trouble)
    {
        (_traffic, _scorer, _random, _trouble) = (traffic, scorer, new Random(seed), trouble);
        _troublesLeft = trouble == Trouble.None ? 0 : _random.Next(5, 40);
        _options = new PartitionLaneOptions
        {
            CommitRowsMax = _random.Next(3) == 0 ? _random.Next(2, 40) : 50_000,
            SnapshotEvery = TimeSpan.FromSeconds(_random.Next(1, 30)),
            IdleAfter = TimeSpan.FromSeconds(5),
        };
        _places.AddRange(Enumerable.Range(0, Accounts).Select(p => new LanePlace(Servers.Topics.Exchanges, p)));
        _places.AddRange(Enumerable.Range(0, Links).Select(p => new LanePlace(Servers.Topics.Links, p)));
        _places.Add(new LanePlace(Servers.Topics.Edges, 0));
    }

    public SimulatedServers Servers { get; } = new();

    /// <summary>Simulated time since the beginning.</summary>
    public TimeSpan Now => _clock.GetUtcNow() - Beginning;

    public long NowMs => _clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Nothing goes wrong any more.</summary>
    public bool IsCalm { get; private set; }

    public bool IsUndisturbed => _trouble == Trouble.None;

    /// <summary>What went wrong, for people.</summary>
    public List<string> Played { get; } = [];

    /// <summary>What lanes said to people.</summary>
    public List<string> Notices { get; } = [];

    /// <summary>Exchanges that account lanes have counted.</summary>
    public long ExchangeCount => _lanes.Select(static lane => lane.Lane).OfType<AccountLane>()
        .Sum(static lane => lane.ExchangeCount);

    public static DateTimeOffset From => Beginning;

    public static int AccountPartitions => Accounts;

    public static DateTimeOffset Time(TimeSpan since) => Beginning + since;

    public TimeSpan Within(TimeSpan most) => most * _random.NextDouble();

    public double NextPart() => _random.NextDouble();

    public void Post(Action action) => _thread.Post(static state => ((Action)state!)(), action);

    /// <summary>Whether a trouble happens now.</summary>
    public bool IsPlayed(Trouble trouble)
    {
        var isRare = trouble is Trouble.StoreRefuses or Trouble.WriteRefused or Trouble.SnapshotRefused;
        if (IsCalm || !_trouble.HasFlag(trouble) || _troublesLeft == 0 || _random.Next(isRare ? 400 : 60) > 0)
        {
            return false;
        }

        Play(trouble, "");
        return true;
    }

    /// <summary>Runs to the end.</summary>
    /// <exception cref="SimulationException">Something that must always hold does not.</exception>
    public void Run()
    {
        var before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(_thread);
        try
        {
            foreach (var place in _places)
            {
                _vacant[place] = TimeSpan.Zero;
            }

            RunUntil(() => _arrived == _traffic.Arrivals.Count && Now > _traffic.End, isCalm: false);
            RunUntil(() => Now > _traffic.End + TimeSpan.FromSeconds(22), isCalm: true); // Nothing is slow for longer.
            for (var rest = 0; rest < 3; rest++)
            {
                // What failed unseen is seen at the next commit, and its process starts again.
                RunUntil(IsOver, isCalm: true, isClockOn: false);
                Advance(_options.CommitDelayMax * 2);
            }

            RunUntil(IsOver, isCalm: true, isClockOn: false);
            Advance(_traffic.End + TimeSpan.FromSeconds(50) - Now);
            RunUntil(IsOver, isCalm: true, isClockOn: false);
            _isEnding = true;
            foreach (var lane in _lanes)
            {
                lane.Flush();
            }

            RunUntil(() => _lanes.TrueForAll(static lane => lane.HasLeft), isCalm: true, isClockOn: false);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }

    private bool IsOver() => _vacant.Count == 0 && _processes.TrueForAll(static process => process.IsIdle)
        && _lanes.TrueForAll(static lane => lane.IsDone);

    private void RunUntil(Func<bool> isOver, bool isCalm, bool isClockOn = true)
    {
        IsCalm = isCalm;
        if (isCalm)
        {
            _lanes.ForEach(static lane => lane.PausedUntil = TimeSpan.Zero);
            _lanes.FindAll(static lane => lane.IsZombie).ForEach(Abandon);
        }

        for (var steps = 0; !isOver(); steps++)
        {
            if (steps > StepsMax)
            {
                throw new SimulationException($"it never ends: {string.Join(", ", _lanes.Select(lane => $"{lane.Place} {lane.IsBusy}"))}");
            }

            Step(isClockOn);
            _thread.Pump();
            TakeFaults();
            if (Servers.FindBrokenPromise() is { } wrong)
            {
                throw new SimulationException(wrong);
            }
        }
    }

    private void Step(bool isClockOn)
    {
        OpenVacant();
        var dice = _random.Next(100);
        if (isClockOn && dice < 12)
        {
            Advance(TimeSpan.FromMilliseconds(_random.Next(50, 3_500)));
        }
        else if (dice < 50 && PickLane() is { } lane)
        {
                lane.Step(_random);
        }
        else if (dice < 90 && PickWorker() is { } process)
        {
            process.Advance(_random, Now);
        }
        else if (dice < 95 && _lanes.Count > 0)
        {
            _lanes[_random.Next(_lanes.Count)].Commit();
        }
        else if (_troublesLeft > 0 && !IsCalm && _random.Next(8) == 0)
        {
            PlayTrouble();
        }
        else if (isClockOn && PickLane() is null && PickWorker() is null)
        {
            Advance(TimeSpan.FromMilliseconds(_random.Next(200, 1_500)));
        }
    }

    private SimulatedLane? PickLane() =>
        Pick(_lanes, static (lane, _) => lane.CanStep);

    private SimulatedProcess? PickWorker() =>
        Pick(_processes, static (process, now) => process.HasWork(now));

    private T? Pick<T>(List<T> all, Func<T, TimeSpan, bool> isReady)
        where T : class
    {
        var (now, first) = (Now, all.Count == 0 ? 0 : _random.Next(all.Count));
        for (var i = 0; i < all.Count; i++)
        {
            var item = all[(first + i) % all.Count];
            if (isReady(item, now))
            {
                return item;
            }
        }

        return null;
    }

    private void Advance(TimeSpan time)
    {
        _clock.Advance(time);
        for (; _arrived < _traffic.Arrivals.Count && _traffic.Arrivals[_arrived].At <= Now; _arrived++)
        {
            var arrival = _traffic.Arrivals[_arrived];
            if (arrival.EventId is { } id && !_events.Add(id))
            {
                Servers.ExpectNothing(arrival.Partition);
            }

            Servers.Log(Servers.Topics.Exchanges, arrival.Partition)
                .Add(arrival.ToRecord(Time(arrival.At).ToUnixTimeMilliseconds()));
        }
    }

    private void OpenVacant()
    {
        foreach (var place in _places)
        {
            if (_vacant.TryGetValue(place, out var from) && (from <= Now || IsCalm))
            {
                _vacant.Remove(place);
                OpenOn(place, PickProcess());
            }
        }
    }

    private SimulatedProcess PickProcess()
    {
        var living = _processes.FindAll(static process => process.IsAlive);
        if (living.Count < 2)
        {
            var process = new SimulatedProcess(this, $"o{_owners++}");
            _processes.Add(process);
            return process;
        }

        return living[_random.Next(living.Count)];
    }

    private void OpenOn(LanePlace place, SimulatedProcess process)
    {
        var around = new LaneSurroundings(
            Servers.Topics, process, new SimulatedSnapshots(process, Servers),
            (partition, _) => Task.FromResult<ILaneStore>(new SimulatedStore(process, Servers, partition)),
            Policy, _options, _clock, process.Owner, Notices.Add);
        IPartitionLane lane = place.Topic == Servers.Topics.Exchanges
            ? new AccountLane(around, _scorer, place.Partition, Links)
            : place.Topic == Servers.Topics.Links
                ? PieceLane.Links(around, place.Partition, Accounts)
                : PieceLane.Campaigns(around, _scorer.ModelVersion, Accounts, Links);
        var running = new SimulatedLane(this, process, place, lane);
        _lanes.Add(running);
        running.Open();
    }

    private void TakeFaults()
    {
        for (var i = 0; i < _lanes.Count; i++)
        {
            var lane = _lanes[i];
            if (lane.HasLeft && !_isEnding)
            {
                _lanes.RemoveAt(i--);
                _vacant[lane.Place] = Now + Within(TimeSpan.FromSeconds(3));
            }
            else if (lane.Fault is { } fault)
            {
                if (fault is not (Sentinel.Streaming.Lanes.LaneFaultedException or IOException) || _isEnding)
                {
                    throw new SimulationException($"{lane.Place} failed: {fault}");
                }

                Kill(lane.Process);
                i = -1;
            }
        }
    }

    private void PlayTrouble()
    {
        var trouble = (Trouble)(1 << _random.Next(13));
        if (!_trouble.HasFlag(trouble) || _lanes.Count == 0)
        {
            return;
        }

        var lane = _lanes[_random.Next(_lanes.Count)];
        switch (trouble)
        {
            case Trouble.Kill:
                Play(trouble, lane.Process.Owner);
                Kill(lane.Process);
                break;
            case Trouble.Torn:
                Play(trouble, lane.Place.ToString());
                Kill(lane.Process);
                Tear(lane.Place);
                break;
            case Trouble.Move when !lane.IsZombie && !lane.IsLeaving && lane.PausedUntil <= Now:
                Play(trouble, lane.Place.ToString());
                lane.Flush();
                break;
            case Trouble.Zombie when !lane.IsZombie && !lane.IsLeaving && lane.PausedUntil <= Now:
                Play(trouble, lane.Place.ToString());
                lane.IsZombie = true;
                _vacant[lane.Place] = Now;
                break;
            case Trouble.Lag when lane.PausedUntil <= Now:
                Play(trouble, lane.Place.ToString());
                lane.PausedUntil = Now + Within(TimeSpan.FromSeconds(60));
                break;
            case Trouble.Garbage when lane.Place.Topic != Servers.Topics.Exchanges:
                Play(trouble, lane.Place.ToString());
                Servers.Log(lane.Place.Topic, lane.Place.Partition)
                    .Add(new StoredRecord([], [0, 1, 2, 3], RecordFormat.Unknown, NowMs));
                break;
            default:
                break;
        }

        // Whoever believed to own a partition learns better in the end.
        if (_lanes.Find(static other => other.IsZombie) is { } zombie && _random.Next(3) == 0)
        {
            Abandon(zombie);
        }
    }

    private void Play(Trouble trouble, string whom)
    {
        _troublesLeft--;
        Played.Add($"{Now.TotalSeconds:0.0} {trouble} {whom}");
    }

    private void Abandon(SimulatedLane zombie) => _lanes.Remove(zombie);

    private void Kill(SimulatedProcess process)
    {
        Played.Add($"{Now.TotalSeconds:0.0} end of {process.Owner}");
        process.Kill(_random);
        _processes.Remove(process);
        foreach (var lane in _lanes.FindAll(lane => lane.Process == process))
        {
            _lanes.Remove(lane);
            if (!lane.IsZombie)
            {
                _vacant[lane.Place] = Now + Within(TimeSpan.FromSeconds(_random.Next(4) == 0 ? 40 : 3));
            }
        }
    }

    // The latest manifest, or a segment that it alone has: what was being written when the power failed.
    private void Tear(LanePlace place)
    {
        var lane = place.Topic == Servers.Topics.Exchanges ? $"accounts-{place.Partition}"
            : place.Topic == Servers.Topics.Links ? $"links-{place.Partition}" : "campaigns-0";
        var names = Servers.Blobs.Keys.Where(name => name.StartsWith($"{lane}/", StringComparison.Ordinal)).ToList();
        var manifests = names.FindAll(name => name.StartsWith($"{lane}/m-", StringComparison.Ordinal));
        var latest = _random.Next(3) == 0 ? names.LastOrDefault() : manifests.LastOrDefault();
        if (latest is null || manifests.Count < 2)
        {
            return;
        }

        var blob = Servers.Blobs[latest];
        if (_random.Next(2) == 0)
        {
            Servers.Blobs.Remove(latest);
        }
        else
        {
            Servers.Blobs[latest] = blob[.._random.Next(blob.Length)];
        }
    }
}

/// <summary>Something that must always hold did not.</summary>
internal sealed class SimulationException(string message) : Exception(message);
