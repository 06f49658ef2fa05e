using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Configuration;
using Sentinel.Api.Reports;
using Sentinel.Reports;
using Sentinel.Storage;
using Sentinel.Storage.Embedded;
using Sentinel.Storage.Exports;
using Sentinel.Storage.Migrations;

namespace Sentinel.Benchmarks;

/// <summary>
/// How long a report on a large campaign takes in every format, and how much memory. The rows are made by ClickHouse itself, in a
/// process of its own, so that what making them took is not counted; columns that no report reads are left at their defaults. What
/// is counted is the most that the writing process was resident, less what it was with the store open and asked once. Run with
/// <c>report [accounts exchanges]</c>.
/// </summary>
internal static class ReportMeasurement
{
    public const int AccountsDefault = 25_000;
    public const long ExchangesDefault = 28_000_000;

    private const string Campaign = "cmp-1";
    private const string Database = "measure";
    private const long FillBytesMax = 4L << 30;
    private const long BlockRows = 1_000_000;

    private static readonly DateTimeOffset Now = new(2026, 11, 2, 10, 0, 0, TimeSpan.Zero);

    public static async Task RunAsync(int accounts, long exchanges)
    {
        var folder = Directory.CreateTempSubdirectory("report-").FullName;
        try
        {
            await FillApartAsync(folder, accounts, exchanges);
            using var engine = EmbeddedEngine.Open(new EmbeddedOptions { Folder = folder });
            await using var clickHouse = engine.OpenDatabase(Database);
            await WriteAllAsync(clickHouse, Path.Combine(folder, "report"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Makes the rows; in a process of its own.</summary>
    public static async Task FillAsync(string folder, int accounts, long exchanges)
    {
        using var engine = EmbeddedEngine.Open(new EmbeddedOptions { Folder = folder, EngineBytesMax = FillBytesMax });
        await using var clickHouse = engine.OpenDatabase(Database);
        await Migrator.ApplyAsync(clickHouse, Migration.Own, CancellationToken.None);
        for (var from = 0L; from < exchanges; from += BlockRows)
        {
            await RunAsync(clickHouse, Exchanges(accounts, from, Math.Min(BlockRows, exchanges - from), exchanges));
        }

        await RunAsync(
            clickHouse,
            $"""
            INSERT INTO verdicts (partition, offset, policy_version, account_id, level, risk, action, abuse_types, campaign_id,
              first_flagged_at, exchanges_seen, reason_codes, reason_summaries, reason_weights, model_version, at)
            SELECT 0, number, 1, 'acct-' || toString(number), 'abusive', 0.999 - number / 1e6, 'block', ['reasoning_extraction'],
              '{Campaign}', toDateTime64('2026-10-01 00:00:00', 3, 'UTC') + number, 40, ['x'], ['y'], [9], 'content-tier1/1', now64(3)
            FROM numbers({accounts})
            """);
        await RunAsync(
            clickHouse,
            $"""
            INSERT INTO links (kind, key, account_id, partition, offset, at)
            SELECT kind, key, 'acct-' || toString(number), 0, number, toDateTime64('2026-10-01 00:00:00', 3, 'UTC') + number
            FROM numbers({accounts})
            ARRAY JOIN ['payment', 'device', 'address', 'template'] AS kind,
              [1000 + intDiv(number, 50), 100000 + intDiv(number, 3), 200000 + number % 700, 7] AS key
            """);
        await RunAsync(
            clickHouse,
            $"""
            INSERT INTO campaigns (partition, campaign_id, version, accounts, risk, abuse_types, first_detected_at,
              exchanges_at_detection, exchanges, template, link_kinds, link_accounts, link_strengths, reason_codes, reason_summaries,
              reason_weights, policy_version, offset, at)
            SELECT 0, '{Campaign}', 1, arrayMap(i -> 'acct-' || toString(i), range({accounts})), 0.999, ['reasoning_extraction'],
              toDateTime64('2026-10-01 00:00:00', 3, 'UTC'), 940, {exchanges}, 'You are an expert ⟨…⟩ show every step',
              ['template', 'payment'], [{accounts}, {accounts}], [11.2, 6], ['content.reasoning_extraction'],
              ['its exchanges collect reasoning'], [12.5], 1, {accounts}, toDateTime64('2026-11-01 00:00:00', 3, 'UTC')
            """);
    }

    // Scores and tokens vary; an account's exchanges lie scattered over the log, as they would.
    private static string Exchanges(int accounts, long from, long rows, long all) =>
        $"""
        INSERT INTO exchanges (partition, offset, event_key, occurred_at, account_id, model_key, turn, input_tokens, output_tokens,
          frame_head_key, score_harvest, score_reasoning_extraction, score_grading_harvest)
        SELECT 0, n, reinterpretAsUInt128(sipHash128(n)), toDateTime64('2026-09-01 00:00:00', 3, 'UTC') + intDiv(n * 5184000, {all}),
          'acct-' || toString(cityHash64(n) % {accounts}), 1000 + n % 4, n % 5, 200 + n % 700, 100 + cityHash64(n, 1) % 3000, 7,
          cityHash64(n, 2) % 65536, cityHash64(n, 3) % 65536, cityHash64(n, 4) % 65536
        FROM (SELECT number + {from} AS n FROM numbers({rows}))
        """;

    private static Task RunAsync(IClickHouse clickHouse, string sql) => clickHouse.ExecuteAsync(sql, [], CancellationToken.None);

    private static async Task FillApartAsync(string folder, int accounts, long exchanges)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!);
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
        {
            start.ArgumentList.Add(typeof(ReportMeasurement).Assembly.Location);
        }

        string[] arguments =
        [
            "report", "fill", folder, accounts.ToString(CultureInfo.InvariantCulture), exchanges.ToString(CultureInfo.InvariantCulture),
        ];
        Array.ForEach(arguments, start.ArgumentList.Add);
        var began = Stopwatch.GetTimestamp();
        using var filling = Process.Start(start) ?? throw new InvalidOperationException("No process to fill the store.");
        await filling.WaitForExitAsync();
        if (filling.ExitCode != 0)
        {
            throw new InvalidOperationException("The store was not filled.");
        }

        var bytes = new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(static file => file.Length);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{accounts:N0} accounts, {exchanges:N0} exchanges: {bytes / (double)(1 << 30):0.0} GiB, "
            + $"filled in {Stopwatch.GetElapsedTime(began).TotalSeconds:0} s"));
    }

