using System.Diagnostics;
using System.Globalization;
using System.Text;
using Sentinel.Detection.Exchanges;
using Sentinel.Detection.Observations;
using Sentinel.Detection.Policy;
using Sentinel.Detection.Stages;
using Sentinel.Detection.State;
using Sentinel.Storage.Snapshots;
using Sentinel.Streaming.Partitions;

namespace Sentinel.Benchmarks;

/// <summary>
/// How long a partition of many accounts takes from its assignment to its first output: the snapshot is read from a
/// folder, and a tick is ended. Run with <c>restore [accounts]</c>.
/// </summary>
internal static class RestoreMeasurement
{
    public const int AccountsDefault = 1_000_000;
    private const int ExchangesOfAccount = 2;

    public static async Task RunAsync(int accounts)
    {
        var folder = Directory.CreateTempSubdirectory("restore").FullName;
        try
        {
            await SaveAsync(folder, accounts);
            GC.Collect();
            for (var run = 0; run < 3; run++)
            {
                await LoadAsync(folder);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task SaveAsync(string folder, int accounts)
    {
        var stage = NewStage(accounts);
        stage.TrackChanges();
        var output = new StageOutput();
        for (var i = 0; i < accounts * ExchangesOfAccount; i++)
        {
            var observation = ObservationOf(i, accounts);
            stage.TryAdmit(observation.EventKey);
            stage.Observe(observation, output);
            output.Clear();
        }

        var writer = new SegmentWriter();
        stage.Save(writer);
        var segments = writer.Finish();
        await KeeperOf(folder).SaveAsync(segments, 0, 0, CancellationToken.None);
        Print($"{accounts} accounts, {segments.Sum(static segment => (long)segment.Length) >> 20} MiB in {segments.Count} segments");
    }

    private static async Task LoadAsync(string folder)
    {
        var from = Stopwatch.GetTimestamp();
        var (stage, _) = await KeeperOf(folder).LoadAsync(() => NewStage(DetectionPolicy.Default.AccountsMax), CancellationToken.None);
        var loaded = Stopwatch.GetElapsedTime(from);
        stage.TrackChanges();
        var output = new StageOutput();
        stage.EndTicks(stage.NowMs + (long)TimeSpan.FromMinutes(1).TotalMilliseconds, output);
        var told = Stopwatch.GetElapsedTime(from);
        Print($"loaded {stage.AccountCount} accounts in {loaded.TotalSeconds:0.00} s");
        Print($"first {output.Pieces.Count} pieces after {told.TotalSeconds:0.00} s");
    }

    private static SnapshotKeeper KeeperOf(string folder) =>
        new(new FolderSnapshots(folder), "accounts-0", "measured", Console.WriteLine);

    /// <summary>A stage with room for so many accounts.</summary>
    public static AccountStage NewStage(int accountsMax) =>
        new(DetectionPolicy.Default with { AccountsMax = accountsMax }, EvidenceBenchmarks.Reference, "measured/1", 0, 4);

    /// <summary>Exchange number <paramref name="i"/>: accounts take turns.</summary>
    public static Observation ObservationOf(long i, int accounts)
    {
        var account = i % accounts;
        var observation = new Observation { OccurredAtMs = 1_760_000_000_000 + i, Offset = i };
        observation.AccountId.Set(Encoding.UTF8.GetBytes($"acct-{account:x16}"));
        observation.EventKey = new EventKey(KeyHash.Of($"event-{i}"), KeyHash.Of($"again-{i}"));
        observation.PaymentKey = KeyHash.Of($"payment-{account}");
        observation.IpKey = KeyHash.Of($"ip-{account}");
        observation.Ja4Key = KeyHash.Of($"ja4-{account % 40}");
        observation.ContentKey = KeyHash.Of($"content-{i}");
        observation.Scores.HarvestSteps = (ushort)(i % 10 == 0 ? 40_000 : 1_000);
        return observation;
    }

    private static void Print(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
