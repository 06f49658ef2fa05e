using System.Collections.Immutable;
using System.Globalization;
using Sentinel.Storage.Formats;

namespace Sentinel.Storage.Migrations;

/// <summary>How long rows are kept, counted from when they were written. The defaults are the migrations'.</summary>
public sealed record RetentionOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Retention";

    /// <summary>Longest time that can be set: a hundred years.</summary>
    public const int DaysMax = 36_500;

    /// <summary>Days that exchanges are kept.</summary>
    public int ExchangesDays { get; init; } = 180;

    /// <summary>Days that verdicts, campaigns, links and sums are kept.</summary>
    public int FindingsDays { get; init; } = 400;

    /// <summary>Days that lines which could not be used are kept: their heads may hold customers' text.</summary>
    public int DeadLettersDays { get; init; } = 30;

    /// <summary>Days that the log of decisions is kept.</summary>
    public int DecisionsDays { get; init; } = 90;

    /// <summary>What is wrong, each sentence beginning with the key; empty when nothing is.</summary>
    public ImmutableArray<string> Faults() =>
    [
        .. new[]
            {
                (Key: nameof(ExchangesDays), Days: ExchangesDays),
                (Key: nameof(FindingsDays), Days: FindingsDays),
                (Key: nameof(DeadLettersDays), Days: DeadLettersDays),
                (Key: nameof(DecisionsDays), Days: DecisionsDays),
            }
            .Where(item => item.Days is < 1 or > DaysMax)
            .Select(item => $"{Section}:{item.Key} is not 1..{DaysMax}."),
    ];
}

/// <summary>Makes a migrated database keep its rows for as long as the options say.</summary>
public static class Retention
{
    /// <summary>Changes what differs and leaves the rest alone. Rows too old go with the next merges.</summary>
    /// <param name="clickHouse">The database.</param>
    /// <param name="options">Valid options.</param>
    /// <param name="cluster">The cluster, or empty for one server.</param>
    /// <param name="cancel">Heeded between tables.</param>
    /// <returns>Tables changed.</returns>
    public static async Task<int> ApplyAsync(
        IClickHouse clickHouse, RetentionOptions options, string cluster, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(clickHouse);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(cluster);
        var changes = 0;
        foreach (var (table, column, days) in Rules(options))
        {
            var clause = string.Create(CultureInfo.InvariantCulture, $"{column} + INTERVAL {days} DAY DELETE");
            var local = cluster.Length == 0 ? table : table + ClusterSql.Local;
            if (await KeepsAsync(clickHouse, local, column, days, cancel))
            {
                continue;
            }

            // Old parts are not written anew for it: their rows go when they are merged, whole parts when all are due.
            var statement = $"ALTER TABLE {table} MODIFY TTL {clause} SETTINGS materialize_ttl_after_modify = 0";
            foreach (var sql in cluster.Length == 0 ? [statement] : ClusterSql.Rewrite(statement, cluster))
            {
                await clickHouse.ExecuteAsync(sql, [], cancel);
            }

            changes++;
        }

        return changes;
    }

    private static (string Table, string Column, int Days)[] Rules(RetentionOptions options) =>
    [
        ("exchanges", "stored_at", options.ExchangesDays),
        ("verdicts", "stored_at", options.FindingsDays),
        ("campaigns", "stored_at", options.FindingsDays),
        ("links", "stored_at", options.FindingsDays),
        ("dead_letters", "stored_at", options.DeadLettersDays),
        ("decisions", "stored_at", options.DecisionsDays),
        ("exchanges_by_hour", "stored_on", options.FindingsDays),
        ("accounts_by_hour", "stored_on", options.FindingsDays),
        ("detections_by_day", "stored_on", options.FindingsDays),
        ("dead_letters_by_hour", "stored_on", options.FindingsDays),
    ];

    private static async Task<bool> KeepsAsync(
        IClickHouse clickHouse, string table, string column, int days, CancellationToken cancel)
    {
        var clause = string.Create(CultureInfo.InvariantCulture, $"TTL {column} + toIntervalDay({days}) ");
        using var rows = await clickHouse.QueryAsync(
            EmbeddedSql.Query("table_keeps"),
            ClickHouseFormat.RowBinary,
            [SqlParameter.Of("table", table), SqlParameter.Of("clause", clause)],
            cancel);
        return new RowBinaryReader(rows.Memory.Span).Take<ulong>() > 0;
    }
}
