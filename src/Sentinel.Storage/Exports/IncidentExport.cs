using System.Collections.Immutable;

namespace Sentinel.Storage.Exports;

/// <summary>A table of a campaign for files.</summary>
public enum ExportTable : byte
{
    /// <summary>Its accounts.</summary>
    Accounts,

    /// <summary>Metadata of their exchanges.</summary>
    Exchanges,

    /// <summary>Keys that they used.</summary>
    Links,
}

/// <summary>Formats of tables.</summary>
public enum ExportFormat : byte
{
    /// <summary>Comma-separated, with a head.</summary>
    Csv,

    /// <summary>Apache Parquet.</summary>
    Parquet,

    /// <summary>Apache Arrow, as a stream.</summary>
    Arrow,
}

/// <summary>
/// Writes tables of campaigns out as ClickHouse itself formats them, in bounded memory however many rows there are. For the
/// provider itself: nothing is hashed. Thread-safe.
/// </summary>
public sealed class IncidentExport(IClickHouse clickHouse)
{
    /// <summary>Rows of one file. Default 200 million: seven times the largest campaign that was made public.</summary>
    public const long RowsMax = 200_000_000;

    private static readonly ImmutableArray<string> Sql =
        [.. Enum.GetValues<ExportTable>().Select(static table => EmbeddedSql.Query("export_" + NameOf(table)))];

    private static readonly ImmutableArray<string> Formats = ["CSVWithNames", "Parquet", "ArrowStream"];

    /// <summary>The table of a name; false for no table.</summary>
    public static bool TryFind(string name, out ExportTable table)
    {
        table = Array.Find(Enum.GetValues<ExportTable>(), one => NameOf(one) == name);
        return NameOf(table) == name;
    }

    /// <summary>Name of a table.</summary>
    public static string NameOf(ExportTable table) => table.ToString().ToLowerInvariant();

    /// <summary>Writes one table of a campaign.</summary>
    public Task WriteAsync(
        ExportTable table, ExportFormat format, string campaign, Stream to, CancellationToken cancel) =>
        clickHouse.ExportAsync(
            Sql[(int)table],
            Formats[(int)format],
            [
                SqlParameter.Of("id", campaign),
                SqlParameter.Of("is_csv", format == ExportFormat.Csv ? 1 : 0),
                SqlParameter.Of("rows", RowsMax),
            ],
            to,
            cancel);
}
