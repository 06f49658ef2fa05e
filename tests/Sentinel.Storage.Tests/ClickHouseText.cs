using Sentinel.Storage.Formats;

namespace Sentinel.Storage.Tests;

internal static class ClickHouseText
{
    /// <summary>The one UInt64 of a query's result.</summary>
    public static async Task<ulong> NumberAsync(this IClickHouse clickHouse, string sql)
    {
        using var bytes = await clickHouse.QueryAsync(
            sql, ClickHouseFormat.RowBinary, [], CancellationToken.None);
        return new RowBinaryReader(bytes.Memory.Span).Take<ulong>();
    }

    /// <summary>The one String of a query's result.</summary>
    public static async Task<string> TextAsync(
        this IClickHouse clickHouse, string sql, params SqlParameter[] parameters)
    {
        using var bytes = await clickHouse.QueryAsync(
            sql, ClickHouseFormat.RowBinary, [.. parameters], CancellationToken.None);
        return new RowBinaryReader(bytes.Memory.Span).TakeText();
    }
}
