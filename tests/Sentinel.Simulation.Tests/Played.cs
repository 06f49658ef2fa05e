using System.Text;
using System.Text.Json;
using Sentinel.Simulation.Recipes;

namespace Sentinel.Simulation.Tests;

/// <summary>A played recipe, read back: what the tests look at.</summary>
internal sealed class Played
{
    private Played(byte[] traffic, byte[] truth)
    {
        (Traffic, Truth) = (traffic, truth);
        Exchanges = [.. Lines(traffic)];
        Accounts = Lines(truth).ToDictionary(line => line.GetProperty("account_id").GetString()!);
    }

    public byte[] Traffic { get; }

    public byte[] Truth { get; }

    public JsonElement[] Exchanges { get; }

    public Dictionary<string, JsonElement> Accounts { get; }

    public static Played Demo(ulong seed, double scale)
    {
        Assert.True(BuiltInRecipes.TryGet("demo", out var recipe));
        return Of(recipe, seed, scale);
    }

    public static Played Of(TrafficRecipe recipe, ulong seed, double scale)
    {
        var simulator = TrafficSimulator.Create(recipe, seed, scale);
        using var traffic = new MemoryStream();
        using var truth = new MemoryStream();
        simulator.WriteTo(traffic, truth, progress: null, CancellationToken.None);
        return new Played(traffic.ToArray(), truth.ToArray());
    }

    public static string AccountOf(JsonElement exchange) =>
        exchange.GetProperty("account").GetProperty("id").GetString()!;

    public bool IsMalicious(string account) => Accounts[account].GetProperty("label").GetString() == "malicious";

    public string? CampaignOf(string account) => Accounts[account].GetProperty("campaign").GetString();

    public IEnumerable<JsonElement> OfCampaign(string campaign) =>
        Exchanges.Where(exchange => CampaignOf(AccountOf(exchange)) == campaign);

    private static IEnumerable<JsonElement> Lines(byte[] utf8) => Encoding.UTF8.GetString(utf8)
        .Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Select(line => JsonDocument.Parse(line).RootElement);
}

/// <summary>One play of the demo for all tests that only read it.</summary>
public sealed class DemoFixture
{
    internal Played Played { get; } = Played.Demo(seed: 7, scale: 0.35);
}
