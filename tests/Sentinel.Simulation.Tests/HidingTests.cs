using System.Text;
using Sentinel.Simulation.Recipes;

namespace Sentinel.Simulation.Tests;

/// <summary>Each knob of the adversary's budget hides what it says, and costs what it says.</summary>
public sealed class HidingTests
{
    private static readonly AttackCost Open = CostOf("{}");

    [Fact]
    public void Of_NothingHidden_IsTheVolumeOfTheRecipe()
    {
        Assert.Equal(1.0, Open.Throughput, 6);
        Assert.Equal(60 * 30, Open.HarvestADay, 3);
        Assert.Equal((2.0, 0.0, 1L), (Open.Payments, Open.AddressesADay, Open.Wordings));
    }

    [Fact]
    public void Of_CamouflageAndPace_CostThroughput()
    {
        var hidden = CostOf("""{"camouflage": 0.5, "pace": 0.4}""");
        Assert.Equal(0.2, hidden.Throughput, 6);
        Assert.Equal(Open.HarvestADay * 0.2, hidden.HarvestADay, 3);
        Assert.Equal(12, hidden.AccountsWithoutHiding, 6);
    }

    [Fact]
    public void Of_OtherKnobs_CostCardsAddressesWordingsAndTime()
    {
        var hidden = CostOf("""{"payments": true, "addresses": true, "paraphrases": 50, "jitter_minutes": 90}""");
        Assert.Equal(51, hidden.Payments, 6);
        Assert.True(hidden.AddressesADay >= 60);
        Assert.Equal((50, 45.0), (hidden.Wordings, hidden.DelayMinutes));
        Assert.Equal(1.0, hidden.Throughput, 6);
    }

    [Fact]
    public void Play_Pace_SendsLess()
    {
        var (open, slow) = (Play("{}"), Play("""{"pace": 0.25}"""));
        Assert.InRange(slow.Exchanges.Length / (double)open.Exchanges.Length, 0.15, 0.35);
    }

    [Fact]
    public void Play_UniquePayments_SharesNone()
    {
        Assert.Equal(2, Payments(Play("{}")));
        Assert.True(Payments(Play("""{"payments": true}""")) > 40);
    }

    [Fact]
    public void Play_Paraphrases_WordsTheFrameAnew() =>
        Assert.True(Openings(Play("""{"paraphrases": 40}""")) > 5 * Openings(Play("{}")));

    [Fact]
    public void Play_Jitter_BreaksTheWaves() =>
        Assert.True(Crowding(Play("""{"jitter_minutes": 120}""")) < 0.5 * Crowding(Play("{}")));

    [Fact]
    public void Play_Addresses_RotatesThem() =>
        Assert.True(Addresses(Play("""{"addresses": true}""")) > 2 * Addresses(Play("{}")));

    private static int Payments(Played played) => played.Exchanges
        .Select(line => line.GetProperty("account").GetProperty("payment_hash").GetString())
        .Where(card => card is not null)
        .Distinct()
        .Count();

    private static int Addresses(Played played) => played.Exchanges
        .Select(line => line.GetProperty("client").GetProperty("ip").GetString())
        .Distinct()
        .Count();

    private static int Openings(Played played) => played.Exchanges
        .Where(line => line.GetProperty("request").GetProperty("turn").GetInt32() == 1)
        .Select(line => line.GetProperty("request").GetProperty("messages")[0].GetProperty("content").GetString())
        .Select(text => text![..24])
        .Distinct()
        .Count();

    private static double Crowding(Played played)
    {
        var times = played.Exchanges.Select(line => line.GetProperty("occurred_at").GetDateTimeOffset()).ToArray();
        return times.Zip(times.Skip(1)).Count(pair => (pair.Second - pair.First).TotalSeconds < 10)
            / (double)times.Length;
    }

    private static Played Play(string hides) => Played.Of(Recipe(hides), seed: 5, scale: 1);

    private static AttackCost CostOf(string hides) => Assert.Single(AttackCost.Of(Recipe(hides)));

    private static TrafficRecipe Recipe(string hides)
    {
        var text = $$$"""
            {"name": "hiding", "starts_at": "2026-10-05T00:00:00Z", "days": 2, "campaigns": [{
              "name": "harvest", "abuse_type": "reasoning_extraction", "accounts": 60,
              "harvest": {"texts": {"inline_reasoning": 1}, "frames": 1}, "texts": {"chat": 1},
              "a_day": {"median": 30, "max": 1000}, "rhythm": "waves", "shared": {"payment": 30, "block": "all"},
              "traits": {"network": {"corporate": 1}}, "hides": {{{hides}}}
            }]}
            """;
        Assert.True(RecipeReader.TryRead(Encoding.UTF8.GetBytes(text), out var recipe, out _));
        return recipe;
    }
}
