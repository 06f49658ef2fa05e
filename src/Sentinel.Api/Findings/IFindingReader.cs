using System.Collections.Immutable;
using Sentinel.Detection.Campaigns;
using Sentinel.Detection.Links;
using Sentinel.Detection.Verdicts;

namespace Sentinel.Api.Findings;

/// <summary>Reads what the machine found from the store. Thread-safe; sees everything acknowledged.</summary>
public interface IFindingReader
{
    /// <summary>An account, or null when no exchange of it was ever taken.</summary>
    ValueTask<AccountFindings?> FindAccountAsync(string accountId, CancellationToken cancel);

    /// <summary>A campaign as it stands (or stood, before another took it over), or null.</summary>
    ValueTask<Campaign?> FindCampaignAsync(string campaignId, CancellationToken cancel);

    /// <summary>Campaigns that stand, largest risk first, then in the order of their ids.</summary>
    /// <param name="limit">Most campaigns to return.</param>
    /// <param name="after">The cursor of the page before, or null for the first.</param>
    /// <param name="cancel">Stops the query.</param>
    /// <returns>The page, or null when the cursor is none.</returns>
    ValueTask<CampaignPage?> ListCampaignsAsync(int limit, string? after, CancellationToken cancel);
}

/// <summary>What is known of an account.</summary>
/// <param name="AccountId">The account.</param>
/// <param name="ExchangesSeen">Its exchanges until now.</param>
/// <param name="FirstSeenAt">Event time of the first.</param>
/// <param name="LastSeenAt">Event time of the last.</param>
/// <param name="Verdict">The current verdict, or null when there is none yet.</param>
/// <param name="Links">Keys that it used, in the order in which it first did; at most <see cref="LinksMax"/>.</param>
public sealed record AccountFindings(
    string AccountId,
    long ExchangesSeen,
    DateTimeOffset FirstSeenAt,
    DateTimeOffset LastSeenAt,
    Verdict? Verdict,
    ImmutableArray<Link> Links)
{
    /// <summary>Links returned of one account.</summary>
    public const int LinksMax = 1_000;
}

/// <summary>A page of campaigns.</summary>
/// <param name="Campaigns">The campaigns.</param>
/// <param name="Next">Cursor of the next page, or null when this is the last.</param>
public sealed record CampaignPage(ImmutableArray<Campaign> Campaigns, string? Next);
