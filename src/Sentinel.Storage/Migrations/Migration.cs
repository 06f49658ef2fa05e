using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Sentinel.Storage.Migrations;

/// <summary>One numbered step of the database's shape.</summary>
/// <param name="Number">Its place in the order, from 1.</param>
/// <param name="Name">Its file, such as <c>0001_exchanges.sql</c>.</param>
/// <param name="Sql">Its statements, each of which can be run again.</param>
public sealed record Migration(int Number, string Name, string Sql)
{
    private const string ResourceFolder = "migrations/";

    /// <summary>SHA-256 of the statements, in hexadecimal, whatever the line ends.</summary>
    public string Checksum => Convert.ToHexStringLower(
        SHA256.HashData(Encoding.UTF8.GetBytes(Sql.ReplaceLineEndings("\n"))));

    /// <summary>The migrations that this program brings, in their order.</summary>
    public static ImmutableArray<Migration> Own { get; } = ReadOwn();

    private static ImmutableArray<Migration> ReadOwn()
    {
        var assembly = typeof(Migration).Assembly;
        return
        [
            .. assembly.GetManifestResourceNames()
                .Where(name => name.StartsWith(ResourceFolder, StringComparison.Ordinal))
                .Select(name => new Migration(
                    int.Parse(name.AsSpan(ResourceFolder.Length, 4), CultureInfo.InvariantCulture),
                    name[ResourceFolder.Length..],
                    EmbeddedSql.Read(name)))
                .OrderBy(migration => migration.Number),
        ];
    }
}

/// <summary>The database's shape is not one that this program can bring up to date.</summary>
public sealed class MigrationException : Exception
{
    /// <summary>An exception that says what differs.</summary>
    public MigrationException(string message)
        : base(message)
    {
    }

    /// <summary>An exception with its cause.</summary>
    public MigrationException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>An exception without a text.</summary>
    public MigrationException()
    {
    }
}
