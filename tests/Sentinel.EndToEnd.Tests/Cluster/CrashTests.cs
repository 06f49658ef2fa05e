using System.Globalization;
using System.Text;

namespace Sentinel.EndToEnd.Tests.Cluster;

/// <summary>Whatever dies and whatever is away, what is found is what an undisturbed run finds.</summary>
[Collection(ClusterTests.Name)]
public sealed class CrashTests(ClusterParts parts)
{
    private const int Partitions = 4;
    private const int LinesMax = 8_000;
    private const int HarvesterCount = 50;
    private const int Seed = 20_261_122;
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(10);

    [FactIfCluster]
    public async Task Serve_RolesKilledAndStoreFailing_FindsWhatAnUndisturbedRunFinds()
    {
        var seconds = double.Parse(
            Environment.GetEnvironmentVariable("LLMSENTINEL_CRASH_SECONDS") ?? "30", CultureInfo.InvariantCulture);
        string[] harvesting = [.. SampleTraffic.Harvesting(HarvesterCount)];
        string[] lines = SampleTraffic.Mix(
            [.. SampleTraffic.LinesOf(SampleTraffic.Simulated(0.25, 7)).Take(LinesMax)], harvesting,
            LinesMax / harvesting.Length);
        string[] closing = [.. Closing(lines[^1])];
        await using var calm = await Deployment.CreateAsync(parts, "calm", Partitions);
        await using var storm = await Deployment.CreateAsync(parts, "storm", Partitions);
        var undisturbed = await calm.ReadyAsync("all");
        foreach (var chunk in lines.Chunk(1_000))
        {
            Assert.Equal((chunk.Length, 0, 0), await undisturbed.PostAsync(chunk));
        }

        await undisturbed.PostAsync(closing);
        var kills = await RunStormAsync(storm, lines, closing, TimeSpan.FromSeconds(seconds));

        var (expected, found) = (Findings.None, Findings.None);
        await Deployment.UntilAsync(
            async () =>
            {
                (expected, found) = (await Findings.ReadAsync(calm.Database), await Findings.ReadAsync(storm.Database));
                return expected.ExchangeCount == lines.Length + closing.Length && found.IsSameAs(expected);
            },
            () => $"the same is found, seed {Seed}, after {kills} kills:\n{found.DifferenceFrom(expected)}");
        Assert.True(kills >= 4, $"{kills} kills");
        Assert.True(expected.Levels.Count >= 20, $"{expected.Levels.Count} accounts with a level");
        Assert.NotEmpty(expected.Campaigns);
        foreach (var (account, at) in expected.FirstFlagged)
        {
            Assert.InRange(found.FirstFlagged[account], at - Tick, at + Tick);
        }

        Assert.Equal(expected.FirstFlagged.Count, found.FirstFlagged.Count);
    }

    private static async Task<int> RunStormAsync(
        Deployment storm, string[] lines, string[] closing, TimeSpan time)
    {
        var chance = new Random(Seed);
        await storm.Database.FailByChanceAsync(10, Seed);
        var api = await storm.ReadyAsync("api");
        string[] roles = ["account", "account", "links", "campaigns"];
        var workers = await Task.WhenAll(roles.Select(role => storm.ReadyAsync(role)));
        var load = LoadAsync(api, lines, time);
        var kills = 0;
        while (!load.IsCompleted || kills < roles.Length)
        {
            await Task.Delay(TimeSpan.FromSeconds(1 + (chance.NextDouble() * 4)));
            // Each worker once, then an account worker twice as often as another.
            var victim = kills < roles.Length ? kills : chance.Next(6) % roles.Length;
            Assert.False(
                workers[victim].Program.HasExited, $"{roles[victim]} ended by itself:\n{workers[victim].Program.Error}");
            await workers[victim].Program.KillAsync();
            kills++;
            if (chance.Next(4) == 0)
            {
                await storm.Database.SetAwayAsync(isAway: true);
                await Task.Delay(TimeSpan.FromSeconds(1 + (chance.NextDouble() * 4)));
                await storm.Database.SetAwayAsync(isAway: false);
            }

            await Task.Delay(TimeSpan.FromSeconds(chance.NextDouble() * 2));
            workers[victim] = await storm.StartAsync(roles[victim]);
        }

        await load;
        await api.PostAsync(closing);
        return kills;
    }

