// The queue reads a few narrow columns of all cases to find which come first, then asks for those by id. The first step may
// find a case by an older version of it, since versions that gave way go with the next merge: such a case is left out, its
// newest version has its own place. Where too many were left out the first step is taken again for more.
using System.Collections.Immutable;
using Sentinel.Detection.Cases;
using Sentinel.Detection.Verdicts;
using Sentinel.Storage.Formats;

namespace Sentinel.Storage.Cases;

/// <summary>Answers which cases there are. Thread-safe.</summary>
/// <param name="clickHouse">The migrated database.</param>
public sealed class CaseReader(IClickHouse clickHouse)
{
    /// <summary>Cases of one page.</summary>
    public const int PageMax = 200;

    private const int CandidatesMin = 64; // More than a usual page, so that one look is enough as long as few gave way.
    private const int SubjectsMin = 256;
    private const int CandidatesMax = 65_536;
    private const int AnyWaiting = 2;

    // In the order of CaseSort: larger comes first.
    private static readonly ImmutableArray<string> CandidatesSql =
    [
        .. new[]
        {
            "priority", "toFloat64(toUnixTimestamp64Milli(opened_at))", "-toFloat64(toUnixTimestamp64Milli(opened_at))",
            "toFloat64(toUnixTimestamp64Milli(updated_at))",
        }.Select(static position => EmbeddedSql.Query("case_candidates").Replace("POSITION", position, StringComparison.Ordinal)),
    ];

    private static readonly string BySubjectSql = EmbeddedSql.Query("cases_by_subject");
    private static readonly string RuledSql = EmbeddedSql.Query("cases_ruled");
    private static readonly string CountsSql = EmbeddedSql.Query("case_counts");
    private static readonly string LoadSql = EmbeddedSql.Query("case_load");
    private static readonly string ChangedSql = EmbeddedSql.Query("cases_changed");
    private static readonly string OfMembersSql = EmbeddedSql.Query("cases_of_members");

    private readonly CaseLog _log = new(clickHouse);

    /// <summary>One page.</summary>
    /// <param name="filter">Which cases.</param>
    /// <param name="sort">In which order.</param>
    /// <param name="rowsMax">At most so many; 1 to <see cref="PageMax"/>.</param>
    /// <param name="after">The cursor of the page before, of the same order; null for the first.</param>
    /// <param name="now">Claims that have expired do not count.</param>
    /// <param name="cancel">Cancels the wait for a free connection.</param>
    public async Task<CasePage> ListAsync(
        CaseFilter filter, CaseSort sort, int rowsMax, CaseCursor? after, DateTimeOffset now, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(filter);
        ArgumentOutOfRangeException.ThrowIfLessThan(rowsMax, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rowsMax, PageMax);
        for (var candidatesMax = Math.Max(CandidatesMin, rowsMax + (rowsMax / 4)); ; candidatesMax = Math.Min(CandidatesMax, candidatesMax * 8))
        {
            var candidates = await CandidatesAsync(filter, sort, candidatesMax, after, now, cancel);
            var page = await PageOfAsync(candidates, sort, rowsMax, cancel);
            if (page.Next is not null || candidates.Count < candidatesMax || candidatesMax == CandidatesMax)
            {
                return page;
            }
        }
    }

    /// <summary>Cases about campaigns and accounts, taken over or not.</summary>
    public async Task<ImmutableArray<CaseSummary>> OfSubjectsAsync(IReadOnlyCollection<string> subjects, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(subjects);
        if (subjects.Count == 0)
        {
            return [];
        }

        using var bytes = await clickHouse.QueryAsync(
            BySubjectSql,
            ClickHouseFormat.RowBinary,
            [SqlParameter.Of("subjects", subjects), SqlParameter.Of("rows", Math.Max(SubjectsMin, 2 * subjects.Count))],
            cancel);
        return CaseFields.TakeSummaries(bytes.Memory.Span);
    }

