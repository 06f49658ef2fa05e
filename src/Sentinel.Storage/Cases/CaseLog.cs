using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Sentinel.Detection.Cases;
using Sentinel.Storage.Formats;

namespace Sentinel.Storage.Cases;

/// <summary>What came of an attempt to append an event.</summary>
/// <param name="After">The case with the event, or null when another writer was there before.</param>
/// <param name="Since">The events of others that came in between; empty when it was appended.</param>
public readonly record struct AppendResult(CaseState? After, ImmutableArray<CaseEvent> Since);

/// <summary>
/// The events of cases in ClickHouse. Of two who append to the same version of a case exactly one succeeds, in this process
/// or another: both blocks have the same deduplication token, and whoever then finds the other's event there has lost.
/// Thread-safe.
/// </summary>
/// <param name="clickHouse">The migrated database.</param>
public sealed class CaseLog(IClickHouse clickHouse)
{
    /// <summary>Most events of a case.</summary>
    public const int EventsMax = 10_000;

    /// <summary>Most cases that are opened or read at once.</summary>
    public const int CasesMax = 1_000;

    private const string IntoEvents = "INSERT INTO case_events (case_id, version, at, actor, kind, change, attempt)";

    private const string IntoCases =
        """
        INSERT INTO cases (case_id, version, kind, subject, stage, is_waiting, priority, level, risk, abuse_types, accounts,
          exchanges, headline, opened_at, updated_at, claimed_by, claimed_until, assigned_to, tags, is_escalated, is_proposed,
          ruling, ruled_by, ruled_at, ruling_reason, ruling_policy, taken_over_by)
        """;

    private const int EventBytesMax = 8 * 1024 * 1024; // Ten thousand accounts of 128 characters, four bytes each.
    private const int CasesBytesMax = 64 * 1024 * 1024;

    private static readonly string EventsSql = EmbeddedSql.Query("case_events");
    private static readonly string ByIdSql = EmbeddedSql.Query("cases_by_id");

    /// <summary>The events of a case after a version, in order.</summary>
    public async Task<ImmutableArray<CaseEvent>> ReadAsync(string caseId, int afterVersion, CancellationToken cancel) =>
        [.. (await ReadStoredAsync(caseId, afterVersion, cancel)).Select(static stored => stored.Event)];

    /// <summary>The case, or null.</summary>
    public async Task<CaseState?> FindAsync(string caseId, CancellationToken cancel) =>
        CaseState.Of(await ReadAsync(caseId, afterVersion: 0, cancel));

