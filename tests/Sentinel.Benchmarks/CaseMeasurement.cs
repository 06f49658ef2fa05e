using System.Diagnostics;
using System.Globalization;
using Sentinel.Detection.Cases;
using Sentinel.Storage.Cases;
using Sentinel.Storage.Embedded;
using Sentinel.Storage.Migrations;

namespace Sentinel.Benchmarks;

/// <summary>
/// How long pages of a queue of many cases take in the embedded store, after a tenth of the cases have changed since they were
/// written. Run with <c>cases [count]</c>.
/// </summary>
internal static class CaseMeasurement
{
    public const int CasesDefault = 1_000_000;

    private const int Rounds = 41;
    private const int Page = 50;

    private static readonly DateTimeOffset Now = new(2026, 11, 2, 10, 0, 0, TimeSpan.Zero);

    public static async Task RunAsync(int cases)
    {
        var folder = Directory.CreateTempSubdirectory("cases-").FullName;
        try
        {
            using var engine = EmbeddedEngine.Open(new EmbeddedOptions { Folder = folder });
            await using var clickHouse = engine.OpenDatabase("measure");
            await Migrator.ApplyAsync(clickHouse, Migration.Own, CancellationToken.None);
            const int Blocks = 10;
            for (var block = 0; block < Blocks; block++)
            {
                await clickHouse.ExecuteAsync(Insert(cases / Blocks, $"number * {Blocks} + {block}", version: 1), [], CancellationToken.None);
            }

            await clickHouse.ExecuteAsync(Insert(cases / 10, "number * 10", version: 2), [], CancellationToken.None);
            var reader = new CaseReader(clickHouse);
            var first = await reader.ListAsync(new CaseFilter { IsWaiting = true }, CaseSort.Priority, Page, null, Now, CancellationToken.None);
            Console.WriteLine($"{cases:N0} cases, pages of {Page}; the first has priority {first.Cases[0].Priority.ToString("0.00", CultureInfo.InvariantCulture)}");
            await TimeAsync("first page, by priority", reader, new CaseFilter { IsWaiting = true }, CaseSort.Priority, null);
            await TimeAsync("second page", reader, new CaseFilter { IsWaiting = true }, CaseSort.Priority, first.Next);
            await TimeAsync("oldest first", reader, new CaseFilter { IsWaiting = true }, CaseSort.Oldest, null);
            await TimeAsync("accounts with a tag", reader, new CaseFilter { Kind = CaseKind.Account, Tag = "t-7" }, CaseSort.Newest, null);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task TimeAsync(string name, CaseReader reader, CaseFilter filter, CaseSort sort, CaseCursor? after)
    {
        var times = new List<double>();
        for (var round = 0; round < Rounds; round++)
        {
            var began = Stopwatch.GetTimestamp();
            var page = await reader.ListAsync(filter, sort, Page, after, Now, CancellationToken.None);
            times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            if (page.Cases.Length != Page)
            {
                throw new InvalidOperationException($"{name}: {page.Cases.Length} cases.");
            }
        }

        times.Sort();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{name}: median {times[Rounds / 2]:0} ms, slowest {times[^1]:0} ms"));
    }

    private static string Insert(int rows, string number, int version) =>
        $"""
        INSERT INTO cases (case_id, version, kind, subject, stage, is_waiting, priority, level, risk, abuse_types, accounts,
          exchanges, headline, opened_at, updated_at, tags)
        SELECT
          'case-cmp-' || toString(n), {version}, if(n % 5 = 0, 'campaign', 'account'), 'cmp-' || toString(n), 'open', n % 3 != 0,
          (cityHash64(n, {version}) % 1000000) / 10000., 'abusive', 0.9, ['reasoning_extraction'], n % 400, n % 90000,
          'accounts tied by one instruction frame: reasoning extraction', toDateTime64('2026-10-01 00:00:00', 3, 'UTC') + n,
          toDateTime64('2026-10-01 00:00:00', 3, 'UTC') + n, ['t-' || toString(n % 100)]
        FROM (SELECT {number} AS n FROM numbers({rows}))
        """;
}