    /// <summary>Cases with a ruling, in the order in which they were ruled on, after a place.</summary>
    public async Task<ImmutableArray<CaseSummary>> RuledAsync(
        DateTimeOffset after, string afterId, int rowsMax, CancellationToken cancel)
    {
        using var bytes = await clickHouse.QueryAsync(
            RuledSql,
            ClickHouseFormat.RowBinary,
            [
                SqlParameter.Of("after", after.ToUnixTimeMilliseconds()), SqlParameter.Of("id", afterId),
                SqlParameter.Of("rows", rowsMax),
            ],
            cancel);
        return CaseFields.TakeSummaries(bytes.Memory.Span);
    }

    /// <summary>Cases with an event from which something follows outside of them, after a time and up to another.</summary>
    public async Task<ImmutableArray<string>> ChangedAsync(
        DateTimeOffset after, DateTimeOffset until, int rowsMax, CancellationToken cancel)
    {
        using var bytes = await clickHouse.QueryAsync(
            ChangedSql,
            ClickHouseFormat.RowBinary,
            [
                SqlParameter.Of("after", after.ToUnixTimeMilliseconds()), SqlParameter.Of("until", until.ToUnixTimeMilliseconds()),
                SqlParameter.Of("rows", rowsMax),
            ],
            cancel);
        return TakeIds(bytes.Memory.Span);
    }

    /// <summary>Cases of accounts that wait, undecided, though the account is in one of some campaigns that stand.</summary>
    public async Task<ImmutableArray<(string CampaignId, string CaseId)>> OfMembersAsync(
        IReadOnlyCollection<string> campaigns, int rowsMax, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(campaigns);
        if (campaigns.Count == 0)
        {
            return [];
        }

        using var bytes = await clickHouse.QueryAsync(
            OfMembersSql,
            ClickHouseFormat.RowBinary,
            [SqlParameter.Of("campaigns", campaigns), SqlParameter.Of("rows", rowsMax)],
            cancel);
        return TakePairs(bytes.Memory.Span);
    }

    /// <summary>How many cases of each stage there are, claims aside.</summary>
    public async Task<ImmutableDictionary<CaseStage, long>> CountAsync(CancellationToken cancel)
    {
        using var bytes = await clickHouse.QueryAsync(CountsSql, ClickHouseFormat.RowBinary, [], cancel);
        return TakeCounts(bytes.Memory.Span);
    }

    /// <summary>How many rulings of each person made since a time stand, the most first.</summary>
    public async Task<ImmutableArray<(string By, long Ruled)>> LoadAsync(DateTimeOffset since, int rowsMax, CancellationToken cancel)
    {
        using var bytes = await clickHouse.QueryAsync(
            LoadSql,
            ClickHouseFormat.RowBinary,
            [SqlParameter.Of("since", since.ToUnixTimeMilliseconds()), SqlParameter.Of("rows", rowsMax)],
            cancel);
        return TakeLoad(bytes.Memory.Span);
    }

    private async Task<List<Candidate>> CandidatesAsync(
        CaseFilter filter, CaseSort sort, int candidatesMax, CaseCursor? after, DateTimeOffset now, CancellationToken cancel)
    {
        using var bytes = await clickHouse.QueryAsync(
            CandidatesSql[(int)sort],
            ClickHouseFormat.RowBinary,
            [
                SqlParameter.Of("waiting", filter.IsWaiting is { } isWaiting ? (isWaiting ? 1 : 0) : AnyWaiting),
                SqlParameter.Of("stage", filter.Stage is { } stage ? CaseWords.Of(stage) : ""),
                SqlParameter.Of("kind", filter.Kind is { } kind ? CaseWords.Of(kind) : ""),
                SqlParameter.Of("level", filter.Level is { } level ? WireNames.Of(level) : ""),
                SqlParameter.Of("abuse", filter.Abuse is { } abuse ? WireNames.Of(abuse) : ""),
                SqlParameter.Of("assigned", filter.AssignedTo ?? ""),
                SqlParameter.Of("claimed_by", filter.ClaimedBy ?? ""),
                SqlParameter.Of("ruled_by", filter.RuledBy ?? ""),
                SqlParameter.Of("tag", filter.Tag ?? ""),
                SqlParameter.Of("proposed", filter.IsProposed ? 1 : 0),
                SqlParameter.Of("now", now.ToUnixTimeMilliseconds()),
                SqlParameter.Of("is_first_page", after is null ? 1 : 0),
                SqlParameter.Of("position", BitConverter.DoubleToUInt64Bits(after?.Position ?? 0)),
                SqlParameter.Of("id", after?.Id ?? ""),
                SqlParameter.Of("rows", candidatesMax),
            ],
            cancel);
        return TakeCandidates(bytes.Memory.Span);
    }

