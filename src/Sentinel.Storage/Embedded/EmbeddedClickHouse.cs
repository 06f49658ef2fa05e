using System.Buffers;
using System.Collections.Immutable;

namespace Sentinel.Storage.Embedded;

// Queries, inserts and exports have connections of their own, so that slow questions never hold up the log.
internal sealed class EmbeddedClickHouse(ChDbPool queries, ChDbPool inserts, ChDbPool exports, string exportFolder)
    : IClickHouse
{
    private const int CopyBytes = 1 << 20;

    private long _exportCount;

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

    // The engine writes a file as the rows come: its C interface formats every block as a document of its own, which Parquet and
    // a head line do not bear. The file is gone when it was read.
    public async Task ExportAsync(
        string sql, string format, ImmutableArray<SqlParameter> parameters, Stream output, CancellationToken cancel)
    {
        Directory.CreateDirectory(exportFolder);
        var number = Interlocked.Increment(ref _exportCount);
        var path = Path.Combine(exportFolder, FormattableString.Invariant($"{Environment.ProcessId}-{number}.export"));
        try
        {
            await exports.RunAsync(
                connection =>
                {
                    using var result = connection.Query(IntoFile(sql, format, path), ClickHouseFormat.RowBinary, parameters);
                    return true;
                },
                cancel);
            await using var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.Read, FileShare.Read);
            await file.CopyToAsync(output, CopyBytes, cancel);
        }
        finally
        {
            File.Delete(path);
        }
    }

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
        await exports.DisposeAsync();
    }

    private static string IntoFile(string sql, string format, string path)
    {
        var text = path.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal);
        return $"INSERT INTO FUNCTION file('{text}', '{format}')\n{sql.TrimEnd().TrimEnd(';')}";
    }
}
