using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using Sentinel.Detection.Cases;
using Sentinel.Storage.Formats;

namespace Sentinel.Storage.Cases;

/// <summary>Which rows of the audit log are shown; null: any.</summary>
/// <param name="By">Of somebody.</param>
/// <param name="Action">Whose action begins so.</param>
/// <param name="Subject">On something.</param>
public sealed record AuditFilter(string? By, string? Action, string? Subject);

/// <summary>What verifying the chain came to.</summary>
/// <param name="Rows">Rows read.</param>
/// <param name="Head">Number of the last.</param>
/// <param name="Hash">Its hash: kept elsewhere, it shows later whether the end was cut off.</param>
/// <param name="Fault">The first row that is wrong, or null.</param>
public sealed record AuditVerification(long Rows, long Head, string Hash, AuditFault? Fault);

/// <summary>The audit log in ClickHouse: appended under the chain's numbers, by one writer at a time. Thread-safe.</summary>
/// <param name="clickHouse">The migrated database.</param>
public sealed class AuditLog(IClickHouse clickHouse) : IDisposable
{
    /// <summary>Entries appended at once.</summary>
    public const int EntriesMax = 1_000;

    /// <summary>Rows of a page.</summary>
    public const int PageMax = 500;

    private const string Into =
        "INSERT INTO audit_log (number, at, actor, kind, action, subject, outcome, detail, previous, hash)";

    private const int BlockBytesMax = 64 * 1024 * 1024;
    private const int VerifyRows = 10_000;
    private const int TriesMax = 1_000;

    private static readonly string RowsSql = EmbeddedSql.Query("audit_rows");
    private static readonly string PageSql = EmbeddedSql.Query("audit_page");

    private readonly SemaphoreSlim _writing = new(1, 1);
    private long _number;
    private string _hash = "";

    /// <inheritdoc/>
    public void Dispose() => _writing.Dispose();

    /// <summary>Appends entries, one after another, all or none of them.</summary>
    /// <exception cref="ClickHouseException">They could not be written, or others always came before.</exception>
    public async Task AppendAsync(IReadOnlyList<AuditEntry> entries, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(entries);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(entries.Count, EntriesMax);
        if (entries.Count == 0)
        {
            return;
        }

        await _writing.WaitAsync(cancel);
        try
        {
            for (var tries = 0; tries < TriesMax; tries++)
            {
                if (_hash.Length == 0)
                {
                    await FindHeadAsync(cancel);
                }

                if (await TryAppendAsync(entries))
                {
                    return;
                }

                _hash = ""; // Another process was there before.
            }
        }
        finally
        {
            _writing.Release();
        }

        throw new ClickHouseException("The audit log takes no entry: others always come before.");
    }

    /// <summary>The latest rows before a number.</summary>
    public async Task<ImmutableArray<AuditRow>> ListAsync(
        AuditFilter filter, long before, int rowsMax, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(filter);
        using var bytes = await clickHouse.QueryAsync(
            PageSql,
            ClickHouseFormat.RowBinary,
            [
                SqlParameter.Of("before", before), SqlParameter.Of("actor", filter.By ?? ""),
                SqlParameter.Of("action", filter.Action ?? ""), SqlParameter.Of("subject", filter.Subject ?? ""),
                SqlParameter.Of("rows", Math.Clamp(rowsMax, 1, PageMax)),
            ],
            cancel);
        return Take(bytes.Memory.Span);
    }

    /// <summary>Rows after a number, in the chain's order.</summary>
    public Task<ImmutableArray<AuditRow>> ReadAsync(long after, int rowsMax, CancellationToken cancel) =>
        RowsAsync(after, Math.Clamp(rowsMax, 1, PageMax), cancel);

    /// <summary>Number of the last row; 0 where there is none.</summary>
    public async Task<long> HeadAsync(CancellationToken cancel) =>
        await ListAsync(new AuditFilter(null, null, null), long.MaxValue, 1, cancel) is [var last, ..] ? last.Number : 0;