    private static async Task LoadAsync(ServedProgram api, string[] lines, TimeSpan time)
    {
        const int step = 200;
        var from = TimeProvider.System.GetTimestamp();
        for (var at = 0; at < lines.Length; at += step)
        {
            await api.PostAsync(lines.Skip(at).Take(step));
            var due = time * Math.Min(1, (double)(at + step) / lines.Length);
            var left = due - TimeProvider.System.GetElapsedTime(from);
            await Task.Delay(left > TimeSpan.Zero ? left : TimeSpan.Zero);
        }
    }

    // One exchange for each of many accounts, so that every partition sees a later time, which ends its ticks.
    private static IEnumerable<string> Closing(string last)
    {
        var at = System.Text.Json.JsonDocument.Parse(last).RootElement.GetProperty("occurred_at").GetDateTimeOffset();
        for (var i = 0; i < 64; i++)
        {
            var later = at.AddHours(1).AddMilliseconds(i).UtcDateTime;
            yield return string.Create(CultureInfo.InvariantCulture, $$$"""
                {"event_id":"closing-{{{i}}}","occurred_at":"{{{later:O}}}","account":{"id":"closing-{{{i}}}"},
                "request":{"model":"m-1","messages":[{"role":"user","content":"A good name for cat {{{i}}}?"}]},
                "response":{"status":200}}
                """).ReplaceLineEndings("");
        }
    }

    /// <summary>What a run has found.</summary>
    private sealed record Findings(
        long ExchangeCount,
        long EventCount,
        IReadOnlyDictionary<string, string> Levels,
        IReadOnlyDictionary<string, DateTimeOffset> FirstFlagged,
        IReadOnlyList<string> Campaigns)
    {
        public static Findings None { get; } =
            new(0, 0, new Dictionary<string, string>(), new Dictionary<string, DateTimeOffset>(), []);

        public static async Task<Findings> ReadAsync(Database database)
        {
            var counts = Assert.Single(await database.RowsAsync(
                "SELECT count(DISTINCT partition, offset), uniqExact(event_key) FROM exchanges")).Split('\t');
            var levels = await database.RowsAsync("""
                SELECT account_id, max(latest) FROM
                (SELECT account_id, origin, argMax(level, (offset, at)) AS latest FROM verdicts GROUP BY account_id, origin)
                GROUP BY account_id
                """);
            var flagged = await database.RowsAsync("""
                SELECT account_id, toUnixTimestamp64Milli(assumeNotNull(min(first_flagged_at))) FROM verdicts
                WHERE first_flagged_at IS NOT NULL GROUP BY account_id
                """);
            return new Findings(
                Number(counts[0]),
                Number(counts[1]),
                Pairs(levels).ToDictionary(StringComparer.Ordinal),
                Pairs(flagged).ToDictionary(
                    static pair => pair.Key, static pair => DateTimeOffset.FromUnixTimeMilliseconds(Number(pair.Value))),
                await database.RowsAsync("""
                    SELECT arrayStringConcat(arraySort(accounts), ',') AS members FROM campaigns FINAL
                    WHERE merged_into = '' ORDER BY members
                    """));
        }

        public bool IsSameAs(Findings other) => DifferenceFrom(other).Length == 0;

        /// <summary>What differs, times apart; empty when nothing does.</summary>
        public string DifferenceFrom(Findings other)
        {
            var text = new StringBuilder();
            if ((ExchangeCount, EventCount) != (other.ExchangeCount, other.EventCount))
            {
                text.AppendLine(CultureInfo.InvariantCulture, $"""
                    {ExchangeCount} exchanges of {EventCount} events, not {other.ExchangeCount} of {other.EventCount}
                    """);
            }

            foreach (var account in Levels.Keys.Union(other.Levels.Keys))
            {
                var (own, wanted) = (Levels.GetValueOrDefault(account), other.Levels.GetValueOrDefault(account));
                if (own != wanted)
                {
                    text.AppendLine(CultureInfo.InvariantCulture, $"{account} is {own}, not {wanted}");
                }
            }

            if (!Campaigns.SequenceEqual(other.Campaigns))
            {
                text.AppendLine(CultureInfo.InvariantCulture, $"""
                    campaigns:
                    {string.Join('\n', Campaigns)}
                    not:
                    {string.Join('\n', other.Campaigns)}
                    """);
            }

            return text.ToString();
        }

        private static Dictionary<string, string> Pairs(string[] rows) =>
            rows.Select(static row => row.Split('\t')).ToDictionary(static row => row[0], static row => row[1]);

        private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
    }
}
