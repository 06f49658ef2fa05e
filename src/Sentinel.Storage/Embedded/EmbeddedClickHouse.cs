using System.Buffers;
using System.Collections.Immutable;

namespace Sentinel.Storage.Embedded;

// Queries and inserts have connections of their own, so that slow questions never hold up the log.
internal sealed class EmbeddedClickHouse(ChDbPool queries, ChDbPool inserts) : IClickHouse
{
    public Task ExecuteAsync(string sql, ImmutableArray<SqlParameter> parameters, CancellationToken cancel) =>
        inserts.RunAsync(
            connection =>
            {
                using var result = connection.Query(sql, ClickHouseFormat.RowBinary, parameters);
                return true;
            },
            cancel);

    public Task<IMemoryOwner<byte>> QueryAsync(
        string sql, string format, ImmutableArray<SqlParameter> parameters, CancellationToken cancel) =>
        queries.RunAsync<IMemoryOwner<byte>>(connection => connection.Query(sql, format, parameters), cancel);

    // Else the token is for servers: an insert in this process has no answer that could be lost.
    public Task InsertAsync(
        InsertTarget target, IReadOnlyList<ReadOnlyMemory<byte>> body, CancellationToken cancel) =>
        inserts.RunAsync(
            connection =>
            {
                connection.Insert(target.IsExclusive ? Exclusive(target) : target.Into, target.Format, body);
                return true;
            },
            cancel);

    private static string Exclusive(InsertTarget target)
    {
        var token = target.Token.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal);
        return $"{target.Into} SETTINGS insert_deduplicate = 1, insert_deduplication_token = '{token}'";
    }

    public async ValueTask DisposeAsync()
    {
        await queries.DisposeAsync();
        await inserts.DisposeAsync();
    }
}
