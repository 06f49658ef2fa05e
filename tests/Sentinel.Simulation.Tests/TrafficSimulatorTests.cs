using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using Sentinel.Simulation.Recipes;

namespace Sentinel.Simulation.Tests;

public sealed class TrafficSimulatorTests(DemoFixture demo) : IClassFixture<DemoFixture>
{
    private readonly Played _played = demo.Played;

    [Fact]
    public void WriteTo_SameSeed_SameBytes()
    {
        var (first, second) = (Played.Demo(3, 0.05), Played.Demo(3, 0.05));
        Assert.Equal(SHA256.HashData(first.Traffic), SHA256.HashData(second.Traffic));
        Assert.Equal(first.Truth, second.Truth);
    }

    [Fact]
    public void WriteTo_OtherSeed_OtherAccountsAndEvents()
    {
        var (first, second) = (Played.Demo(3, 0.05), Played.Demo(4, 0.05));
        Assert.Empty(first.Accounts.Keys.Intersect(second.Accounts.Keys));
        var events = first.Exchanges.Concat(second.Exchanges).Select(EventId).ToArray();
        Assert.Equal(events.Length, events.Distinct().Count());
    }

    [Fact]
    public void WriteTo_Demo_IsInTimeOrderWithinTheRecipe()
    {
        var times = _played.Exchanges.Select(line => line.GetProperty("occurred_at").GetDateTimeOffset()).ToArray();
        Assert.True(times.Length > 10_000);
        Assert.True(times.Zip(times.Skip(1)).All(pair => pair.First <= pair.Second));
        Assert.True(times[0] >= new DateTimeOffset(2026, 10, 5, 0, 0, 0, TimeSpan.Zero));
        Assert.True(times[^1] < new DateTimeOffset(2026, 10, 8, 0, 0, 0, TimeSpan.Zero));
    }

    [Fact]
    public void WriteTo_Demo_EveryEventHasItsOwnId() =>
        Assert.Equal(_played.Exchanges.Length, _played.Exchanges.Select(EventId).Distinct().Count());

    [Fact]
    public void WriteTo_Demo_AccountFieldsNeverChange()
    {
        foreach (var group in _played.Exchanges.GroupBy(Played.AccountOf))
        {
            Assert.Single(group.Select(line => line.GetProperty("account").GetRawText()).Distinct());
        }
    }

    [Fact]
    public void WriteTo_Demo_ConversationsGoOnFromWhatWasSaid()
    {
        var turns = _played.Exchanges
            .GroupBy(line => line.GetProperty("request").GetProperty("conversation_id").GetString())
            .Where(group => group.Count() > 1)
            .ToArray();
        Assert.True(turns.Length > 500);
        foreach (var conversation in turns)
        {
            var last = conversation.First().GetProperty("request");
            foreach (var exchange in conversation.Skip(1))
            {
                var request = exchange.GetProperty("request");
                var (before, now) = (Messages(last), Messages(request));
                Assert.Equal(before, now.Take(before.Length));
                Assert.Equal(before.Length + 2, now.Length);
                Assert.Equal(last.GetProperty("turn").GetInt32() + 1, request.GetProperty("turn").GetInt32());
                last = request;
            }
        }
    }

    [Fact]
    public void WriteTo_Demo_PresentsOnlyReferencesThatWereIssuedBefore()
    {
        var issuedTo = new Dictionary<string, string>();
        var crossed = new HashSet<string?>();
        var presented = 0;
        foreach (var exchange in _played.Exchanges)
        {
            var account = Played.AccountOf(exchange);
            foreach (var reference in exchange.GetProperty("request").GetProperty("reasoning_refs_presented")
                .EnumerateArray())
            {
                presented++;
                // A failed turn issued none, and the client then has none to send back but its own guess.
                if (issuedTo.TryGetValue(reference.GetString()!, out var owner) && owner != account)
                {
                    crossed.Add(_played.CampaignOf(account));
                }
            }

            if (exchange.GetProperty("response").GetProperty("reasoning_ref_issued").GetString() is { } issued)
            {
                issuedTo[issued] = account;
            }
        }

        Assert.True(presented > 100);
        Assert.Equal(["quiet-relay"], crossed);
    }

    [Fact]
    public void WriteTruth_Demo_NamesTheFirstHarvestingEventOfEveryMaliciousAccount()
    {
        var firstEvents = _played.Exchanges
            .GroupBy(Played.AccountOf)
            .ToDictionary(group => group.Key, group => group.Select(EventId).ToHashSet());
        Assert.Equal(firstEvents.Keys.Order(), _played.Accounts.Keys.Order());
        foreach (var (account, truth) in _played.Accounts)
        {
            var first = truth.GetProperty("first_malicious_event").GetString();
            Assert.Equal(_played.IsMalicious(account), first is not null);
            Assert.True(first is null || firstEvents[account].Contains(first));
        }
    }

    [Fact]
    public void TryWriteNext_LongTraffic_KeepsMemoryBounded()
    {
        Assert.True(BuiltInRecipes.TryGet("demo", out var recipe));
        var simulator = TrafficSimulator.Create(recipe with { Days = 60 }, 1, 0.1);
        var line = new ArrayBufferWriter<byte>(64 * 1024);
        Play(simulator, line, 20_000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Play(simulator, line, 20_000);
        var perExchange = (GC.GetAllocatedBytesForCurrentThread() - before) / 20_000.0;
        Assert.True(perExchange < 200, $"{perExchange} bytes an exchange");
    }

    [Fact]
    public void Create_Scale_MultipliesEveryGroup()
    {
        Assert.True(BuiltInRecipes.TryGet("demo", out var recipe));
        var small = TrafficSimulator.Create(recipe, 1, 0.0001);
        var whole = TrafficSimulator.Create(recipe, 1, 1);
        Assert.Equal(recipe.Groups.Length, small.AccountCount);
        Assert.Equal(recipe.Groups.Sum(group => group.Accounts), whole.AccountCount);
    }

    [Fact]
    public void WriteTo_Cancelled_Stops()
    {
        Assert.True(BuiltInRecipes.TryGet("demo", out var recipe));
        var simulator = TrafficSimulator.Create(recipe, 1, 0.2);
        using var cancel = new CancellationTokenSource();
        cancel.Cancel();
        Assert.Throws<OperationCanceledException>(
            () => simulator.WriteTo(Stream.Null, Stream.Null, progress: null, cancel.Token));
    }

    private static void Play(TrafficSimulator simulator, ArrayBufferWriter<byte> line, int count)
    {
        for (var i = 0; i < count; i++)
        {
            line.ResetWrittenCount();
            Assert.True(simulator.TryWriteNext(line));
        }
    }

    private static string EventId(JsonElement exchange) => exchange.GetProperty("event_id").GetString()!;

    private static string[] Messages(JsonElement request) =>
        [.. request.GetProperty("messages").EnumerateArray().Select(message => message.GetRawText())];
}