    // A page has one row more than asked for somewhere among the candidates, or there is no next page among them.
    private async Task<CasePage> PageOfAsync(
        List<Candidate> candidates, CaseSort sort, int rowsMax, CancellationToken cancel)
    {
        var found = ImmutableArray.CreateBuilder<CaseSummary>();
        var position = 0.0;
        foreach (var some in candidates.Chunk(rowsMax + 1))
        {
            var newest = (await _log.ListAsync([.. some.Select(static one => one.Id).Distinct(StringComparer.Ordinal)], cancel))
                .ToDictionary(static one => one.Id, StringComparer.Ordinal);
            foreach (var one in some)
            {
                if (!newest.TryGetValue(one.Id, out var summary) || summary.Version != one.Version)
                {
                    continue;
                }

                newest.Remove(one.Id); // The same version may be there twice.
                if (found.Count == rowsMax)
                {
                    var next = new CaseCursor(sort, position, found[^1].Id);
                    return new CasePage(found.DrainToImmutable(), next);
                }

                found.Add(summary);
                position = one.Position;
            }
        }

        return new CasePage(found.DrainToImmutable(), Next: null);
    }

    private static List<Candidate> TakeCandidates(ReadOnlySpan<byte> bytes)
    {
        var found = new List<Candidate>();
        for (var reader = new RowBinaryReader(bytes); !reader.IsAtEnd;)
        {
            found.Add(new Candidate(reader.TakeText(), (int)reader.Take<uint>(), reader.Take<double>()));
        }

        return found;
    }

    private static ImmutableDictionary<CaseStage, long> TakeCounts(ReadOnlySpan<byte> bytes)
    {
        var counts = ImmutableDictionary.CreateBuilder<CaseStage, long>();
        for (var reader = new RowBinaryReader(bytes); !reader.IsAtEnd;)
        {
            counts[reader.Take<CaseStage>()] = (long)reader.Take<ulong>();
        }

        return counts.ToImmutable();
    }

    private static ImmutableArray<(string, long)> TakeLoad(ReadOnlySpan<byte> bytes)
    {
        var load = ImmutableArray.CreateBuilder<(string, long)>();
        for (var reader = new RowBinaryReader(bytes); !reader.IsAtEnd;)
        {
            load.Add((reader.TakeText(), (long)reader.Take<ulong>()));
        }

        return load.DrainToImmutable();
    }

    private static ImmutableArray<string> TakeIds(ReadOnlySpan<byte> bytes)
    {
        var ids = ImmutableArray.CreateBuilder<string>();
        for (var reader = new RowBinaryReader(bytes); !reader.IsAtEnd;)
        {
            ids.Add(reader.TakeText());
        }

        return ids.ToImmutable();
    }

    private static ImmutableArray<(string, string)> TakePairs(ReadOnlySpan<byte> bytes)
    {
        var pairs = ImmutableArray.CreateBuilder<(string, string)>();
        for (var reader = new RowBinaryReader(bytes); !reader.IsAtEnd;)
        {
            pairs.Add((reader.TakeText(), reader.TakeText()));
        }

        return pairs.ToImmutable();
    }

    private readonly record struct Candidate(string Id, int Version, double Position);
}
