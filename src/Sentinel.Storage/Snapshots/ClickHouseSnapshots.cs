using System.Buffers;
using System.Collections.Immutable;
using Sentinel.Detection.Ports;
using Sentinel.Storage.Formats;

namespace Sentinel.Storage.Snapshots;

/// <summary>
/// Blobs in the tables <c>snapshot_heads</c> and <c>snapshot_parts</c>: parts first and the head last, so a blob that
/// was cut off is not there and the one before it is. Failures are <see cref="ClickHouseException"/>. One writer a
/// name: of two at once a blob may hold parts of both, which its reader's checksum tells.
/// </summary>
public sealed class ClickHouseSnapshots(IClickHouse clickHouse) : ISnapshotStore
{
    /// <summary>Bytes of one row. One at a time is in memory beside the blob.</summary>
    public const int PartBytesMax = 8 << 20;

    /// <summary>Blobs listed; a partition keeps a handful.</summary>
    public const int NamesMax = 100_000;

    private const string IntoHeads = "INSERT INTO snapshot_heads (name, version, is_deleted, parts, length)";
    private const string IntoParts = "INSERT INTO snapshot_parts (name, version, part, is_gone, bytes)";

    private static readonly string HeadSql = EmbeddedSql.Query("snapshot_head");
    private static readonly string PartSql = EmbeddedSql.Query("snapshot_part");
    private static readonly string NamesSql = EmbeddedSql.Query("snapshot_names");
    private static readonly string RetireSql = EmbeddedSql.Query("snapshot_retire");

    /// <inheritdoc/>
    public async Task WriteAsync(string name, ReadOnlySequence<byte> bytes, CancellationToken cancel)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes.Length, int.MaxValue);
        var version = (await FindHeadAsync(name, cancel)).Version + 1;
        var parts = 0U;
        for (var rest = bytes; rest.Length > 0; parts++)
        {
            var part = rest.Slice(0, Math.Min(rest.Length, PartBytesMax));
            await InsertPartAsync(name, version, parts, part, cancel);
            rest = rest.Slice(part.End);
        }

        await InsertHeadAsync(name, new Head(version, IsDeleted: false, parts, bytes.Length), cancel);
        await RetireAsync(name, version, cancel);
    }

    /// <summary>Reads a blob whole, or gives null when there is none or parts of it are missing.</summary>
    public async Task<IMemoryOwner<byte>?> ReadAsync(string name, CancellationToken cancel)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        var head = await FindHeadAsync(name, cancel);
        if (head.Version == 0 || head.IsDeleted)
        {
            return null;
        }

        var bytes = PooledBytes.Rent((int)head.Length);
        var isWhole = false;
        try
        {
            var length = 0;
            for (var part = 0U; part < head.Parts; part++)
            {
                ImmutableArray<SqlParameter> parameters =
                [
                    SqlParameter.Of("name", name),
                    SqlParameter.Of("version", head.Version),
                    SqlParameter.Of("part", part),
                ];
                using var row = await clickHouse.QueryAsync(
                    PartSql, ClickHouseFormat.RowBinary, parameters, cancel);
                length += CopyPart(row.Memory.Span, bytes.Memory.Span[length..]);
            }

            isWhole = length == head.Length;
            return isWhole ? bytes : null;
        }
        finally
        {
            if (!isWhole)
            {
                bytes.Dispose();
            }
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> ListAsync(string prefix, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        ImmutableArray<SqlParameter> parameters =
            [SqlParameter.Of("prefix", prefix), SqlParameter.Of("names", NamesMax)];
        using var rows = await clickHouse.QueryAsync(NamesSql, ClickHouseFormat.RowBinary, parameters, cancel);
        return TakeNames(rows.Memory.Span);
    }

    /// <inheritdoc/>
    public async Task DeleteAsync(string name, CancellationToken cancel)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        var head = await FindHeadAsync(name, cancel);
        if (head.Version > 0 && !head.IsDeleted)
        {
            await InsertHeadAsync(name, new Head(head.Version + 1, IsDeleted: true, Parts: 0, Length: 0), cancel);
            await RetireAsync(name, head.Version + 1, cancel);
        }
    }

    private static int CopyPart(ReadOnlySpan<byte> row, Span<byte> to)
    {
        if (row.IsEmpty)
        {
            return 0;
        }

        var position = 0;
        var length = (int)VarInt.Read(row, ref position);
        if (length > to.Length)
        {
            return 0; // Not the part that the head means: the blob is not whole.
        }

        row.Slice(position, length).CopyTo(to);
        return length;
    }

    private static List<string> TakeNames(ReadOnlySpan<byte> rows)
    {
        var names = new List<string>();
        for (var reader = new RowBinaryReader(rows); !reader.IsAtEnd;)
        {
            names.Add(reader.TakeText());
        }

        return names;
    }

    private static Head TakeHead(ReadOnlySpan<byte> rows)
    {
        var reader = new RowBinaryReader(rows);
        return reader.IsAtEnd
            ? default
            : new Head(reader.Take<ulong>(), reader.Take<bool>(), reader.Take<uint>(), (long)reader.Take<ulong>());
    }

    private async Task<Head> FindHeadAsync(string name, CancellationToken cancel)
    {
        using var rows = await clickHouse.QueryAsync(
            HeadSql, ClickHouseFormat.RowBinary, [SqlParameter.Of("name", name)], cancel);
        return TakeHead(rows.Memory.Span);
    }

    private Task InsertPartAsync(
        string name, ulong version, uint part, ReadOnlySequence<byte> bytes, CancellationToken cancel)
    {
        var head = new RowBinaryRows(bytesMax: 64 << 10);
        head.PutText(name);
        head.Put(version);
        head.Put(part);
        head.Put((byte)0);
        head.PutCount((int)bytes.Length);
        var body = new List<ReadOnlyMemory<byte>> { head.Body };
        foreach (var piece in bytes)
        {
            body.Add(piece);
        }

        return clickHouse.InsertAsync(
            new InsertTarget(IntoParts, ClickHouseFormat.RowBinary, Token: ""), body, cancel);
    }

    private Task InsertHeadAsync(string name, Head head, CancellationToken cancel)
    {
        var row = new RowBinaryRows(bytesMax: 64 << 10);
        row.PutText(name);
        row.Put(head.Version);
        row.Put(head.IsDeleted);
        row.Put(head.Parts);
        row.Put((ulong)head.Length);
        return clickHouse.InsertAsync(
            new InsertTarget(IntoHeads, ClickHouseFormat.RowBinary, Token: ""), [row.Body], cancel);
    }

    // Also what writes that were cut off have left.
    private Task RetireAsync(string name, ulong version, CancellationToken cancel) => clickHouse.ExecuteAsync(
        RetireSql, [SqlParameter.Of("name", name), SqlParameter.Of("version", version)], cancel);

    private readonly record struct Head(ulong Version, bool IsDeleted, uint Parts, long Length);
}
