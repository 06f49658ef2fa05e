using System.Text.Json;

namespace Sentinel.Simulation.Tests;

/// <summary>
/// No field by itself may give the label away: an account judged by the share of malicious accounts among those with
/// its own most frequent value must be ranked hardly better than by a coin.
/// </summary>
public sealed class LeakTests(LeakTests.Fixture demo) : IClassFixture<LeakTests.Fixture>
{
    private const double AreaMax = 0.65;

    private readonly Played _played = demo.Played;

    [Theory]
    [InlineData("account", "plan")]
    [InlineData("account", "signup_route")]
    [InlineData("account", "email_domain")]
    [InlineData("account", "country")]
    [InlineData("client", "network")]
    [InlineData("client", "country")]
    [InlineData("client", "user_agent")]
    [InlineData("client", "ja4")]
    [InlineData("request", "model")]
    [InlineData("request", "reasoning")]
    [InlineData("request", "temperature")]
    [InlineData("request", "max_tokens")]
    [InlineData("request", "n")]
    [InlineData("request", "logprobs")]
    [InlineData("request", "stream")]
    public void Demo_CategoricalField_SaysLittle(string part, string field) =>
        Assert.InRange(AreaOf(line => line.GetProperty(part).GetProperty(field).GetRawText()), 0.5, AreaMax);

    [Theory]
    [InlineData("account", "org_id")]
    [InlineData("account", "payment_hash")]
    [InlineData("account", "phone_hash")]
    [InlineData("client", "device_hash")]
    [InlineData("request", "system")]
    [InlineData("response", "reasoning_ref_issued")]
    public void Demo_AbsenceOfField_SaysLittle(string part, string field) => Assert.InRange(
        AreaOf(line => line.GetProperty(part).GetProperty(field).ValueKind.ToString()), 0.5, AreaMax);

    [Theory]
    [InlineData("input_tokens")]
    [InlineData("output_tokens")]
    [InlineData("reasoning_tokens")]
    [InlineData("latency_ms")]
    public void Demo_MedianNumber_SaysLittle(string field) => Assert.InRange(
        Area(lines => Median(lines.Select(line => line.GetProperty("response").GetProperty(field).GetDouble()))),
        1 - AreaMax,
        AreaMax);

    [Fact]
    public void Demo_Volume_SaysLittleAndSomeInnocentsAreHeaviest()
    {
        Assert.InRange(Area(lines => lines.Length), 1 - AreaMax, AreaMax);
        var heaviest = Accounts().MaxBy(account => account.Value.Length);
        Assert.False(_played.IsMalicious(heaviest.Key));
    }

    [Fact]
    public void Demo_HoursAndAddresses_AreNoVerdict()
    {
        // Attackers do work longer hours and from more addresses, as was disclosed; innocents do too, only less often.
        Assert.InRange(
            Area(lines => lines.Select(line => line.GetProperty("occurred_at").GetDateTimeOffset().Hour)
                .Distinct().Count()),
            0.2,
            0.8);
        Assert.InRange(
            Area(lines => lines.Select(line => line.GetProperty("client").GetProperty("ip").GetString())
                .Distinct().Count() / (double)lines.Length),
            0.35,
            0.65);
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted[sorted.Length / 2];
    }

    private Dictionary<string, JsonElement[]> Accounts() => _played.Exchanges
        .GroupBy(Played.AccountOf)
        .ToDictionary(group => group.Key, group => group.ToArray());

    private double AreaOf(Func<JsonElement, string> value)
    {
        var usual = Accounts().ToDictionary(
            account => account.Key,
            account => account.Value.GroupBy(value).MaxBy(group => group.Count())!.Key);
        // Values that hardly anyone else has would be learnt by heart; together they are one value.
        var frequent = usual.Values.CountBy(name => name).Where(pair => pair.Value >= 15).Select(pair => pair.Key)
            .ToHashSet();
        var bucket = usual.ToDictionary(pair => pair.Key, pair => frequent.Contains(pair.Value) ? pair.Value : "rare");
        var rates = bucket.GroupBy(pair => pair.Value).ToDictionary(
            group => group.Key, group => group.Average(pair => _played.IsMalicious(pair.Key) ? 1.0 : 0.0));
        return AreaUnderCurve(bucket.Select(pair => (rates[pair.Value], _played.IsMalicious(pair.Key))));
    }

    private double Area(Func<JsonElement[], double> statistic) => AreaUnderCurve(
        Accounts().Select(account => (statistic(account.Value), _played.IsMalicious(account.Key))));

    /// <summary>Chance that a malicious account ranks above a benign one; ties count half.</summary>
    private static double AreaUnderCurve(IEnumerable<(double Score, bool IsMalicious)> ranked)
    {
        var groups = ranked.GroupBy(item => item.Score).OrderBy(group => group.Key);
        var (above, benignBelow, malicious) = (0.0, 0.0, 0.0);
        foreach (var group in groups)
        {
            var hits = group.Count(item => item.IsMalicious);
            var benign = group.Count() - hits;
            above += hits * (benignBelow + (benign / 2.0));
            benignBelow += benign;
            malicious += hits;
        }

        return above / (malicious * benignBelow);
    }

    public sealed class Fixture
    {
        // The whole demo: with fewer accounts the rates themselves would be noise.
        internal Played Played { get; } = Played.Demo(seed: 11, scale: 1);
    }
}
