using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Sentinel.Simulation.Population;
using Sentinel.Simulation.Recipes;

namespace Sentinel.Simulation;

/// <summary>How far a simulation is.</summary>
/// <param name="Exchanges">Exchanges written.</param>
/// <param name="At">Time of the last one.</param>
/// <param name="Share">Share of the recipe's time that has passed, 0 to 1.</param>
public readonly record struct SimulationProgress(long Exchanges, DateTimeOffset At, double Share);

/// <summary>
/// Plays a recipe: exchanges of all accounts in the order of their time, one line each, and at the end the truth about
/// every account. The same recipe, seed and scale give the same bytes. Memory holds the accounts (about 0.7 KiB each)
/// and one line. Not thread-safe.
/// </summary>
public sealed class TrafficSimulator
{
    private const int RecentMax = 64;
    private const int BlockBytes = 512 * 1024;
    private const double ReplayingAccounts = 0.25;
    private const double DayMs = 86_400_000;
    private const double MoveMeanMs = 2.9 * DayMs;

    private readonly TrafficRecipe _recipe;
    private readonly ulong _seed;
    private readonly long _startsAtMs;
    private readonly long _endsMs;
    private readonly FrameChooser[] _frames;
    private readonly SimulatedAccount[] _accounts;
    private readonly (double AtMs, double Moves, JsonEncodedText Model)[] _releases;
    private readonly Timetable _timetable;
    private readonly EventHeap _heap = new();
    private readonly ExchangeWriter _writer;
    private readonly RecentReferences[] _references;
    private readonly RecentReplies[] _replies;

    private TrafficSimulator(
        TrafficRecipe recipe, ulong seed, FrameChooser[] frames, SimulatedAccount[] accounts)
    {
        (_recipe, _seed, _frames, _accounts) = (recipe, seed, frames, accounts);
        _startsAtMs = recipe.StartsAt.ToUnixTimeMilliseconds();
        _endsMs = (long)(recipe.Days * DayMs);
        _releases =
        [
            .. recipe.Releases.Select(release =>
                (release.Day * DayMs, release.Moves, JsonEncodedText.Encode(release.Model))),
        ];
        _timetable = new Timetable(_startsAtMs, _endsMs, seed, [.. _releases.Select(release => release.AtMs)]);
        _writer = new ExchangeWriter(seed);
        _references = [.. recipe.Groups.Select(_ => new RecentReferences(RecentMax))];
        _replies = [.. recipe.Groups.Select(_ => new RecentReplies(RecentMax))];
    }

    /// <summary>Accounts that may send; one that finds no time to is not in the truth.</summary>
    public int AccountCount => _accounts.Length;

    /// <summary>Exchanges written so far.</summary>
    public long ExchangeCount { get; private set; }

    /// <summary>How far it is.</summary>
    public SimulationProgress Progress { get; private set; }

    /// <summary>
    /// Makes the accounts. <paramref name="scale"/> multiplies the accounts of every group (at least one stays).
    /// </summary>
    public static TrafficSimulator Create(TrafficRecipe recipe, ulong seed, double scale)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(scale);
        var accounts = new List<SimulatedAccount>();
        var frames = new List<FrameChooser>();
        for (var i = 0; i < recipe.Groups.Length; i++)
        {
            var group = recipe.Groups[i];
            var factory = new AccountFactory(group, i, seed, recipe);
            frames.Add(factory.Frames);
            var count = Math.Max(1, (int)Math.Min(TrafficRecipe.AccountsMax, Math.Round(group.Accounts * scale)));
            if (accounts.Count + count > EventHeap.AccountsMax)
            {
                throw new ArgumentOutOfRangeException(
                    nameof(scale), scale, $"a simulation has at most {EventHeap.AccountsMax} accounts");
            }

            for (var account = 0; account < count; account++)
            {
                accounts.Add(factory.Make(account));
            }
        }