    /// <summary>Appends what a case decided to the version that it decided on.</summary>
    /// <param name="before">The case.</param>
    /// <param name="change">What happened.</param>
    /// <param name="by">Who.</param>
    /// <param name="at">When.</param>
    /// <param name="cancel">Heeded before anything is written.</param>
    /// <exception cref="ClickHouseException">It could not be written; whether it is there is then not known.</exception>
    public async Task<AppendResult> AppendAsync(
        CaseState before, CaseChange change, string by, DateTimeOffset at, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(before);
        var next = new CaseEvent(before.Id, before.Version + 1, Whole(at), by, change);
        var attempt = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));
        var rows = new RowBinaryRows(EventBytesMax);
        Put(rows, next, attempt);
        await clickHouse.InsertAsync(
            new InsertTarget(IntoEvents, ClickHouseFormat.RowBinary, $"{next.CaseId}/{Invariant(next.Version)}") { IsExclusive = true },
            [rows.Body],
            cancel);
        var there = await ReadStoredAsync(before.Id, before.Version, CancellationToken.None);
        if (there.IsEmpty || there[0].Attempt != attempt)
        {
            return new AppendResult(null, [.. there.Select(static stored => stored.Event)]);
        }

        var after = before.After(next);
        await WriteSummariesAsync([CaseSummary.Of(after)], CancellationToken.None);
        return new AppendResult(after, []);
    }

    /// <summary>
    /// Opens cases that are not there yet; who opens the same at the same time writes the same. At most
    /// <see cref="CasesMax"/>.
    /// </summary>
    /// <returns>Those that were opened.</returns>
    public async Task<ImmutableArray<CaseState>> OpenAsync(
        IReadOnlyList<(string Id, CaseOpened Opened)> cases, string by, DateTimeOffset at, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(cases);
        var known = (await ListAsync([.. cases.Select(static one => one.Id)], cancel))
            .Select(static one => one.Id).ToHashSet(StringComparer.Ordinal);
        CaseEvent[] events =
        [
            .. cases.Where(one => !known.Contains(one.Id)).DistinctBy(static one => one.Id)
                .Select(one => new CaseEvent(one.Id, 1, Whole(at), by, one.Opened)),
        ];
        if (events.Length == 0)
        {
            return [];
        }

        var rows = new RowBinaryRows(CasesBytesMax);
        foreach (var one in events)
        {
            Put(rows, one, attempt: 0);
        }

        var name = SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', events.Select(static one => one.CaseId))));
        await clickHouse.InsertAsync(
            new InsertTarget(IntoEvents, ClickHouseFormat.RowBinary, $"open-{Convert.ToHexStringLower(name)}"),
            [rows.Body], cancel);
        ImmutableArray<CaseState> opened = [.. events.Select(static one => CaseState.Of([one])!)];
        await WriteSummariesAsync([.. opened.Select(CaseSummary.Of)], CancellationToken.None);
        return opened;
    }

    /// <summary>What stands of cases, of those that there are.</summary>
    public async Task<ImmutableArray<CaseSummary>> ListAsync(IReadOnlyCollection<string> ids, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(ids);
        if (ids.Count == 0)
        {
            return [];
        }

        using var bytes = await clickHouse.QueryAsync(
            ByIdSql, ClickHouseFormat.RowBinary, [SqlParameter.Of("ids", ids), SqlParameter.Of("rows", ids.Count)], cancel);
        return CaseFields.TakeSummaries(bytes.Memory.Span);
    }

    /// <summary>Writes what stands of cases; what is older than what is there gives way.</summary>
    public Task WriteSummariesAsync(IReadOnlyList<CaseSummary> summaries, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(summaries);
        var rows = new RowBinaryRows(CasesBytesMax);
        foreach (var one in summaries)
        {
            CaseFields.Put(rows, one);
        }

        return clickHouse.InsertAsync(
            new InsertTarget(IntoCases, ClickHouseFormat.RowBinary, Token: ""), [rows.Body], cancel);
    }

    private static void Put(RowBinaryRows rows, CaseEvent one, ulong attempt)
    {
        var json = CaseFields.JsonOf(one.Change);
        rows.PutText(one.CaseId);
        rows.Put((uint)one.Version);
        rows.PutTime(one.At);
        rows.PutText(one.By);
        rows.PutText(CaseFields.KindOf(json));
        rows.PutText(json);
        rows.Put(attempt);
        rows.EndRow();
    }

    private async Task<ImmutableArray<StoredEvent>> ReadStoredAsync(string caseId, int afterVersion, CancellationToken cancel)
    {
        using var bytes = await clickHouse.QueryAsync(
            EventsSql,
            ClickHouseFormat.RowBinary,
            [
                SqlParameter.Of("case", caseId), SqlParameter.Of("after", afterVersion),
                SqlParameter.Of("rows", EventsMax),
            ],
            cancel);
        return Take(bytes.Memory.Span);
    }

    private static ImmutableArray<StoredEvent> Take(ReadOnlySpan<byte> bytes)
    {
        var found = ImmutableArray.CreateBuilder<StoredEvent>();
        for (var reader = new RowBinaryReader(bytes); !reader.IsAtEnd;)
        {
            var (id, version, at, by) = (reader.TakeText(), (int)reader.Take<uint>(), reader.TakeTime(), reader.TakeText());
            found.Add(new StoredEvent(
                new CaseEvent(id, version, at, by, CaseFields.ChangeOf(reader.TakeText())), reader.Take<ulong>()));
        }

        return found.DrainToImmutable();
    }

    // As the store keeps them: what is appended and what is read back are the same.
    private static DateTimeOffset Whole(DateTimeOffset at) => DateTimeOffset.FromUnixTimeMilliseconds(at.ToUnixTimeMilliseconds());

    private static string Invariant(int number) => number.ToString(CultureInfo.InvariantCulture);

    private readonly record struct StoredEvent(CaseEvent Event, ulong Attempt);
}
