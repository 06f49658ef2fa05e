using System.Collections.Immutable;
using Sentinel.Detection.Verdicts;
using Sentinel.Storage.Decisions;
using Sentinel.Storage.Formats;

namespace Sentinel.Storage.Queries;

/// <summary>Reads what gateways were answered. Thread-safe.</summary>
public sealed class DecisionReader(IClickHouse clickHouse)
{
    private static readonly string Sql = EmbeddedSql.Query("account_decisions");

    /// <summary>The latest answers on an account that were kept, the latest first.</summary>
    public async Task<ImmutableArray<LoggedDecision>> ListAsync(string account, int limit, CancellationToken cancel)
    {
        using var bytes = await clickHouse.QueryAsync(
            Sql, ClickHouseFormat.RowBinary, [SqlParameter.Of("account", account), SqlParameter.Of("rows", limit)], cancel);
        return Take(bytes.Memory.Span, account);
    }

    private static ImmutableArray<LoggedDecision> Take(ReadOnlySpan<byte> bytes, string account)
    {
        var reader = new RowBinaryReader(bytes);
        var found = ImmutableArray.CreateBuilder<LoggedDecision>();
        while (!reader.IsAtEnd)
        {
            found.Add(new LoggedDecision(
                reader.TakeTime(), account, reader.TakeText(), (DecisionAction)reader.Take<byte>(), reader.TakeText(),
                reader.TakeText(), reader.Take<byte>() != 0, reader.Take<double>()));
        }

        return found.DrainToImmutable();
    }
}
