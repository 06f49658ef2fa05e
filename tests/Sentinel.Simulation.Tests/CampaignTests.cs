using System.Text.Json;

namespace Sentinel.Simulation.Tests;

/// <summary>Each campaign of the demo shows what was disclosed of its kind, and nothing it was not given.</summary>
public sealed class CampaignTests(DemoFixture demo) : IClassFixture<DemoFixture>
{
    private readonly Played _played = demo.Played;

    [Fact]
    public void InlineTrace_SharesItsFrameAndNothingElse()
    {
        var accounts = Firsts("inline-trace");
        foreach (var field in new[] { "payment_hash", "phone_hash", "email_hash", "org_id" })
        {
            var held = accounts.Select(line => line.GetProperty("account").GetProperty(field).GetString())
                .Where(value => value is not null)
                .ToArray();
            Assert.Equal(held.Length, held.Distinct().Count());
        }

        var frame = FrameOf("inline-trace");
        Assert.True(frame.Length > 40, frame);
        Assert.All(Harvests("inline-trace"), line => Assert.Contains(frame, Prompt(line), StringComparison.Ordinal));
    }

    [Fact]
    public void RewardWaves_ComesInWavesFromFewMachines()
    {
        var lines = _played.OfCampaign("reward-waves").ToArray();
        Assert.True(Distinct(lines, "client", "device_hash") <= 3);
        Assert.True(Crowding(lines) > 4 * Crowding([.. _played.OfCampaign("inline-trace")]));
    }

    [Fact]
    public void BareTasks_HasNoFrameAndFewCardsButManyPhonesAndCountries()
    {
        var accounts = Firsts("bare-tasks");
        Assert.True(Distinct(accounts, "account", "payment_hash") <= 3); // Absent is one more.
        Assert.True(Distinct(accounts, "account", "phone_hash") > accounts.Length / 2);
        Assert.True(Distinct(accounts, "account", "country") > 4);
        Assert.True(accounts.Select(Prompt).Distinct().Count() > accounts.Length * 0.9);
    }

    [Fact]
    public void ResoldPool_IsMostlyInnocentOnTheSameCards()
    {
        var cards = Firsts("resold-pool").Select(Payment).Where(card => card is not null).ToHashSet();
        var pool = _played.Exchanges.Where(line => cards.Contains(Payment(line))).Select(Played.AccountOf)
            .ToHashSet();
        var innocents = pool.Count(account => !_played.IsMalicious(account));
        Assert.InRange(innocents / (double)pool.Count, 0.5, 0.95);
        Assert.All(
            pool.Where(account => !_played.IsMalicious(account)),
            account => Assert.NotEqual("trace_reconstruction", Family(account)));
    }

    [Fact]
    public void QuietRelay_SendsLittleFromEachAccount()
    {
        var counts = _played.OfCampaign("quiet-relay").CountBy(Played.AccountOf).Select(pair => pair.Value).Order();
        Assert.InRange(counts.ElementAt(counts.Count() / 2), 5, 40);
    }

    [Fact]
    public void Camouflage_IsDrawnFromTheInnocentPool()
    {
        var lines = _played.OfCampaign("inline-trace").ToArray();
        var frame = FrameOf("inline-trace");
        var innocent = lines.Count(line => !Prompt(line).Contains(frame, StringComparison.Ordinal));
        var share = innocent / (double)lines.Length;
        Assert.InRange(share, 0.08, 0.35);
    }

    [Fact]
    public void Gateway_SharesEverythingAndIsInnocent()
    {
        var lines = _played.Exchanges
            .Where(line => _played.Accounts[Played.AccountOf(line)].GetProperty("class").GetString()
                == "benign_gateway")
            .ToArray();
        Assert.Equal(1, Distinct(lines, "account", "org_id"));
        Assert.Equal(1, Distinct(lines, "account", "payment_hash"));
        Assert.Equal(1, Distinct(lines, "request", "system"));
        Assert.Single(lines.Select(Block).Distinct());
    }

    private static int Distinct(JsonElement[] lines, string part, string field) =>
        lines.Select(line => line.GetProperty(part).GetProperty(field).GetString()).Distinct().Count();

    /// <summary>Share of the exchanges with another account's within ten seconds.</summary>
    private static double Crowding(JsonElement[] lines)
    {
        var times = lines.Select(line => line.GetProperty("occurred_at").GetDateTimeOffset()).ToArray();
        var near = 0;
        for (var i = 1; i < lines.Length; i++)
        {
            var isOther = Played.AccountOf(lines[i]) != Played.AccountOf(lines[i - 1]);
            near += isOther && (times[i] - times[i - 1]).TotalSeconds < 10 ? 1 : 0;
        }

        return near / (double)lines.Length;
    }

    private static string CommonStart(string left, string right)
    {
        var length = 0;
        while (length < left.Length && length < right.Length && left[length] == right[length])
        {
            length++;
        }

        return left[..length];
    }

    private static string Prompt(JsonElement line) =>
        line.GetProperty("request").GetProperty("system").GetString() + "\n\n" + User(line);

    private static string User(JsonElement line) =>
        line.GetProperty("request").GetProperty("messages")[0].GetProperty("content").GetString()!;

    private static string? Payment(JsonElement line) =>
        line.GetProperty("account").GetProperty("payment_hash").GetString();

    private static string Block(JsonElement line)
    {
        var ip = line.GetProperty("client").GetProperty("ip").GetString()!;
        return ip[..ip.LastIndexOf('.')];
    }

    private string? Family(string account) => _played.Accounts[account].GetProperty("family").GetString();

    /// <summary>What the first messages of a campaign have in common where the instructions stand in them.</summary>
    private string FrameOf(string campaign)
    {
        var messages = Harvests(campaign)
            .Where(line => line.GetProperty("request").GetProperty("system").ValueKind == JsonValueKind.Null)
            .Select(User)
            .ToArray();
        Assert.True(messages.Length > 5);
        return messages.Aggregate(CommonStart).TrimEnd();
    }

    /// <summary>The first harvesting exchange of each account.</summary>
    private JsonElement[] Harvests(string campaign) =>
    [
        .. _played.OfCampaign(campaign).Where(line =>
            line.GetProperty("event_id").GetString()
                == _played.Accounts[Played.AccountOf(line)].GetProperty("first_malicious_event").GetString()),
    ];

    private JsonElement[] Firsts(string campaign) =>
        [.. _played.OfCampaign(campaign).DistinctBy(Played.AccountOf)];
}
