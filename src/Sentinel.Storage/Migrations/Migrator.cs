using System.Collections.Frozen;
using System.Collections.Immutable;
using Sentinel.Storage.Formats;

namespace Sentinel.Storage.Migrations;

/// <summary>Brings a database to the shape that the program needs, one migration after another.</summary>
public static class Migrator
{
    private const int AppliedMax = 10_000;

    private const int ClashesMax = 5;

    // TABLE_ALREADY_EXISTS, REPLICA_ALREADY_EXISTS, CANNOT_ASSIGN_ALTER, DUPLICATE_COLUMN.
    private static readonly FrozenSet<int> Clashes = FrozenSet.ToFrozenSet([57, 253, 517, 15]);

    private const string CreateTable =
        """
        CREATE TABLE IF NOT EXISTS schema_migrations
        (
          number UInt32,
          name String,
          checksum String,
          applied_at DateTime DEFAULT now()
        )
        ENGINE = MergeTree
        ORDER BY number
        SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
        """;

    /// <summary>
    /// Runs what has not been run. Throws <see cref="MigrationException"/> and changes nothing when a migration was
    /// edited after it was run, or when the database is of a newer program.
    /// </summary>
    /// <returns>How many were run.</returns>
    public static Task<int> ApplyAsync(
        IClickHouse clickHouse, ImmutableArray<Migration> migrations, CancellationToken cancel) =>
        ApplyAsync(clickHouse, migrations, cluster: string.Empty, cancel);

    /// <summary>
    /// The same for all nodes of a cluster: tables become replicated, with a distributed table before each. Several
    /// processes may do it at once, there as on one server: each statement can be run again, and a step that two have
    /// taken is recorded twice, alike. A statement that another process gets in the way of is tried again.
    /// </summary>
    /// <param name="clickHouse">The database, on any node.</param>
    /// <param name="migrations">In their order.</param>
    /// <param name="cluster">Name of the cluster in the server's configuration; empty for one server.</param>
    /// <param name="cancel">Heeded between statements.</param>
    /// <returns>How many were run.</returns>
    public static async Task<int> ApplyAsync(
        IClickHouse clickHouse, ImmutableArray<Migration> migrations, string cluster, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(clickHouse);
        ArgumentNullException.ThrowIfNull(cluster);
        await clickHouse.ExecuteAsync(CreateTableOn(cluster), [], cancel);
        var applied = await ReadAppliedAsync(clickHouse, cancel);
        Check(applied, migrations);
        var pending = migrations.Where(migration => !applied.ContainsKey(migration.Number)).ToArray();
        foreach (var migration in pending)
        {
            foreach (var statement in StatementsFor(migration, cluster))
            {
                await ExecuteAsync(clickHouse, statement, cancel);
            }

            await RecordAsync(clickHouse, migration, cancel);
        }

        return pending.Length;
    }

    /// <summary>A migration's statements for one server, or for a cluster.</summary>
    internal static ImmutableArray<string> StatementsFor(Migration migration, string cluster)
    {
        var statements = SqlScript.Split(migration.Sql);
        return cluster.Length == 0
            ? statements
            : [.. statements.SelectMany(statement => ClusterSql.Rewrite(statement, cluster))];
    }

    // One table for the whole cluster: a node that joins later has what the others had.
    private static string CreateTableOn(string cluster) => cluster.Length == 0
        ? CreateTable
        : CreateTable
            .Replace("schema_migrations", $"schema_migrations ON CLUSTER '{cluster}'", StringComparison.Ordinal)
            .Replace(
                "ENGINE = MergeTree",
                "ENGINE = ReplicatedMergeTree('/clickhouse/tables/{database}/schema_migrations', '{shard}-{replica}')",
                StringComparison.Ordinal);

    private static async Task ExecuteAsync(IClickHouse clickHouse, string statement, CancellationToken cancel)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                await clickHouse.ExecuteAsync(statement, [], cancel);
                return;
            }
            catch (ClickHouseException clash) when (Clashes.Contains(clash.Code) && tries < ClashesMax)
            {
                // What the other process did is done by now, so the statement finds it and is content.
            }
        }
    }

    private static void Check(Dictionary<int, Applied> applied, ImmutableArray<Migration> migrations)
    {
        var newest = migrations.IsEmpty ? 0 : migrations[^1].Number;
        foreach (var (number, was) in applied)
        {
            if (number > newest)
            {
                throw new MigrationException(
                    $"The database is of a newer program: it has {was.Name}, this program ends with number {newest}. "
                    + "Use the newer program, or another data folder.");
            }

            var own = migrations.FirstOrDefault(migration => migration.Number == number);
            if (own is null || own.Checksum != was.Checksum)
            {
                throw new MigrationException(
                    $"The migration {was.Name} was changed after it was run on this database. "
                    + "Put it back as it was, and make the change in a new migration.");
            }
        }

        var last = applied.Keys.DefaultIfEmpty(0).Max();
        if (migrations.FirstOrDefault(item => item.Number < last && !applied.ContainsKey(item.Number)) is { } late)
        {
            throw new MigrationException(
                $"The migration {late.Name} comes before number {last}, which this database has already. "
                + "Give it the next free number.");
        }
    }

    private static async Task<Dictionary<int, Applied>> ReadAppliedAsync(
        IClickHouse clickHouse, CancellationToken cancel)
    {
        using var bytes = await clickHouse.QueryAsync(
            $"SELECT number, name, checksum FROM schema_migrations ORDER BY number LIMIT {AppliedMax}",
            ClickHouseFormat.RowBinary,
            [],
            cancel);
        return ParseApplied(bytes.Memory.Span);
    }

    private static Dictionary<int, Applied> ParseApplied(ReadOnlySpan<byte> bytes)
    {
        var applied = new Dictionary<int, Applied>();
        var reader = new RowBinaryReader(bytes);
        while (!reader.IsAtEnd)
        {
            applied[(int)reader.Take<uint>()] = new Applied(reader.TakeText(), reader.TakeText());
        }

        return applied;
    }

    private static Task RecordAsync(IClickHouse clickHouse, Migration migration, CancellationToken cancel)
    {
        var row = new RowBinaryRows(bytesMax: 4096);
        row.Put((uint)migration.Number);
        row.PutText(migration.Name);
        row.PutText(migration.Checksum);
        return clickHouse.InsertAsync(
            new InsertTarget(
                "INSERT INTO schema_migrations (number, name, checksum)", ClickHouseFormat.RowBinary, Token: ""),
            [row.Body],
            cancel);
    }

    private readonly record struct Applied(string Name, string Checksum);
}