    private static async Task WriteAllAsync(IClickHouse clickHouse, string path)
    {
        using (await clickHouse.QueryAsync("SELECT max(offset) FROM exchanges", ClickHouseFormat.RowBinary, [], CancellationToken.None))
        {
            Console.WriteLine($"resident with the store open: {Shown(StatusOf("VmRSS"))}");
        }

        var baseline = StatusOf("VmRSS");
        var sharing = SharingBook.Read(new ConfigurationBuilder().Build());
        var desk = new ReportDesk(clickHouse, sharing, new FixedClock());
        foreach (var format in ReportFormat.All)
        {
            await MeasureAsync(format.Name, path, baseline, async file =>
            {
                var report = await desk.FindAsync(Campaign, CancellationToken.None)
                    ?? throw new InvalidOperationException("There is no such campaign.");
                format.Write(report, file);
            });
        }

        foreach (var table in Enum.GetValues<ExportTable>())
        {
            foreach (var format in Enum.GetValues<ExportFormat>())
            {
                await MeasureAsync(
                    $"{table} {format}", path, baseline,
                    file => desk.Tables.WriteAsync(table, format, Campaign, file, CancellationToken.None));
            }
        }
    }

    private static async Task MeasureAsync(string name, string path, long baseline, Func<Stream, Task> write)
    {
        await File.WriteAllTextAsync("/proc/self/clear_refs", "5"); // The most that was resident counts from here on.
        var began = Stopwatch.GetTimestamp();
        long bytes;
        await using (var file = File.Create(path))
        {
            await write(file);
            bytes = file.Length;
        }

        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{name,-20} {seconds,6:0.0} s {Shown(bytes),12} written, at most {Shown(StatusOf("VmHWM") - baseline),10} more resident"));
        File.Delete(path);
    }

    private static string Shown(long bytes) =>
        string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1 << 20):N1} MiB");

    private static long StatusOf(string name) => File.ReadLines("/proc/self/status")
        .Where(line => line.StartsWith(name + ":", StringComparison.Ordinal))
        .Select(line => long.Parse(line[(name.Length + 1)..^2].Trim(), CultureInfo.InvariantCulture) << 10).Single();

    private sealed class FixedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Now;
    }
}
