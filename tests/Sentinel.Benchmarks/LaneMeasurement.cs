using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Sentinel.Inference;
using Sentinel.Streaming.Partitions;

namespace Sentinel.Benchmarks;

/// <summary>
/// Exchanges a second that one account lane works off on one core with all that it does: decoding, reading, scoring,
/// judging, notes, blocks for the store, snapshots. Beside it, a loop that only touches the bytes of the same records.
/// Run by <c>dotnet run -c Release -- lane [rounds]</c>, and <c>lane phases</c> for its steps. Processor time is that
/// of the whole process, so collecting garbage and compiling count too.
/// </summary>
internal static class LaneMeasurement
{
    // Every account twice before anything counts.
    private const int WarmUpRounds = 2 * LaneRecords.AccountCount / LaneRecords.RoundMax;
    private const int BatchRecords = 1024;
    private static readonly int[] Sizes = [1_150, 4_700];

    public static async Task RunAsync(int rounds)
    {
        foreach (var bytes in Sizes)
        {
            await MeasureAsync(bytes, rounds);
        }
    }

    public static void RunPhases()
    {
        foreach (var bytes in Sizes)
        {
            new LanePhases(bytes).Run();
        }
    }

    /// <summary>Touches every byte, as the least that a consumer can do.</summary>
    public static long Touch(ReadOnlySpan<LogRecord> records)
    {
        var sum = 0L;
        foreach (var record in records)
        {
            foreach (var word in MemoryMarshal.Cast<byte, long>(record.Value.Span))
            {
                sum += word;
            }
        }

        return sum;
    }

    private static async Task MeasureAsync(int bytes, int rounds)
    {
        using var records = new LaneRecords(bytes);
        using var scorer = OnnxScorer.LoadDefault();
        var around = LaneSinks.Surroundings("bench");
        await using var lane = new AccountLane(around, scorer, partition: 0, linkPartitionCount: 8);
        await lane.OpenAsync(0, CancellationToken.None);
        var (laneCosts, touchCosts) = (new List<Cost>(), new List<Cost>());
        for (var round = -WarmUpRounds; round < rounds; round++)
        {
            var batch = records.NextRound();
            GC.Collect();
            var cost = Cost.Now();
            Touch(batch.Span);
            touchCosts.Add(Cost.Since(cost));

            cost = Cost.Now();
            for (var at = 0; at < batch.Length; at += BatchRecords)
            {
                var part = batch.Slice(at, Math.Min(BatchRecords, batch.Length - at));
                await lane.TakeAsync(part, CancellationToken.None);
            }

            laneCosts.Add(Cost.Since(cost));
            if (round < 0)
            {
                laneCosts.Clear();
                touchCosts.Clear();
            }
        }

        Print($"{bytes} B, lane", laneCosts);
        Print($"{bytes} B, touching only", touchCosts);
    }

    private static void Print(string what, List<Cost> costs)
    {
        var sorted = costs.OrderBy(static cost => cost.ProcessorUs).ToArray();
        var (best, middle) = (sorted[0].ProcessorUs, sorted[sorted.Length / 2].ProcessorUs);
        var (mean, wall) = (costs.Average(static cost => cost.ProcessorUs), costs.Average(static cost => cost.WallUs));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{what}: {middle:N2} us of processor an exchange, {1e6 / middle:N0} exchanges/s a core "
            + $"(median of {sorted.Length}; best {best:N2}, mean {mean:N2}; wall {wall:N2}); "
            + $"{costs.Average(static cost => cost.Bytes):N1} B allocated each"));
    }

    /// <summary>What a round of records took, per record.</summary>
    private readonly record struct Cost(double ProcessorUs, double WallUs, double Bytes)
    {
        public static Cost Now() => new(
            Environment.CpuUsage.TotalTime.TotalMicroseconds,
            Stopwatch.GetElapsedTime(0).TotalMicroseconds,
            GC.GetTotalAllocatedBytes());

        public static Cost Since(Cost before)
        {
            var now = Now();
            return new Cost(
                (now.ProcessorUs - before.ProcessorUs) / LaneRecords.RoundMax,
                (now.WallUs - before.WallUs) / LaneRecords.RoundMax,
                (now.Bytes - before.Bytes) / LaneRecords.RoundMax);
        }
    }
}
