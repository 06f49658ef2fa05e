using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Sentinel.Detection.Campaigns;
using Sentinel.Detection.Verdicts;

namespace Sentinel.Storage.Queries;

/// <summary>Which campaigns come first.</summary>
public enum CampaignOrder
{
    /// <summary>Those with the highest risk.</summary>
    Riskiest,

    /// <summary>Those detected last.</summary>
    Newest,
}

/// <summary>A campaign in a list: all but its members and reasons.</summary>
/// <param name="Id">Its identity.</param>
/// <param name="Version">Counts up with every change.</param>
/// <param name="AccountCount">How many members.</param>
/// <param name="Risk">0..1.</param>
/// <param name="AbuseTypes">Most likely first.</param>
/// <param name="FirstDetectedAt">Event time of the first report.</param>
/// <param name="ExchangesAtDetection">Exchanges of its members seen by then.</param>
/// <param name="Exchanges">Exchanges of its members until now.</param>
/// <param name="Template">The shared frame, or null.</param>
/// <param name="Links">Strongest first.</param>
/// <param name="At">Event time of this state.</param>
public sealed record CampaignSummary(
    string Id,
    int Version,
    int AccountCount,
    double Risk,
    ImmutableArray<AbuseType> AbuseTypes,
    DateTimeOffset FirstDetectedAt,
    long ExchangesAtDetection,
    long Exchanges,
    string? Template,
    ImmutableArray<CampaignLink> Links,
    DateTimeOffset At);

/// <summary>One page of campaigns.</summary>
/// <param name="Campaigns">The campaigns.</param>
/// <param name="Next">Where the next page begins, or null on the last.</param>
public sealed record CampaignPage(ImmutableArray<CampaignSummary> Campaigns, CampaignCursor? Next);

/// <summary>A campaign with what was concluded of its members.</summary>
/// <param name="Campaign">Its newest state.</param>
/// <param name="Members">Riskiest first, at most <see cref="CampaignReader.MembersMax"/>.</param>
public sealed record CampaignDetail(Campaign Campaign, ImmutableArray<CampaignMember> Members);

/// <summary>A member and the latest that was concluded of it.</summary>
/// <param name="AccountId">The account.</param>
/// <param name="Level">Level of its latest verdict.</param>
/// <param name="Risk">Risk of its latest verdict, 0..1.</param>
public sealed record CampaignMember(string AccountId, VerdictLevel Level, double Risk);

/// <summary>The place in a list of campaigns after which a page begins. As text it can be handed out.</summary>
public readonly record struct CampaignCursor
{
    private const int TextMax = 1024;

    private CampaignCursor(CampaignOrder order, ulong position, string id)
    {
        Order = order;
        Position = position;
        Id = id;
    }

    /// <summary>The order of the list.</summary>
    public CampaignOrder Order { get; }

    /// <summary>Bits of what the list is ordered by: a risk, or milliseconds since 1970.</summary>
    internal ulong Position { get; }

    /// <summary>The last campaign of the page before.</summary>
    internal string Id { get; }

    /// <summary>Reads a cursor that was handed out; false for any other text.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out CampaignCursor cursor)
    {
        cursor = default;
        if (text is null || text.Length > TextMax || !TryDecode(text, out var plain))
        {
            return false;
        }

        var parts = plain.Split(':', 3);
        if (parts.Length != 3
            || !Enum.TryParse<CampaignOrder>(parts[0], out var order)
            || !Enum.IsDefined(order)
            || !ulong.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var position))
        {
            return false;
        }

        cursor = new CampaignCursor(order, position, parts[2]);
        return true;
    }

    /// <summary>The cursor as text of letters, digits, <c>-</c> and <c>_</c>.</summary>
    public override string ToString() => Convert.ToBase64String(
            Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Order}:{Position}:{Id}")))
        .TrimEnd('=').Replace('+', '-').Replace('/', '_');

    internal static CampaignCursor After(CampaignOrder order, CampaignSummary last) => new(
        order,
        order == CampaignOrder.Riskiest
            ? BitConverter.DoubleToUInt64Bits(last.Risk)
            : (ulong)last.FirstDetectedAt.ToUnixTimeMilliseconds(),
        last.Id);

    private static bool TryDecode(string text, out string plain)
    {
        var padded = text.Replace('-', '+').Replace('_', '/') + new string('=', (4 - (text.Length % 4)) % 4);
        var bytes = new byte[padded.Length];
        if (!Convert.TryFromBase64String(padded, bytes, out var length))
        {
            plain = string.Empty;
            return false;
        }

        plain = Encoding.UTF8.GetString(bytes, 0, length);
        return true;
    }
}
