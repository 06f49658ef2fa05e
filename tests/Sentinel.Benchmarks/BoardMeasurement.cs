using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Sentinel.Api.Decisions;
using Sentinel.Detection.Verdicts;
using Sentinel.Streaming.Partitions;

namespace Sentinel.Benchmarks;

/// <summary>
/// Fills the decision board as its feed does, and says what it takes: a snapshot of a million verdicts, with and without
/// the reading of its records; memory and look-up time when it is full.
/// </summary>
internal static class BoardMeasurement
{
    public const int EntriesDefault = 10_000_000;
    private const int SnapshotEntries = 1_000_000;
    private const int BatchEntries = 16_384; // As many as the feed hands over at once.
    private const int LookUps = 5_000_000;

    public static void Run(int entries)
    {
        Load(BatchEntries); // Warms up.
        Load(SnapshotEntries);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var board = new DecisionBoard(entries);
        var began = Used();
        var peak = 0L;
        for (var first = 0; first < entries; first += BatchEntries)
        {
            board.Publish([.. Enumerable.Range(first, Math.Min(BatchEntries, entries - first)).Select(VerdictOf)]);
            peak = Math.Max(peak, Environment.WorkingSet);
        }

        var seconds = (Used() - began).TotalSeconds;
        var used = GC.GetTotalMemory(forceFullCollection: true) - before;
        Say(
            $"{board.Count} verdicts held after {seconds:0.0} s; {used / (double)(1 << 30):0.000} GiB, {used / entries} B "
            + $"each (ids of 36 characters); working set at most {peak / (double)(1 << 30):0.00} GiB");
        LookUp(board, entries);
        GC.KeepAlive(board);
    }

    private static void Load(int entries)
    {
        var (records, ends) = Records(entries); // In one piece, as outside the heap where the broker's client has them.
        var (began, from) = (Used(), TimeProvider.System.GetTimestamp());
        var board = new DecisionBoard(entries);
        var heads = new VerdictHeadReader();
        var batch = new List<VerdictHead>();
        var reading = TimeSpan.Zero;
        for (var first = 0; first < entries; first += BatchEntries)
        {
            batch.Clear();
            var before = Used();
            for (var i = first; i < Math.Min(first + BatchEntries, entries); i++)
            {
                var start = i == 0 ? 0 : ends[i - 1];
                batch.Add(heads.TryRead(records.AsSpan(start, ends[i] - start), out var verdict) ? verdict : throw new InvalidOperationException());
            }

            reading += Used() - before;
            board.Publish(CollectionsMarshal.AsSpan(batch));
        }

        Say($"{board.Count} verdicts loaded in {TimeProvider.System.GetElapsedTime(from).TotalSeconds:0.00} s, "
            + $"{(Used() - began).TotalSeconds:0.00} s of processor, {reading.TotalSeconds:0.00} s of it reading records");
    }

    private static (byte[] Records, int[] Ends) Records(int count)
    {
        var writer = new VerdictRecord();
        var records = new ArrayBufferWriter<byte>();
        var ends = new int[count];
        for (var i = 0; i < count; i++)
        {
            records.Write(writer.Write(VerdictOf(i)).Span);
            ends[i] = records.WrittenCount;
        }

        return (records.WrittenSpan.ToArray(), ends);
    }

    private static void LookUp(DecisionBoard board, int entries)
    {
        var accounts = Enumerable.Range(0, 1 << 16).Select(i => AccountOf((int)(i * 7919L % entries))).ToArray();
        var strangers = accounts.Select(static account => "x" + account).ToArray();
        foreach (var (name, asked) in new[] { ("known", accounts), ("unknown", strangers) })
        {
            var allocated = GC.GetAllocatedBytesForCurrentThread();
            var began = Used();
            var found = 0;
            for (var i = 0; i < LookUps; i++)
            {
                found += board.TryFind(asked[i & (asked.Length - 1)], out _) ? 1 : 0;
            }

            Say($"{name}: {(Used() - began).TotalNanoseconds / LookUps:0} ns a look-up, {found} of {LookUps} found, "
                + $"{GC.GetAllocatedBytesForCurrentThread() - allocated} B");
        }
    }

    private static string AccountOf(int number) =>
        string.Create(CultureInfo.InvariantCulture, $"acct-9f1c2b7a-0d3e-4c55-8a1b-{number:000000000}");

    private static Verdict VerdictOf(int number) => new(
        new VerdictId(number & 7, number, 1), AccountOf(number), VerdictLevel.Suspect, 0.9, DecisionAction.Throttle,
        [AbuseType.SyntheticData], string.Create(CultureInfo.InvariantCulture, $"cmp-{number / 500}"),
        DateTimeOffset.UnixEpoch, 40, 20, [new Reason("campaign.template", "the same instruction frame", 4)],
        "content-tier1/1", 1, DateTimeOffset.UnixEpoch);

    // Of the whole process, collector included: others may be at work on the machine.
    private static TimeSpan Used()
    {
        using var process = Process.GetCurrentProcess();
        return process.TotalProcessorTime;
    }

    private static void Say(string line) => Console.WriteLine(line);
}
