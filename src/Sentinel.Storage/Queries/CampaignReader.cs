using System.Collections.Immutable;
using Sentinel.Detection.Campaigns;
using Sentinel.Detection.Verdicts;
using Sentinel.Storage.Formats;

namespace Sentinel.Storage.Queries;

/// <summary>Answers what campaigns there are. Thread-safe.</summary>
public sealed class CampaignReader(IClickHouse clickHouse)
{
    /// <summary>Campaigns of one page.</summary>
    public const int PageMax = 500;

    /// <summary>Members of a campaign that are listed with their verdicts.</summary>
    public const int MembersMax = 50_000;

    private static readonly string ByRiskSql = EmbeddedSql.Query("campaigns_by_risk");
    private static readonly string ByNewestSql = EmbeddedSql.Query("campaigns_by_newest");
    private static readonly string CampaignSql = EmbeddedSql.Query("campaign");
    private static readonly string MembersSql = EmbeddedSql.Query("campaign_members");

    /// <summary>One page of the campaigns that stand.</summary>
    /// <param name="order">Which come first.</param>
    /// <param name="rowsMax">At most so many; 1 to <see cref="PageMax"/>.</param>
    /// <param name="after">The cursor of the page before, of the same order; null for the first page.</param>
    /// <param name="cancel">Cancels the wait for a free connection.</param>
    public async Task<CampaignPage> ListAsync(
        CampaignOrder order, int rowsMax, CampaignCursor? after, CancellationToken cancel)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rowsMax, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rowsMax, PageMax);
        if (after is { } cursor && cursor.Order != order)
        {
            throw new ArgumentException("The cursor is of another order.", nameof(after));
        }

        using var bytes = await clickHouse.QueryAsync(
            order == CampaignOrder.Riskiest ? ByRiskSql : ByNewestSql,
            ClickHouseFormat.RowBinary,
            [
                SqlParameter.Of("is_first_page", after is null ? 1 : 0),
                SqlParameter.Of("position", after?.Position ?? 0),
                SqlParameter.Of("id", after?.Id ?? string.Empty),
                SqlParameter.Of("rows", rowsMax + 1),
            ],
            cancel);
        return PageOf(order, rowsMax, TakeSummaries(bytes.Memory.Span));
    }

    /// <summary>One campaign, also one that another took over; null when there is none of that id.</summary>
    public async Task<CampaignDetail?> FindAsync(string id, CancellationToken cancel)
    {
        ImmutableArray<SqlParameter> parameters =
            [SqlParameter.Of("id", id), SqlParameter.Of("members", MembersMax)];
        using var bytes = await clickHouse.QueryAsync(CampaignSql, ClickHouseFormat.RowBinary, parameters, cancel);
        if (TakeCampaign(bytes.Memory.Span) is not { } campaign)
        {
            return null;
        }

        using var members = await clickHouse.QueryAsync(
            MembersSql, ClickHouseFormat.RowBinary, parameters, cancel);
        return new CampaignDetail(campaign, TakeMembers(members.Memory.Span, campaign.Accounts));
    }

    // One row more than asked for tells whether there is a next page.
    private static CampaignPage PageOf(
        CampaignOrder order, int rowsMax, ImmutableArray<CampaignSummary> found)
    {
        if (found.Length <= rowsMax)
        {
            return new CampaignPage(found, Next: null);
        }

        var last = found[rowsMax - 1];
        return new CampaignPage(found[..rowsMax], CampaignCursor.After(order, last));
    }

    private static ImmutableArray<CampaignSummary> TakeSummaries(ReadOnlySpan<byte> bytes)
    {
        var campaigns = ImmutableArray.CreateBuilder<CampaignSummary>();
        for (var reader = new RowBinaryReader(bytes); !reader.IsAtEnd;)
        {
            campaigns.Add(new CampaignSummary(
                reader.TakeText(),
                (int)reader.Take<uint>(),
                (int)reader.Take<ulong>(),
                reader.Take<double>(),
                reader.TakeArray<AbuseType>(),
                reader.TakeTime(),
                (long)reader.Take<ulong>(),
                (long)reader.Take<ulong>(),
                reader.TakeTextOrNone(),
                FindingFields.TakeLinks(ref reader),
                reader.TakeTime()));
        }

        return campaigns.ToImmutable();
    }

    private static Campaign? TakeCampaign(ReadOnlySpan<byte> bytes)
    {
        var reader = new RowBinaryReader(bytes);
        return reader.IsAtEnd
            ? null
            : new Campaign(
                reader.TakeText(),
                (int)reader.Take<uint>(),
                reader.TakeTexts(),
                reader.Take<double>(),
                reader.TakeArray<AbuseType>(),
                reader.TakeTime(),
                (long)reader.Take<ulong>(),
                (long)reader.Take<ulong>(),
                reader.TakeTextOrNone(),
                FindingFields.TakeLinks(ref reader),
                FindingFields.TakeReasons(ref reader),
                (int)reader.Take<uint>(),
                (long)reader.Take<ulong>(),
                reader.TakeTime(),
                reader.TakeTextOrNone());
    }

    // Members of whom nothing was concluded come last.
    private static ImmutableArray<CampaignMember> TakeMembers(
        ReadOnlySpan<byte> bytes, ImmutableArray<string> accounts)
    {
        var members = ImmutableArray.CreateBuilder<CampaignMember>();
        var unknown = accounts.ToHashSet(StringComparer.Ordinal);
        for (var reader = new RowBinaryReader(bytes); !reader.IsAtEnd;)
        {
            var member = new CampaignMember(
                reader.TakeText(), reader.Take<VerdictLevel>(), reader.Take<double>());
            if (unknown.Remove(member.AccountId))
            {
                members.Add(member);
            }
        }

        members.AddRange(accounts
            .Where(unknown.Contains)
            .Take(MembersMax - members.Count)
            .Select(account => new CampaignMember(account, VerdictLevel.None, Risk: 0)));
        return members.ToImmutable();
    }
}