    /// <summary>Follows the whole chain and ends at the first row that is wrong.</summary>
    public async Task<AuditVerification> VerifyAsync(CancellationToken cancel)
    {
        var (chain, rows) = (new AuditChain(), 0L);
        await foreach (var row in ReadAllAsync(cancel))
        {
            rows++;
            if (chain.Follow(row) is { } fault)
            {
                return new AuditVerification(rows, chain.Number, chain.Hash, fault);
            }
        }

        return new AuditVerification(rows, chain.Number, chain.Hash, null);
    }

    // Rows of one number stay together: a page ends where the number changes.
    private async IAsyncEnumerable<AuditRow> ReadAllAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        for (var after = 0L; ;)
        {
            var rows = await RowsAsync(after, VerifyRows, cancel);
            var isLast = rows.Length < VerifyRows;
            foreach (var row in rows)
            {
                if (isLast || row.Number < rows[^1].Number || rows[0].Number == rows[^1].Number)
                {
                    yield return row;
                    after = row.Number;
                }
            }

            if (isLast)
            {
                yield break;
            }
        }
    }

    private async Task<ImmutableArray<AuditRow>> RowsAsync(long after, int rowsMax, CancellationToken cancel)
    {
        using var bytes = await clickHouse.QueryAsync(
            RowsSql,
            ClickHouseFormat.RowBinary,
            [SqlParameter.Of("after", after), SqlParameter.Of("rows", rowsMax)],
            cancel);
        return Take(bytes.Memory.Span);
    }

    private async Task FindHeadAsync(CancellationToken cancel)
    {
        var last = await ListAsync(new AuditFilter(null, null, null), long.MaxValue, 1, cancel);
        (_number, _hash) = last.IsEmpty ? (0, AuditChain.Beginning) : (last[0].Number, last[0].Hash);
    }

    private async Task<bool> TryAppendAsync(IReadOnlyList<AuditEntry> entries)
    {
        var (number, hash) = (_number, _hash);
        var rows = new RowBinaryRows(BlockBytesMax);
        foreach (var entry in entries)
        {
            // As the store keeps times.
            var whole = entry with { At = DateTimeOffset.FromUnixTimeMilliseconds(entry.At.ToUnixTimeMilliseconds()) };
            var row = AuditChain.Next(number, hash, whole);
            Put(rows, row);
            (number, hash) = (row.Number, row.Hash);
        }

        var token = $"audit-{(_number + 1).ToString(CultureInfo.InvariantCulture)}";
        await clickHouse.InsertAsync(
            new InsertTarget(Into, ClickHouseFormat.RowBinary, token) { IsExclusive = true }, [rows.Body],
            CancellationToken.None);
        // The last row's hash tells whose block it is: it depends on all before it.
        var there = await RowsAsync(number - 1, 1, CancellationToken.None);
        if (there.IsEmpty || there[0].Hash != hash)
        {
            return false;
        }

        (_number, _hash) = (number, hash);
        return true;
    }

    private static void Put(RowBinaryRows rows, AuditRow row)
    {
        rows.Put((ulong)row.Number);
        rows.PutTime(row.Entry.At);
        rows.PutText(row.Entry.By);
        rows.Put((byte)row.Entry.Kind);
        rows.PutText(row.Entry.Action);
        rows.PutText(row.Entry.Subject);
        rows.PutText(row.Entry.Outcome);
        rows.PutText(row.Entry.Detail);
        rows.PutText(row.Previous);
        rows.PutText(row.Hash);
        rows.EndRow();
    }

    private static ImmutableArray<AuditRow> Take(ReadOnlySpan<byte> bytes)
    {
        var found = ImmutableArray.CreateBuilder<AuditRow>();
        for (var reader = new RowBinaryReader(bytes); !reader.IsAtEnd;)
        {
            var (number, at, by) = ((long)reader.Take<ulong>(), reader.TakeTime(), reader.TakeText());
            var entry = new AuditEntry(
                at, by, reader.Take<AuditKind>(), reader.TakeText(), reader.TakeText(), reader.TakeText(), reader.TakeText());
            found.Add(new AuditRow(number, entry, reader.TakeText(), reader.TakeText()));
        }

        return found.DrainToImmutable();
    }
}
