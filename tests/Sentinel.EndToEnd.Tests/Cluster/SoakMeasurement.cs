using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Xunit.Abstractions;

namespace Sentinel.EndToEnd.Tests.Cluster;

/// <summary>
/// All that the machine sustains, for long: resident memory stays flat, and a store that is away for a third of the time
/// costs nothing. A measurement: runs where LLMSENTINEL_SOAK_SECONDS says for how long; 1,800 is what is asked for.
/// </summary>
[Collection(ClusterTests.Name)]
public sealed class SoakMeasurement(ClusterParts parts, ITestOutputHelper output)
{
    private const string Seconds = "LLMSENTINEL_SOAK_SECONDS";
    private const int Partitions = 2;
    private const int Step = 500;

    // Posted and not yet stored: enough that no lane ever waits for work, few enough to tell what is sustained.
    private const int AheadMax = 10_000;
    private const double GrowthMax = 1.1;
    private static readonly TimeSpan SampleEvery = TimeSpan.FromSeconds(10);

    [FactIfMeasuring(Seconds)]
    public async Task Measure_MemoryAtFullLoad()
    {
        var time = Asked();
        await using var deployment = await Deployment.CreateAsync(parts, "soak", Partitions);
        // Memories that are full within minutes: what grows then is a leak.
        deployment.Environment["Memory__EventIdsMax"] = "50000";
        deployment.Environment["Memory__SightingsMax"] = "50000";
        var api = await deployment.ReadyAsync("api");
        var workers = await deployment.ReadyAsync("account,links,campaigns");
        var from = TimeProvider.System.GetTimestamp();
        var samples = new List<Sample>();
        var posted = 0L;
        using var traffic = Endless().GetEnumerator();
        while (TimeProvider.System.GetElapsedTime(from) < time)
        {
            var stored = await StoredAsync(deployment);
            while (posted - stored < AheadMax)
            {
                await api.PostAsync(Next(traffic, Step));
                posted += Step;
            }

            if (samples.Count == 0 || TimeProvider.System.GetElapsedTime(from) - samples[^1].At >= SampleEvery)
            {
                samples.Add(new Sample(
                    TimeProvider.System.GetElapsedTime(from), stored, ResidentMiB(workers), ResidentMiB(api)));
            }

            await Task.Delay(50);
        }

        await UntilStoredAsync(deployment, posted, workers);
        var (early, late) = (Part(samples, 1), Part(samples, 2));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""
            {posted} exchanges in {time.TotalSeconds:0} s ({samples[^1].Stored / samples[^1].At.TotalSeconds:0}/s), all stored;
            resident MiB, median of the second and of the last third: workers {Median(early, static s => s.Workers):0} and
            {Median(late, static s => s.Workers):0}, api {Median(early, static s => s.Api):0} and {Median(late, static s => s.Api):0};
            most {samples.Max(static s => s.Workers):0} and {samples.Max(static s => s.Api):0}
            """).ReplaceLineEndings(" "));
        foreach (var sample in samples.Where(static (_, i) => i % 6 == 0))
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{sample.At.TotalSeconds,6:0} s  {sample.Stored,9}  {sample.Workers,6:0}  {sample.Api,6:0}"));
        }

        Assert.InRange(Median(late, static s => s.Workers), 0, GrowthMax * Median(early, static s => s.Workers));
        Assert.InRange(Median(late, static s => s.Api), 0, GrowthMax * Median(early, static s => s.Api));
    }

    [FactIfMeasuring(Seconds)]
    public async Task Measure_StoreAwayForAThird()
    {
        var third = Asked() / 3;
        await using var deployment = await Deployment.CreateAsync(parts, "drought", Partitions);
        var api = await deployment.ReadyAsync("api");
        var workers = await deployment.ReadyAsync("account,links,campaigns");
        var posted = 0L;
        using var traffic = Endless().GetEnumerator();
        var most = 0.0;
        for (var stage = 0; stage < 3; stage++)
        {
            await deployment.Database.SetAwayAsync(isAway: stage == 1);
            var from = TimeProvider.System.GetTimestamp();
            while (TimeProvider.System.GetElapsedTime(from) < third)
            {
                await api.PostAsync(Next(traffic, Step / 5));
                posted += Step / 5;
                most = Math.Max(most, ResidentMiB(workers));
                await Task.Delay(500);
            }

            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"stage {stage}: {posted} posted, workers at most {most:0} MiB"));
        }

        var back = TimeProvider.System.GetTimestamp();
        await UntilStoredAsync(deployment, posted, workers);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""
            {third.TotalSeconds:0} s away; {posted} exchanges, each stored once;
            {TimeProvider.System.GetElapsedTime(back).TotalSeconds:0} s to the last one
            """).ReplaceLineEndings(" "));
        Assert.Equal(posted, await deployment.Database.NumberAsync("SELECT uniqExact(event_key) FROM exchanges"));
        Assert.False(workers.Program.HasExited);
        var told = workers.Program.Error + workers.Program.Output;
        Assert.Contains("ClickHouse has been away", told, StringComparison.Ordinal);
        Assert.Contains("ClickHouse is back after", told, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await workers.Client.GetAsync("/health/ready")).StatusCode);
    }

    private static TimeSpan Asked() => TimeSpan.FromSeconds(
        double.Parse(Environment.GetEnvironmentVariable(Seconds)!, CultureInfo.InvariantCulture));

    // The same accounts again and again, each round with its own events, where the one before ended.
    private static IEnumerable<string> Endless()
    {
        var lines = SampleTraffic.LinesOf(SampleTraffic.Simulated(1, 7));
        var (first, last) = (TimeOf(lines[0]), TimeOf(lines[^1]));
        for (var round = 0; ; round++)
        {
            var shift = (last - first + TimeSpan.FromMinutes(1)) * round;
            foreach (var line in lines)
            {
                var json = JsonNode.Parse(line)!;
                json["event_id"] = $"{json["event_id"]}-{round}";
                json["occurred_at"] = (TimeOf(json) + shift).UtcDateTime.ToString("O", CultureInfo.InvariantCulture);
                yield return json.ToJsonString();
            }
        }
    }

    private static List<string> Next(IEnumerator<string> traffic, int count)
    {
        var lines = new List<string>(count);
        while (lines.Count < count && traffic.MoveNext())
        {
            lines.Add(traffic.Current);
        }

        return lines;
    }

    private static DateTimeOffset TimeOf(string line) => TimeOf(JsonNode.Parse(line)!);

    private static DateTimeOffset TimeOf(JsonNode line) => line["occurred_at"]!.GetValue<DateTimeOffset>();

    private static Task<long> StoredAsync(Deployment deployment) =>
        deployment.Database.NumberAsync("SELECT count() FROM exchanges");

    private static async Task UntilStoredAsync(Deployment deployment, long count, ServedProgram workers)
    {
        var (before, since) = (-1L, TimeProvider.System.GetTimestamp());
        for (var stored = before; stored < count; await Task.Delay(200))
        {
            stored = await StoredAsync(deployment);
            if (stored > before)
            {
                (before, since) = (stored, TimeProvider.System.GetTimestamp());
            }

            Assert.True(
                TimeProvider.System.GetElapsedTime(since) < TimeSpan.FromSeconds(90),
                $"{stored} of {count} are stored and no more come:\n{workers.Program.Error}");
        }
    }

    private static double ResidentMiB(ServedProgram served)
    {
        using var process = System.Diagnostics.Process.GetProcessById(served.Program.Id);
        return process.WorkingSet64 / (1024.0 * 1024.0);
    }

    private static List<Sample> Part(List<Sample> samples, int third) =>
        samples.GetRange(samples.Count * third / 3, samples.Count / 3);

    private static double Median(List<Sample> samples, Func<Sample, double> of)
    {
        double[] values = [.. samples.Select(of).Order()];
        return values[values.Length / 2];
    }

    private readonly record struct Sample(TimeSpan At, long Stored, double Workers, double Api);
}
