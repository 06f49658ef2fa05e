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
/// every account. The same recipe, seed and scale give the same bytes. Memory holds the accounts (about 0.6 KiB each)
/// and one line. Not thread-safe.
/// </summary>
public sealed class TrafficSimulator : IDisposable
{
    private const int ReferencesRecentMax = 64;
    private const int ProgressEvery = 4_096;

    private readonly TrafficRecipe _recipe;
    private readonly ulong _seed;
    private readonly long _startsAtMs;
    private readonly long _endsMs;
    private readonly SimulatedAccount[] _accounts;
    private readonly Timetable _timetable;
    private readonly PriorityQueue<int, (long Ms, int Account)> _queue;
    private readonly ExchangeWriter _writer;
    private readonly RecentReferences[] _references;

    private TrafficSimulator(TrafficRecipe recipe, ulong seed, SimulatedAccount[] accounts)
    {
        (_recipe, _seed, _accounts) = (recipe, seed, accounts);
        _startsAtMs = recipe.StartsAt.ToUnixTimeMilliseconds();
        _endsMs = (long)(recipe.Days * 86_400_000);
        _timetable = new Timetable(_startsAtMs, seed);
        _queue = new PriorityQueue<int, (long, int)>(accounts.Length);
        _writer = new ExchangeWriter(seed);
        _references = [.. recipe.Groups.Select(_ => new RecentReferences(ReferencesRecentMax))];
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
        for (var i = 0; i < recipe.Groups.Length; i++)
        {
            var group = recipe.Groups[i];
            var factory = new AccountFactory(group, i, Chance.Derive(seed, (ulong)i + 1), recipe.Days);
            var count = Math.Max(1, (int)Math.Min(TrafficRecipe.AccountsMax, Math.Round(group.Accounts * scale)));
            for (var account = 0; account < count; account++)
            {
                accounts.Add(factory.Make(account));
            }
        }

        var simulator = new TrafficSimulator(recipe, seed, [.. accounts]);
        simulator.ScheduleAll();
        return simulator;
    }

    /// <summary>Writes the next exchange as one line with its line feed; false when the recipe is over.</summary>
    public bool TryWriteNext(IBufferWriter<byte> line)
    {
        ArgumentNullException.ThrowIfNull(line);
        if (!_queue.TryDequeue(out var index, out var due))
        {
            return false;
        }

        var account = _accounts[index];
        var group = _recipe.Groups[account.Group];
        var frame = account.Harvesting ? account.Harvest : account.Innocent;
        var facts = new ExchangeFacts(
            ExchangeCount, _startsAtMs + due.Ms, AddressOf(account), frame, DrawReplay(index, group));
        var issued = _writer.Write(account, facts, line);
        if (issued != 0 && group.Harvest is not null)
        {
            _references[account.Group].Add(index, issued);
        }

        if (account is { Harvesting: true, FirstHarvest: < 0 })
        {
            account.FirstHarvest = ExchangeCount;
        }

        account.Exchanges++;
        ExchangeCount++;
        var share = Math.Min(1.0, due.Ms / (double)_endsMs);
        Progress = new SimulationProgress(ExchangeCount, _recipe.StartsAt.AddMilliseconds(due.Ms), share);
        Advance(account, group);
        Enqueue(index);
        return true;
    }

    /// <summary>Plays the whole recipe into two streams: the traffic, then the truth.</summary>
    public void WriteTo(
        Stream traffic, Stream truth, IProgress<SimulationProgress>? progress, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(traffic);
        var block = new ArrayBufferWriter<byte>(1024 * 1024);
        while (TryWriteNext(block))
        {
            if (block.WrittenCount > 512 * 1024)
            {
                traffic.Write(block.WrittenSpan);
                block.ResetWrittenCount();
                cancel.ThrowIfCancellationRequested();
            }

            if (ExchangeCount % ProgressEvery == 0)
            {
                progress?.Report(Progress);
            }
        }

        traffic.Write(block.WrittenSpan);
        progress?.Report(Progress);
        WriteTruth(truth);
    }

