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

    // The token is for servers: an insert in this process has no answer that could be lost.
    public Task InsertAsync(
        InsertTarget target, IReadOnlyList<ReadOnlyMemory<byte>> body, CancellationToken cancel) =>
        inserts.RunAsync(
            connection =>
            {
                connection.Insert(target.Into, target.Format, body);
                return true;
            },
            cancel);

    public async ValueTask DisposeAsync()
    {
        await queries.DisposeAsync();
        await inserts.DisposeAsync();
    }
}
