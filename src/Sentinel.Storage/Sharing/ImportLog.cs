using System.Collections.Immutable;
using Sentinel.Detection.Incidents;
using Sentinel.Detection.Links;
using Sentinel.Storage.Formats;

namespace Sentinel.Storage.Sharing;

/// <summary>Keys that others told of. Thread-safe.</summary>
/// <param name="clickHouse">The migrated database.</param>
public sealed class ImportLog(IClickHouse clickHouse)
{
    /// <summary>Keys that hold at a time; more are left out, which the reader is told by one more than fit.</summary>
    public const int KeysMax = 200_000;

    /// <summary>Keys of one import.</summary>
    public const int ImportMax = 10_000;

    private const string Into = "INSERT INTO imported_keys (source, kind, value, weight, valid_until, imported_at)";
    private const int RowBytesMax = 1_024;

    private static readonly string Sql = EmbeddedSql.Query("imported_keys");

    /// <summary>Writes keys down durably, under a token that makes it harmless to do so twice.</summary>
    public async Task AppendAsync(ImmutableArray<ImportedKey> keys, string token, CancellationToken cancel)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(keys.Length, ImportMax);
        if (keys.IsEmpty)
        {
            return;
        }

        var rows = new RowBinaryRows(keys.Length * RowBytesMax);
        foreach (var key in keys)
        {
            rows.PutText(key.Source);
            rows.Put((byte)key.Kind);
            rows.PutText(key.Value);
            rows.Put(key.Weight);
            rows.PutTime(key.ValidUntil);
            rows.PutTime(key.ImportedAt);
            rows.EndRow();
        }

        await clickHouse.InsertAsync(
            new InsertTarget(Into, ClickHouseFormat.RowBinary, "import-" + token), [rows.Body], cancel);
    }

    /// <summary>Keys that hold now, at most <see cref="KeysMax"/>.</summary>
    public async Task<ImmutableArray<ImportedKey>> ListAsync(DateTimeOffset now, CancellationToken cancel)
    {
        using var bytes = await clickHouse.QueryAsync(
            Sql, ClickHouseFormat.RowBinary,
            [SqlParameter.Of("now", now.ToUnixTimeMilliseconds()), SqlParameter.Of("rows", KeysMax)], cancel);
        return Take(bytes.Memory.Span);
    }

    private static ImmutableArray<ImportedKey> Take(ReadOnlySpan<byte> bytes)
    {
        var found = ImmutableArray.CreateBuilder<ImportedKey>();
        for (var reader = new RowBinaryReader(bytes); !reader.IsAtEnd;)
        {
            found.Add(new ImportedKey(
                reader.TakeText(), reader.Take<LinkKind>(), reader.TakeText(), reader.Take<double>(), reader.TakeTime(),
                reader.TakeTime()));
        }

        return found.DrainToImmutable();
    }
}
