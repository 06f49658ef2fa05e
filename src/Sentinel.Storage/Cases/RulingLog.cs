using System.Collections.Immutable;
using Sentinel.Detection.Verdicts;
using Sentinel.Storage.Formats;

namespace Sentinel.Storage.Cases;

/// <summary>A ruling on one thing that requests name.</summary>
/// <param name="SubjectKind">What kind of thing, such as <c>account</c>.</param>
/// <param name="Subject">Its id.</param>
/// <param name="RulingId">The ruling.</param>
/// <param name="CaseId">The case.</param>
/// <param name="Action">What gateways are to be answered.</param>
/// <param name="RuledAt">When.</param>
/// <param name="ExpiresAt">Until when, or null.</param>
public sealed record RulingRow(
    string SubjectKind, string Subject, string RulingId, string CaseId, DecisionAction Action, DateTimeOffset RuledAt,
    DateTimeOffset? ExpiresAt);

/// <summary>
/// Rulings on single subjects in ClickHouse. Of a subject the latest that is not withdrawn holds, so that taking one back
/// brings back the one before. Thread-safe.
/// </summary>
/// <param name="clickHouse">The migrated database.</param>
public sealed class RulingLog(IClickHouse clickHouse)
{
    /// <summary>Most subjects of one ruling, and most rulings that are read at a start.</summary>
    public const int RowsMax = 1_000_000;

    private const string Into =
        "INSERT INTO rulings (subject_kind, subject, ruling_id, version, case_id, action, ruled_at, expires_at)";

    private const byte InForce = 1;
    private const byte Withdrawn = 2;
    private const int BlockRows = 10_000;
    private const int BlockBytesMax = 32 * 1024 * 1024;

    private static readonly string InForceSql = EmbeddedSql.Query("rulings_in_force");
    private static readonly string OfSubjectsSql = EmbeddedSql.Query("rulings_of_subjects");
    private static readonly string ByIdSql = EmbeddedSql.Query("rulings_by_id");
    private static readonly string EverOfIdSql = EmbeddedSql.Query("rulings_of_id");
    private static readonly string JoinersSql = EmbeddedSql.Query("ruling_joiners");

    /// <summary>Records rulings durably.</summary>
    public Task PutAsync(IReadOnlyCollection<RulingRow> rows, CancellationToken cancel) => WriteAsync(rows, InForce, cancel);

    /// <summary>Takes rulings back.</summary>
    public Task WithdrawAsync(IReadOnlyCollection<RulingRow> rows, CancellationToken cancel) =>
        WriteAsync(rows, Withdrawn, cancel);

    /// <summary>All that hold at a time, one a subject.</summary>
    public async Task<ImmutableArray<RulingRow>> ReadInForceAsync(DateTimeOffset now, CancellationToken cancel)
    {
        using var bytes = await clickHouse.QueryAsync(
            InForceSql,
            ClickHouseFormat.RowBinary,
            [SqlParameter.Of("now", now.ToUnixTimeMilliseconds()), SqlParameter.Of("rows", RowsMax)],
            cancel);
        return Take(bytes.Memory.Span);
    }

    /// <summary>Those that hold on some subjects.</summary>
    public async Task<ImmutableArray<RulingRow>> OfSubjectsAsync(
        string kind, IReadOnlyCollection<string> subjects, DateTimeOffset now, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(subjects);
        var found = ImmutableArray.CreateBuilder<RulingRow>();
        foreach (var some in subjects.Chunk(BlockRows))
        {
            using var bytes = await clickHouse.QueryAsync(
                OfSubjectsSql,
                ClickHouseFormat.RowBinary,
                [
                    SqlParameter.Of("kind", kind), SqlParameter.Of("subjects", some),
                    SqlParameter.Of("now", now.ToUnixTimeMilliseconds()), SqlParameter.Of("rows", some.Length),
                ],
                cancel);
            found.AddRange(Take(bytes.Memory.Span));
        }

        return found.DrainToImmutable();
    }

    /// <summary>What a ruling is on, as far as it was not withdrawn.</summary>
    public async Task<ImmutableArray<RulingRow>> OfRulingAsync(string rulingId, CancellationToken cancel)
    {
        using var bytes = await clickHouse.QueryAsync(
            ByIdSql,
            ClickHouseFormat.RowBinary,
            [SqlParameter.Of("ruling", rulingId), SqlParameter.Of("rows", RowsMax)],
            cancel);
        return Take(bytes.Memory.Span);
    }

    /// <summary>On what a ruling is or was, of one kind.</summary>
    public async Task<ImmutableArray<string>> EverOfRulingAsync(string rulingId, string kind, CancellationToken cancel)
    {
        using var bytes = await clickHouse.QueryAsync(
            EverOfIdSql,
            ClickHouseFormat.RowBinary,
            [SqlParameter.Of("ruling", rulingId), SqlParameter.Of("kind", kind), SqlParameter.Of("rows", RowsMax)],
            cancel);
        return TakeSubjects(bytes.Memory.Span);
    }

    /// <summary>
    /// Accounts that came to a campaign after a ruling on it: the ruling never was on them, and no other lets them go on. None
    /// while the ruling's own rows are not written.
    /// </summary>
    public async Task<ImmutableArray<string>> JoinersAsync(
        string campaignId, string rulingId, DateTimeOffset now, int rowsMax, CancellationToken cancel)
    {
        using var bytes = await clickHouse.QueryAsync(
            JoinersSql,
            ClickHouseFormat.RowBinary,
            [
                SqlParameter.Of("campaign", campaignId), SqlParameter.Of("ruling", rulingId),
                SqlParameter.Of("now", now.ToUnixTimeMilliseconds()), SqlParameter.Of("rows", rowsMax),
            ],
            cancel);
        return TakeSubjects(bytes.Memory.Span);
    }

    private async Task WriteAsync(IReadOnlyCollection<RulingRow> rulings, byte version, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(rulings);
        foreach (var some in rulings.Chunk(BlockRows))
        {
            var rows = new RowBinaryRows(BlockBytesMax);
            foreach (var one in some)
            {
                rows.PutText(one.SubjectKind);
                rows.PutText(one.Subject);
                rows.PutText(one.RulingId);
                rows.Put(version);
                rows.PutText(one.CaseId);
                rows.Put((byte)one.Action);
                rows.PutTime(one.RuledAt);
                rows.PutTime(one.ExpiresAt);
                rows.EndRow();
            }

            await clickHouse.InsertAsync(
                new InsertTarget(Into, ClickHouseFormat.RowBinary, Token: ""), [rows.Body], cancel);
        }
    }

    private static ImmutableArray<string> TakeSubjects(ReadOnlySpan<byte> bytes)
    {
        var subjects = ImmutableArray.CreateBuilder<string>();
        for (var reader = new RowBinaryReader(bytes); !reader.IsAtEnd;)
        {
            subjects.Add(reader.TakeText());
        }

        return subjects.ToImmutable();
    }

    private static ImmutableArray<RulingRow> Take(ReadOnlySpan<byte> bytes)
    {
        var found = ImmutableArray.CreateBuilder<RulingRow>();
        for (var reader = new RowBinaryReader(bytes); !reader.IsAtEnd;)
        {
            found.Add(new RulingRow(
                reader.TakeText(), reader.TakeText(), reader.TakeText(), reader.TakeText(), reader.Take<DecisionAction>(),
                reader.TakeTime(), reader.TakeTimeOrNull()));
        }

        return found.DrainToImmutable();
    }
}
