using System.Collections.Immutable;
using Sentinel.Detection.Rulings;
using Sentinel.Storage.Formats;

namespace Sentinel.Storage.Cases;

/// <summary>That a ruling on an account begins to say something of it, or ends to.</summary>
/// <param name="RulingId">The ruling.</param>
/// <param name="Account">The account.</param>
/// <param name="RecordedAt">When it was recorded.</param>
/// <param name="Finding">What it says; <see cref="RulingFinding.None"/> where it ends.</param>
/// <param name="From">Event time at which that begins to hold.</param>
/// <param name="Until">Event time at which it does no more, or null where no end is known. Not of an end.</param>
public sealed record RulingFindingRow(
    string RulingId, string Account, DateTimeOffset RecordedAt, RulingFinding Finding, DateTimeOffset From, DateTimeOffset? Until);

/// <summary>What rulings say of accounts, in ClickHouse. Rows are appended and never change. Thread-safe.</summary>
/// <param name="clickHouse">The migrated database.</param>
public sealed class RulingFindingLog(IClickHouse clickHouse)
{
    /// <summary>Most rows that are read: a beginning and an end of every ruling that a register holds.</summary>
    public const int RowsMax = 2 * RulingRegister.RulingsMax;

    private const string Into =
        "INSERT INTO ruling_findings (ruling_id, account, recorded_at, finding, holds_from, holds_until)";

    private const int BlockRows = 10_000;
    private const int BlockBytesMax = 32 * 1024 * 1024;

    private static readonly string Sql = EmbeddedSql.Query("ruling_findings");

    /// <summary>Records rows durably.</summary>
    /// <exception cref="ClickHouseException">They could not be written.</exception>
    public async Task AppendAsync(IReadOnlyCollection<RulingFindingRow> findings, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(findings);
        foreach (var some in findings.Chunk(BlockRows))
        {
            var rows = new RowBinaryRows(BlockBytesMax);
            foreach (var one in some)
            {
                rows.PutText(one.RulingId);
                rows.PutText(one.Account);
                rows.PutTime(one.RecordedAt);
                rows.Put((byte)one.Finding);
                rows.PutTime(one.From);
                rows.PutTime(one.Until);
                rows.EndRow();
            }

            await clickHouse.InsertAsync(new InsertTarget(Into, ClickHouseFormat.RowBinary, Token: ""), [rows.Body], cancel);
        }
    }

    /// <summary>What was recorded since a time, the latest first.</summary>
    public async Task<ImmutableArray<RulingFindingRow>> ReadAsync(DateTimeOffset since, CancellationToken cancel)
    {
        using var bytes = await clickHouse.QueryAsync(
            Sql,
            ClickHouseFormat.RowBinary,
            [SqlParameter.Of("since", since.ToUnixTimeMilliseconds()), SqlParameter.Of("rows", RowsMax)],
            cancel);
        var found = ImmutableArray.CreateBuilder<RulingFindingRow>();
        for (var reader = new RowBinaryReader(bytes.Memory.Span); !reader.IsAtEnd;)
        {
            found.Add(new RulingFindingRow(
                reader.TakeText(), reader.TakeText(), reader.TakeTime(), reader.Take<RulingFinding>(), reader.TakeTime(),
                reader.TakeTimeOrNull()));
        }

        return found.DrainToImmutable();
    }
}
