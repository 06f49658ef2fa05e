using System.Buffers;
using System.Collections.Immutable;

namespace Sentinel.Storage;

/// <summary>
/// One ClickHouse database, in this process or behind a server: the same SQL, the same formats, the same parameters.
/// Thread-safe; a call waits for a free connection. Failures of ClickHouse are <see cref="ClickHouseException"/>.
/// </summary>
public interface IClickHouse : IAsyncDisposable
{
    /// <summary>Runs a statement whose result does not matter.</summary>
    Task ExecuteAsync(string sql, ImmutableArray<SqlParameter> parameters, CancellationToken cancel);

    /// <summary>
    /// Runs a query and gives its whole result in a format. The caller disposes of it. A query that has begun runs on
    /// when the token is cancelled; its time and memory are bounded by the database.
    /// </summary>
    Task<IMemoryOwner<byte>> QueryAsync(
        string sql, string format, ImmutableArray<SqlParameter> parameters, CancellationToken cancel);

    /// <summary>
    /// Runs a query and writes its result out in a format, in bounded memory however large it is. It may take ten minutes.
    /// After a failure part of the result may have been written.
    /// </summary>
    /// <param name="sql">The query; it ends in no settings of its own.</param>
    /// <param name="format">Any format of ClickHouse.</param>
    /// <param name="parameters">Values for its placeholders.</param>
    /// <param name="output">Where to.</param>
    /// <param name="cancel">Heeded between pieces; a query that has begun in this process runs on.</param>
    Task ExportAsync(
        string sql, string format, ImmutableArray<SqlParameter> parameters, Stream output, CancellationToken cancel);

    /// <summary>
    /// Inserts one block; when the task ends it is durable. The block's pieces, one after another, are one body in
    /// the target's format; they must stay as they are until then. After a failure the caller does not know whether
    /// the block is in; inserting it again under the same token is harmless.
    /// </summary>
    /// <param name="target">Where it goes.</param>
    /// <param name="body">The block.</param>
    /// <param name="cancel">Heeded before the insert begins; an insert that has begun is finished.</param>
    Task InsertAsync(InsertTarget target, IReadOnlyList<ReadOnlyMemory<byte>> body, CancellationToken cancel);
}

/// <summary>Where a block goes and what it is called.</summary>
/// <param name="Into">The statement up to its column list: <c>INSERT INTO t (a, b)</c>.</param>
/// <param name="Format">Format of the body, a <see cref="ClickHouseFormat"/>.</param>
/// <param name="Token">
/// Names the block: a server that has taken in a block of this token leaves out another. Empty where the content names
/// it.
/// </param>
public readonly record struct InsertTarget(string Into, string Format, string Token)
{
    /// <summary>
    /// Whether the token decides between writers: a block whose token is known is left out even where nothing is ever sent
    /// twice, in this process's own database.
    /// </summary>
    public bool IsExclusive { get; init; }
}

/// <summary>Names of the formats that the program speaks.</summary>
public static class ClickHouseFormat
{
    /// <summary>Rows one after another, values without names or types.</summary>
    public const string RowBinary = "RowBinary";

    /// <summary>Blocks of whole columns: the cheapest for the database to take in and give out.</summary>
    public const string Native = "Native";
}
