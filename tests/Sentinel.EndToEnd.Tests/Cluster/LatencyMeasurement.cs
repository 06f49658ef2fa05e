using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Xunit.Abstractions;

namespace Sentinel.EndToEnd.Tests.Cluster;

/// <summary>
/// How long it takes from handing an exchange over until every answer follows from it, at half of the load that this
/// machine sustains. A measurement: runs where LLMSENTINEL_LATENCY_SECONDS says for how long.
/// </summary>
[Collection(ClusterTests.Name)]
public sealed class LatencyMeasurement(ClusterParts parts, ITestOutputHelper output)
{
    private const string Seconds = "LLMSENTINEL_LATENCY_SECONDS";
    private const int Partitions = 2;
    private const int AccountsMax = 1_000;
    private const int HarvesterCount = 200;
    private const int SaturatingLines = 20_000;

    [FactIfMeasuring(Seconds)]
    public async Task Measure_EventToVisibleDecision()
    {
        var time = TimeSpan.FromSeconds(double.Parse(
            Environment.GetEnvironmentVariable(Seconds)!, CultureInfo.InvariantCulture));
        string[] harvesting = [.. SampleTraffic.Harvesting(HarvesterCount)];
        var lines = SampleTraffic.Mix(
            SampleTraffic.LinesOf(SampleTraffic.Simulated(1, 7)), harvesting, SaturatingLines / harvesting.Length);
        var (rateMax, accounts) = await SaturateAsync([.. lines.Take(SaturatingLines)]);
        var rate = rateMax / 2;
        if (Environment.GetEnvironmentVariable("LLMSENTINEL_LATENCY_RATE") is { } asked)
        {
            rate = double.Parse(asked, CultureInfo.InvariantCulture);
        }

        lines = [.. lines.Take((int)Math.Min(lines.Length, rate * time.TotalSeconds))];
        await using var deployment = await Deployment.CreateAsync(parts, "latency", Partitions);
        var api = await deployment.ReadyAsync("api");
        await deployment.ReadyAsync("account,links,campaigns");
        var handed = new Dictionary<(string Account, long AtMs), long>();
        using var ending = new CancellationTokenSource();
        var watching = WatchAsync(api, accounts, ending.Token);
        var step = Math.Max(1, (int)(rate / 50));
        var from = TimeProvider.System.GetTimestamp();
        for (var at = 0; at < lines.Length; at += step)
        {
            string[] part = [.. lines.Skip(at).Take(step)];
            var began = TimeProvider.System.GetTimestamp();
            foreach (var line in part)
            {
                handed.TryAdd(KeyOf(line), began);
            }

            await api.PostAsync(part);
            var left = TimeSpan.FromSeconds((at + step) / rate) - TimeProvider.System.GetElapsedTime(from);
            await Task.Delay(left > TimeSpan.Zero ? left : TimeSpan.Zero);
        }

        var took = TimeProvider.System.GetElapsedTime(from);
        await Task.Delay(TimeSpan.FromSeconds(5));
        await ending.CancelAsync();
        await TellAsync(deployment, await watching, handed, $"""
            the most sustained: {rateMax:0} exchanges/s; load: {lines.Length / took.TotalSeconds:0} exchanges/s
            for {took.TotalSeconds:0} s in posts of {step}
            """.ReplaceLineEndings(" "));
    }

    // All as fast as it goes, until it is durable: the rate, and the accounts that exchanges of their own raise.
    private async Task<(double RateMax, string[] Accounts)> SaturateAsync(string[] lines)
    {
        await using var deployment = await Deployment.CreateAsync(parts, "saturated", Partitions);
        var api = await deployment.ReadyAsync("api");
        await deployment.ReadyAsync("account,links,campaigns");
        var from = TimeProvider.System.GetTimestamp();
        foreach (var part in lines.Chunk(1_000))
        {
            await api.PostAsync(part);
        }

        await Deployment.UntilAsync(
            async () => await deployment.Database.NumberAsync("SELECT count() FROM exchanges") >= lines.Length,
            () => "all is stored");
        var rate = lines.Length / TimeProvider.System.GetElapsedTime(from).TotalSeconds;
        var accounts = await deployment.Database.RowsAsync(string.Create(CultureInfo.InvariantCulture, $"""
            SELECT DISTINCT account_id FROM verdicts WHERE origin = 'account' AND level != 'none' LIMIT {AccountsMax}
            """));
        return (rate, accounts);
    }

    // Asks for all of the accounts without pause: which decision was seen first when.
    private static async Task<Dictionary<string, long>> WatchAsync(
        ServedProgram api, string[] accounts, CancellationToken cancel)
    {
        var seen = new Dictionary<string, long>(StringComparer.Ordinal);
        var question = JsonSerializer.Serialize(new Dictionary<string, string[]> { ["account_ids"] = accounts });
        while (!cancel.IsCancellationRequested)
        {
            using var content = new StringContent(question, Encoding.UTF8, "application/json");
            using var response = await api.Client.PostAsync("/v1/decisions", content, CancellationToken.None);
            var answer = await ServedProgram.JsonOf(response, HttpStatusCode.OK);
            var now = TimeProvider.System.GetTimestamp();
            foreach (var decision in answer.GetProperty("decisions").EnumerateArray())
            {
                seen.TryAdd(decision.GetProperty("decision_id").GetString()!, now);
            }

            await Task.Delay(5, CancellationToken.None);
        }

        return seen;
    }

    private async Task TellAsync(
        Deployment deployment, Dictionary<string, long> seen, Dictionary<(string, long), long> handed, string load)
    {
        var rows = await deployment.Database.RowsAsync("""
            SELECT DISTINCT concat(toString(v.partition), '-', toString(v.offset), '-', toString(v.policy_version)),
            e.account_id, toUnixTimestamp64Milli(e.occurred_at)
            FROM verdicts AS v INNER JOIN exchanges AS e ON e.partition = v.partition AND e.offset = v.offset
            WHERE v.origin = 'account'
            """);
        var times = new List<double>();
        foreach (var row in rows.Select(static row => row.Split('\t')))
        {
            var key = (row[1], long.Parse(row[2], CultureInfo.InvariantCulture));
            if (seen.TryGetValue(row[0], out var at) && handed.TryGetValue(key, out var began))
            {
                times.Add(TimeProvider.System.GetElapsedTime(began, at).TotalMilliseconds);
            }
        }

        times.Sort();
        Assert.True(
            times.Count > 0, $"{load}: {rows.Length} verdicts, {seen.Count} decisions seen, none of them of a known exchange");
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""
            {load}; {times.Count} decisions seen: p50 {times[times.Count / 2]:0} ms,
            p90 {times[times.Count * 9 / 10]:0} ms, p99 {times[times.Count * 99 / 100]:0} ms, most {times[^1]:0} ms
            """).ReplaceLineEndings(" "));
    }

    private static (string Account, long AtMs) KeyOf(string line)
    {
        using var json = JsonDocument.Parse(line);
        return (
            json.RootElement.GetProperty("account").GetProperty("id").GetString()!,
            json.RootElement.GetProperty("occurred_at").GetDateTimeOffset().ToUnixTimeMilliseconds());
    }
}

/// <summary>A measurement over the real parts; skipped unless a variable asks for it.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class FactIfMeasuringAttribute : FactAttribute
{
    public FactIfMeasuringAttribute(string variable)
    {
        Skip = Environment.GetEnvironmentVariable(variable) is null
            ? $"A measurement: set {variable} to run it."
            : ClusterParts.Lacking;
    }
}
