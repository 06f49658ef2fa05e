using System.Buffers;
using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;

namespace Sentinel.Storage.Embedded;

/// <summary>
/// ClickHouse in this process (chDB) on one data folder. The library allows one folder a process at a time. Dispose
/// of its databases first.
/// </summary>
public sealed class EmbeddedEngine : IDisposable
{
    private static readonly SearchValues<char> NameLetters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_");

    private readonly EmbeddedOptions _options;
    private readonly string _folder;
    private readonly DataFolderLock _lock;

    // The engine stops with its last connection and is not made to start again and again: this one stays.
    private readonly ChDbConnection _first;
    private readonly ConcurrentBag<ChDbPool> _pools = [];

    private EmbeddedEngine(EmbeddedOptions options, string folder, DataFolderLock folderLock, ChDbConnection first)
    {
        _options = options;
        _folder = folder;
        _lock = folderLock;
        _first = first;
        AppDomain.CurrentDomain.ProcessExit += CloseAtExit;
    }

    /// <summary>
    /// Starts the engine. Throws <see cref="NativeLibraryMissingException"/>, <see cref="DataFolderInUseException"/>
    /// or <see cref="ClickHouseException"/>.
    /// </summary>
    public static EmbeddedEngine Open(EmbeddedOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _ = NativeLibraryFile.Find();
        var folder = Path.GetFullPath(options.Folder);
        var folderLock = DataFolderLock.Take(folder);
        try
        {
            // The runtime turns SIGSEGV into NullReferenceException; the library must not take the signal from it.
            ChDbNative.SetSignalHandlersEnabled(0);
            var first = RuntimeSignal.KeptWhile(() => ChDbConnection.Open(Files(folder), EngineArguments(options)));
            return new EmbeddedEngine(options, folder, folderLock, first);
        }
        catch
        {
            folderLock.Dispose();
            throw;
        }
    }

    /// <summary>Whether a folder holds a database: opening it would not make a new one.</summary>
    public static bool IsIn(string folder) => Directory.Exists(Files(Path.GetFullPath(folder)));

    /// <summary>A database of the engine, made when it is not there.</summary>
    /// <param name="name">Small letters, digits and underscores.</param>
    public IClickHouse OpenDatabase(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (name.AsSpan().ContainsAnyExcept(NameLetters))
        {
            throw new ArgumentException($"Not a database name: {name}", nameof(name));
        }

        using (_first.Query($"CREATE DATABASE IF NOT EXISTS `{name}`", ClickHouseFormat.RowBinary, []))
        {
            var queries = new ChDbPool(_options.QueriesMax, () => Connect(name, QueryArguments(_options)));
            var inserts = new ChDbPool(_options.InsertsMax, () => Connect(name, InsertArguments(_options)));
            var exports = new ChDbPool(connectionsMax: 1, () => Connect(name, ExportArguments(_options)));
            _pools.Add(queries);
            _pools.Add(inserts);
            _pools.Add(exports);
            return new EmbeddedClickHouse(queries, inserts, exports, Path.Combine(_folder, "exports"));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= CloseAtExit;
        _first.Dispose();
        _lock.Dispose();
    }

    // The engine's own files lie apart from the lock.
    private static string Files(string folder) => Path.Combine(folder, "clickhouse");

    // A process that ends with the engine running dies of SIGSEGV in the library's own exit code, whatever its exit
    // code should have been.
    private void CloseAtExit(object? sender, EventArgs e)
    {
        foreach (var pool in _pools)
        {
            pool.CloseIdle();
        }

        _first.Dispose();
        _ = ChDbNative.Shutdown();
    }

    private ChDbConnection Connect(string database, ImmutableArray<string> arguments)
    {
        var connection = ChDbConnection.Open(Files(_folder), arguments);
        try
        {
            using (connection.Query($"USE `{database}`", ClickHouseFormat.RowBinary, []))
            {
                return connection;
            }
        }
        catch (ClickHouseException)
        {
            connection.Dispose();
            throw;
        }
    }

    // Caches are small because the hot data is in the judge, not here; two background threads merge parts. The engine
    // writes nothing to the terminal: every error that concerns a caller comes back to it as an exception.
    private static ImmutableArray<string> EngineArguments(EmbeddedOptions options) =>
    [
        "--log-level=none",
        Argument("max_server_memory_usage", options.EngineBytesMax),
        Argument("mark_cache_size", 32L << 20),
        Argument("index_mark_cache_size", 8L << 20),
        Argument("primary_index_cache_size", 32L << 20),
        Argument("uncompressed_cache_size", 0),
        Argument("mmap_cache_size", 64),
        Argument("background_pool_size", 2),
        Argument("max_thread_pool_free_size", 16),
        Argument("max_io_thread_pool_size", 8),
        Argument("max_io_thread_pool_free_size", 0),
    ];

    private static ImmutableArray<string> QueryArguments(EmbeddedOptions options) =>
    [
        Argument("max_threads", options.QueryThreadsMax),
        Argument("max_memory_usage", options.QueryBytesMax),
        Argument("max_bytes_before_external_group_by", options.QueryBytesMax / 2),
        Argument("max_bytes_before_external_sort", options.QueryBytesMax / 2),
        Argument("max_execution_time", (long)options.QueryTimeMax.TotalSeconds),
        Argument("readonly", 2),
    ];

    // Small blocks and row groups: what is on its way at a time is what an export takes.
    private static ImmutableArray<string> ExportArguments(EmbeddedOptions options) =>
    [
        Argument("max_threads", options.QueryThreadsMax),
        Argument("max_memory_usage", options.QueryBytesMax),
        Argument("max_bytes_before_external_group_by", options.QueryBytesMax / 2),
        Argument("max_bytes_before_external_sort", options.QueryBytesMax / 2),
        Argument("max_execution_time", 600),
        Argument("max_insert_threads", 1),
        Argument("min_insert_block_size_rows", 1 << 16),
        Argument("min_insert_block_size_bytes", 16L << 20),
        Argument("output_format_parquet_row_group_size", 1 << 17),
        "--format_csv_null_representation=", // Else sheets show the letters \N.
    ];

    // An insert is written when it ends, as one part: no queue before the table, no split below a million rows.
    private static ImmutableArray<string> InsertArguments(EmbeddedOptions options) =>
    [
        Argument("async_insert", 0),
        Argument("insert_deduplicate", 0), // Else every block is hashed, to find what cannot happen here.
        Argument("max_threads", options.QueryThreadsMax),
        Argument("max_insert_threads", 1),
        Argument("max_insert_block_size", 1 << 20),
        Argument("min_insert_block_size_rows", 1 << 20),
        Argument("min_insert_block_size_bytes", 512L << 20),
    ];

    private static string Argument(string name, long value) =>
        string.Create(CultureInfo.InvariantCulture, $"--{name}={value}");
}
