using System.Collections.Immutable;
using Sentinel.Detection.Cases;
using Sentinel.Detection.Verdicts;
using Sentinel.Storage.Formats;

namespace Sentinel.Storage.Cases;

/// <summary>A place in the order in which findings are written.</summary>
/// <param name="Seconds">Time of writing, seconds since 1970.</param>
/// <param name="Id">The last one of that time.</param>
public readonly record struct FindingCursor(long Seconds, string Id)
{
    /// <summary>Before the first.</summary>
    public static FindingCursor Beginning { get; } = new(0, "");

    /// <summary>Before all that was written in the seconds before this place, and in its own.</summary>
    public FindingCursor Back(int seconds) => new(Math.Max(0, Seconds - seconds), "");
}

/// <summary>Something that the machine found and that may be a case.</summary>
/// <param name="Cursor">Its place.</param>
/// <param name="Subject">The campaign or account.</param>
/// <param name="Version">Which of the versions of it that were written.</param>
/// <param name="Facts">What was found.</param>
public sealed record Finding(FindingCursor Cursor, string Subject, long Version, CaseFacts Facts);

/// <summary>Reads what the machine found since a place. Thread-safe.</summary>
/// <param name="clickHouse">The migrated database.</param>
public sealed class FindingFeed(IClickHouse clickHouse)
{
    private static readonly string CampaignsSql = EmbeddedSql.Query("findings_campaigns");
    private static readonly string AccountsSql = EmbeddedSql.Query("findings_accounts");

    /// <summary>Campaigns that stand.</summary>
    public async Task<ImmutableArray<Finding>> CampaignsAsync(FindingCursor after, int rowsMax, CancellationToken cancel)
    {
        using var bytes = await clickHouse.QueryAsync(
            CampaignsSql, ClickHouseFormat.RowBinary, ParametersOf(after, rowsMax), cancel);
        return TakeCampaigns(bytes.Memory.Span);
    }

    /// <summary>Flagged accounts that are in no campaign.</summary>
    public async Task<ImmutableArray<Finding>> AccountsAsync(FindingCursor after, int rowsMax, CancellationToken cancel)
    {
        using var bytes = await clickHouse.QueryAsync(
            AccountsSql, ClickHouseFormat.RowBinary, ParametersOf(after, rowsMax), cancel);
        return TakeAccounts(bytes.Memory.Span);
    }

    private static ImmutableArray<SqlParameter> ParametersOf(FindingCursor after, int rowsMax) =>
    [
        SqlParameter.Of("after", after.Seconds), SqlParameter.Of("id", after.Id), SqlParameter.Of("rows", rowsMax),
    ];

    private static ImmutableArray<Finding> TakeCampaigns(ReadOnlySpan<byte> bytes)
    {
        const double Sure = 0.99;
        var found = ImmutableArray.CreateBuilder<Finding>();
        for (var reader = new RowBinaryReader(bytes); !reader.IsAtEnd;)
        {
            var (stored, id, accounts) = (reader.Take<uint>(), reader.TakeText(), (int)reader.Take<ulong>());
            var (risk, types) = (reader.Take<double>(), reader.TakeArray<AbuseType>());
            var (first, exchanges, hasTemplate) = (reader.TakeTime(), (long)reader.Take<ulong>(), reader.Take<byte>() != 0);
            var version = reader.Take<uint>();
            var level = risk >= Sure ? VerdictLevel.Abusive : VerdictLevel.Suspect;
            var tie = hasTemplate ? "by one instruction frame" : "by what they share";
            found.Add(new Finding(
                new FindingCursor(stored, id),
                id,
                version,
                new CaseFacts(
                    level, risk, types, accounts, exchanges, first,
                    $"{accounts} accounts tied {tie}: {WordsOf(types)}")));
        }

        return found.DrainToImmutable();
    }

    private static ImmutableArray<Finding> TakeAccounts(ReadOnlySpan<byte> bytes)
    {
        var found = ImmutableArray.CreateBuilder<Finding>();
        for (var reader = new RowBinaryReader(bytes); !reader.IsAtEnd;)
        {
            var (stored, id, level) = (reader.Take<uint>(), reader.TakeText(), reader.Take<VerdictLevel>());
            var (risk, types, exchanges) = (reader.Take<double>(), reader.TakeArray<AbuseType>(), (long)reader.Take<ulong>());
            var (first, summaries) = (reader.TakeTime(), reader.TakeTexts());
            found.Add(new Finding(
                new FindingCursor(stored, id),
                id,
                exchanges,
                new CaseFacts(
                    level, risk, types, 1, exchanges, first,
                    summaries.IsEmpty ? $"One account: {WordsOf(types)}" : $"One account: {summaries[0]}")));
        }

        return found.DrainToImmutable();
    }

    private static string WordsOf(ImmutableArray<AbuseType> types) => types.IsEmpty
        ? "abuse"
        : string.Join(", ", types.Select(static type => WireNames.Of(type).Replace('_', ' ')));
}