    /// <summary>
    /// Writes what is true of every account that has sent so far, one JSON line each: label (benign or malicious),
    /// class, campaign, prompt family, abuse type and the first harvesting event.
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
            json.WriteStartObject();
            json.WriteString("account_id"u8, $"acct-{account.Id:x16}");
            json.WriteString("label"u8, account.Harvests ? "malicious"u8 : "benign"u8);
            json.WriteString("class"u8, account.Harvests ? "campaign" : group.Class);
            json.WriteString("campaign"u8, account.Harvests ? group.Name : null);
            json.WriteString("family"u8, (account.Harvests ? account.Harvest : account.Innocent).Family.Name);
            json.WriteString("abuse_type"u8, account.Harvests ? group.Harvest!.AbuseType : null);
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

    /// <inheritdoc />
    public void Dispose() => _writer.Dispose();

    private static ClientAddress AddressOf(SimulatedAccount account)
    {
        var lease = (ulong)(account.NextMs / (2 * 86_400_000));
        var seed = account.Seed;
        var conversation = (ulong)account.Conversation;
        return account.AddressHabit switch
        {
            AddressHabit.Fixed => account.Address,
            AddressHabit.Block => Addresses.Neighbour(account.Address, Chance.Derive(seed, 20)),
            AddressHabit.Lease => Addresses.Of(
                account.Network, account.ClientCountry, Chance.Derive(seed, 1_000 + lease)),
            AddressHabit.Roaming => Addresses.Of(
                account.Network, account.ClientCountry, Chance.Derive(seed, 2_000 + conversation)),
            _ => Addresses.Of(account.Network, account.ClientCountry, Chance.Derive(seed, 3_000 + (conversation / 4))),
        };
    }

    private static void BeginConversation(SimulatedAccount account)
    {
        account.Conversation++;
        account.Turn = 1;
        // The first is never camouflage: an account counts as harvesting because it harvests.
        account.Harvesting = account.Harvests
            && (account.Exchanges == 0 || !account.Chance.Hits(account.CamouflagedConversations));
        var turnsMax = (account.Harvesting ? account.Harvest : account.Innocent).Family.TurnsMax;
        account.Turns = 1;
        while (account.Turns < turnsMax && account.Chance.Hits(0.5))
        {
            account.Turns++;
        }
    }

    private static double MeanTurns(SimulatedAccount account) => account.Harvests
        ? (account.CamouflagedConversations * account.Innocent.Family.TurnsMean)
            + ((1 - account.CamouflagedConversations) * account.Harvest.Family.TurnsMean)
        : account.Innocent.Family.TurnsMean;

    private ulong DrawReplay(int index, TrafficGroup group)
    {
        var account = _accounts[index];
        var share = group.Harvest?.ReplayedReferences ?? 0;
        return share > 0 && account.Harvesting && account.Chance.Hits(share)
            ? _references[account.Group].DrawOf(index, ref account.Chance)
            : 0;
    }

    private void ScheduleAll()
    {
        for (var i = 0; i < _accounts.Length; i++)
        {
            var account = _accounts[i];
            BeginConversation(account);
            account.NextMs = _timetable.First(account, _recipe.Groups[account.Group].Rhythm, MeanTurns(account));
            Enqueue(i);
        }
    }

    private void Advance(SimulatedAccount account, TrafficGroup group)
    {
        if (account.Turn < account.Turns)
        {
            account.Turn++;
            account.NextMs = Timetable.NextTurn(account);
            return;
        }

        BeginConversation(account);
        account.NextMs = _timetable.Next(account, group.Rhythm, MeanTurns(account));
    }

    private void Enqueue(int index)
    {
        var account = _accounts[index];
        if (account.NextMs < _endsMs)
        {
            _queue.Enqueue(index, (account.NextMs, index));
        }
    }
}