        var simulator = new TrafficSimulator(recipe, seed, [.. frames], [.. accounts]);
        simulator.ScheduleAll();
        return simulator;
    }

    /// <summary>Writes the next exchange as one line with its line feed; false when the recipe is over.</summary>
    public bool TryWriteNext(IBufferWriter<byte> line)
    {
        ArgumentNullException.ThrowIfNull(line);
        if (_heap.IsEmpty)
        {
            return false;
        }

        var index = _heap.First;
        var account = _accounts[index];
        var group = _recipe.Groups[account.Group];
        var facts = new ExchangeFacts(
            ExchangeCount, _startsAtMs, AddressOf(account), ModelOf(account, group), DrawReplay(index, group));
        var outcome = _writer.Write(account, facts, line);
        if (group.Harvest is { } harvest)
        {
            Remember(index, account, harvest, outcome);
        }

        if (account is { Harvesting: true, FirstHarvest: < 0 })
        {
            account.FirstHarvest = ExchangeCount;
        }

        account.Exchanges++;
        ExchangeCount++;
        var share = Math.Min(1.0, account.NextMs / (double)_endsMs);
        Progress = new SimulationProgress(ExchangeCount, _recipe.StartsAt.AddMilliseconds(account.NextMs), share);
        Advance(account, group);
        if (IsThere(account))
        {
            _heap.MoveFirst(account.NextMs);
        }
        else
        {
            _heap.RemoveFirst();
        }

        return true;
    }

    /// <summary>Writes exchanges until they are half a megabyte or more; false when the recipe was over before.</summary>
    public bool TryWriteBlock(ArrayBufferWriter<byte> block)
    {
        ArgumentNullException.ThrowIfNull(block);
        var isAny = false;
        while (block.WrittenCount < BlockBytes && TryWriteNext(block))
        {
            isAny = true;
        }

        return isAny;
    }

    /// <summary>Plays the whole recipe into two streams: the traffic, then the truth.</summary>
    public void WriteTo(
        Stream traffic, Stream truth, IProgress<SimulationProgress>? progress, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(traffic);
        var block = new ArrayBufferWriter<byte>(2 * BlockBytes);
        while (TryWriteBlock(block))
        {
            traffic.Write(block.WrittenSpan);
            block.ResetWrittenCount();
            cancel.ThrowIfCancellationRequested();
            progress?.Report(Progress);
        }

        WriteTruth(truth);
    }

    /// <summary>
    /// Writes what is true of every account that has sent so far, one JSON line each: label (benign or malicious),
    /// class, campaign, the recipe that declares it, prompt family, abuse type and the first harvesting event.
    /// </summary>
    public void WriteTruth(Stream truth)
    {
        ArgumentNullException.ThrowIfNull(truth);
        var options = new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        using var json = new Utf8JsonWriter(truth, options);
        Span<byte> eventId = stackalloc byte[ExchangeWriter.EventIdLength];
        foreach (var account in _accounts.Where(account => account.Exchanges > 0))
        {
            var group = _recipe.Groups[account.Group];
            var harvests = account.FirstHarvest >= 0; // One of whom nothing but camouflage was seen did nothing.
            json.WriteStartObject();
            json.WriteString("account_id"u8, $"acct-{account.Id:x16}");
            json.WriteString("label"u8, harvests ? "malicious"u8 : "benign"u8);
            json.WriteString("class"u8, harvests ? "campaign" : group.Class);
            json.WriteString("campaign"u8, harvests ? group.Campaign : null);
            json.WriteString("recipe"u8, harvests ? group.Recipe : null);
            json.WriteString("family"u8, (harvests ? account.Harvest : account.Innocent).Family.Name);
            json.WriteString("abuse_type"u8, harvests ? group.Harvest!.AbuseType : null);
            if (account.FirstHarvest < 0)
            {
                json.WriteNull("first_malicious_event"u8);
            }
            else
            {
                ExchangeWriter.FormatEventId(_seed, account.FirstHarvest, eventId);
                json.WriteString("first_malicious_event"u8, eventId);
            }

            json.WriteEndObject();
            json.Flush();
            truth.WriteByte((byte)'\n');
            json.Reset();
        }
    }

    private static ClientAddress AddressOf(SimulatedAccount account)
    {
        var leaseMs = account.AddressSpan * 3_600_000L;
        var seed = account.Seed;
        return account.AddressHabit switch
        {
            AddressHabit.Fixed => account.Address,
            AddressHabit.Block => Addresses.Neighbour(account.Address, Chance.Derive(seed, 20)),
            AddressHabit.Lease => Addresses.Of(
                account.Network, account.ClientCountry, Chance.Derive(seed, 1_000 + (ulong)(account.NextMs / leaseMs))),
            _ => Addresses.Of(
                account.Network,
                account.ClientCountry,
                Chance.Derive(seed, 2_000 + (ulong)(account.Conversation / account.AddressSpan))),
        };
    }

    private static double MeanTurns(SimulatedAccount account) => 2.0 - Math.Pow(0.5, account.TurnsMax - 1);

    private bool IsThere(SimulatedAccount account) => account.NextMs < Math.Min(_endsMs, account.LeavesMs);

    private JsonEncodedText ModelOf(SimulatedAccount account, TrafficGroup group)
    {
        for (var i = _releases.Length - 1; i >= 0; i--)
        {
            var (atMs, moves, model) = _releases[i];
            if (account.NextMs < atMs)
            {
                continue;
            }

            var chance = new Chance(Chance.Derive(account.Seed, 400 + (ulong)i));
            var pivots = account.Harvests ? group.Harvest!.Pivots : 0;
            if (chance.Hits(pivots > 0 ? pivots : moves)
                && account.NextMs >= atMs + (pivots > 0 ? chance.Unit() * DayMs : chance.Exponential(MoveMeanMs)))
            {
                return model;
            }
        }

        return account.Model;
    }

    private void BeginConversation(SimulatedAccount account, TrafficGroup group)
    {
        account.Conversation++;
        account.Turn = 1;
        account.Harvesting = account.Harvests && !account.Chance.Hits(account.CamouflagedConversations);
        account.Current = account.Harvesting ? HarvestOf(account, group.Harvest!)
            : account.NextMs < account.ChangesAtMs ? account.Innocent
            : _frames[account.Group].Innocent(account.Seed, account.Index, account.Language, isChanged: true);
        account.Captured = account.Harvesting && account.Chance.Hits(group.Harvest!.Recirculates)
            ? _replies[account.Group].DrawOf(account.Index, account.Language, ref account.Chance)
            : default;
        account.Turns = 1;
        while (account.Turns < account.TurnsMax && account.Chance.Hits(0.5))
        {
            account.Turns++;
        }
    }

    private FrameInUse HarvestOf(SimulatedAccount account, HarvestModel harvest)
    {
        var isLater = !harvest.LaterTexts.IsEmpty && account.NextMs >= harvest.LaterDay * DayMs;
        var wording = harvest.Hides.Paraphrases > 1 ? account.Chance.Below(harvest.Hides.Paraphrases) : 0;
        return wording == 0 && !isLater
            ? account.Harvest
            : _frames[account.Group].Harvest(account.Seed, account.Index, account.Language, wording, isLater);
    }

    // Some accounts do it all: a client that sends a reference of its own back is rare enough to stand out by it.
    private ulong DrawReplay(int index, TrafficGroup group)
    {
        var account = _accounts[index];
        var share = group.Harvest?.ReplayedReferences ?? 0;
        return share > 0
            && account.Harvesting
            && new Chance(Chance.Derive(account.Seed, 17)).Hits(Math.Max(ReplayingAccounts, share))
            && account.Chance.Hits(share / Math.Max(ReplayingAccounts, share))
                ? _references[account.Group].DrawOf(index, ref account.Chance)
                : 0;
    }

    private void Remember(int index, SimulatedAccount account, HarvestModel harvest, in ExchangeOutcome outcome)
    {
        if (outcome.ReferenceIssued != 0)
        {
            _references[account.Group].Add(index, outcome.ReferenceIssued);
        }

        if (harvest.Recirculates > 0 && account.Harvesting && outcome.IsAnswered)
        {
            _replies[account.Group].Add(
                new CapturedReply(account.Index, account.Current, account.Language, outcome.TurnSeed));
        }
    }

    private void ScheduleAll()
    {
        for (var i = 0; i < _accounts.Length; i++)
        {
            var account = _accounts[i];
            var group = _recipe.Groups[account.Group];
            account.NextMs = _timetable.First(account, MeanTurns(account), JitterMsOf(group));
            BeginConversation(account, group);
            if (IsThere(account))
            {
                _heap.Add(account.NextMs, i);
            }
        }
    }

    private static double JitterMsOf(TrafficGroup group) =>
        60_000 * (group.Harvest?.Hides ?? HidingModel.Nothing).JitterMinutes;

    private void Advance(SimulatedAccount account, TrafficGroup group)
    {
        if (account.Turn < account.Turns)
        {
            account.Turn++;
            account.NextMs = Timetable.NextTurn(account);
            return;
        }

        account.NextMs = _timetable.Next(account, MeanTurns(account), JitterMsOf(group));
        BeginConversation(account, group);
    }
}
