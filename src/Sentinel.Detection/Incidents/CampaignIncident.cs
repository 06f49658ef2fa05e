using System.Collections.Immutable;
using Sentinel.Detection.Campaigns;
using Sentinel.Detection.Links;
using Sentinel.Detection.Verdicts;

namespace Sentinel.Detection.Incidents;

/// <summary>
/// What the store holds of one campaign, counted and nothing concluded: what incident reports are made of. Addresses,
/// payment instruments and fingerprints are not in it, because the store has their 64-bit keys only.
/// </summary>
/// <param name="Campaign">Its newest state, with what the judge concluded.</param>
/// <param name="Scale">How much it did.</param>
/// <param name="Accounts">Its accounts, the riskiest first; at most <see cref="AccountsMax"/>.</param>
/// <param name="Keys">Keys that its accounts share, the most shared first; at most <see cref="KeysMax"/>.</param>
/// <param name="Timeline">Its exchanges by time, oldest first; at most <see cref="StepsMax"/> steps.</param>
/// <param name="Harvested">By content kind, most exchanges first; kinds without exchanges are left out.</param>
/// <param name="Answers">What gateways were answered about its accounts.</param>
/// <param name="Models">Classifier versions named by the verdicts on its accounts, in ordinal order.</param>
public sealed record CampaignIncident(
    Campaign Campaign,
    IncidentScale Scale,
    ImmutableArray<IncidentAccount> Accounts,
    ImmutableArray<IncidentKey> Keys,
    ImmutableArray<IncidentStep> Timeline,
    ImmutableArray<IncidentHarvest> Harvested,
    ImmutableArray<IncidentAnswer> Answers,
    ImmutableArray<string> Models)
{
    /// <summary>Accounts that are listed one by one.</summary>
    public const int AccountsMax = 50_000;

    /// <summary>Shared keys that are listed.</summary>
    public const int KeysMax = 500;

    /// <summary>Accounts that are named with a key.</summary>
    public const int KeyAccountsMax = 200;

    /// <summary>Steps of the timeline.</summary>
    public const int StepsMax = 400;
}

/// <summary>How much a campaign did. Rows of the log are counted.</summary>
/// <param name="Exchanges">Exchanges of its accounts that are kept.</param>
/// <param name="FirstAt">Event time of the first.</param>
/// <param name="LastAt">Event time of the last.</param>
/// <param name="InputTokens">Tokens in, where told.</param>
/// <param name="OutputTokens">Tokens out, where told.</param>
/// <param name="Models">Different models asked.</param>
/// <param name="Refused">Exchanges that were refused.</param>
public sealed record IncidentScale(
    long Exchanges, DateTimeOffset FirstAt, DateTimeOffset LastAt, long InputTokens, long OutputTokens, long Models,
    long Refused);

/// <summary>An account of a campaign.</summary>
/// <param name="Id">The account.</param>
/// <param name="Level">Level of its verdict.</param>
/// <param name="Risk">0..1.</param>
/// <param name="Action">What gateways are answered.</param>
/// <param name="FirstFlaggedAt">When it was first flagged, or null.</param>
/// <param name="Exchanges">Its exchanges.</param>
/// <param name="FirstAt">Event time of its first.</param>
/// <param name="LastAt">Event time of its last.</param>
/// <param name="OutputTokens">Tokens given to it.</param>
public sealed record IncidentAccount(
    string Id, VerdictLevel Level, double Risk, DecisionAction Action, DateTimeOffset? FirstFlaggedAt, long Exchanges,
    DateTimeOffset FirstAt, DateTimeOffset LastAt, long OutputTokens);

/// <summary>A key that several of a campaign's accounts use.</summary>
/// <param name="Kind">What kind of key.</param>
/// <param name="Key">The key (64-bit hash).</param>
/// <param name="Members">How many of the campaign's accounts use it.</param>
/// <param name="AllAccounts">How many accounts use it at all.</param>
/// <param name="FirstAt">Event time of its first use.</param>
/// <param name="LastAt">Event time of the latest first use by an account.</param>
/// <param name="Accounts">Members that use it, in ordinal order, at most <see cref="CampaignIncident.KeyAccountsMax"/>.</param>
public sealed record IncidentKey(
    LinkKind Kind, ulong Key, int Members, int AllAccounts, DateTimeOffset FirstAt, DateTimeOffset LastAt,
    ImmutableArray<string> Accounts);

/// <summary>A step of a campaign's timeline.</summary>
/// <param name="At">When the step begins.</param>
/// <param name="Exchanges">Exchanges in it.</param>
/// <param name="Accounts">Accounts active in it.</param>
/// <param name="OutputTokens">Tokens given in it.</param>
public sealed record IncidentStep(DateTimeOffset At, long Exchanges, long Accounts, long OutputTokens);

/// <summary>What was collected of one content kind.</summary>
/// <param name="Kind">The kind, as an abuse type.</param>
/// <param name="Exchanges">Exchanges whose content scored at least 0.5 for it.</param>
/// <param name="OutputTokens">Tokens given with them.</param>
public sealed record IncidentHarvest(AbuseType Kind, long Exchanges, long OutputTokens);

/// <summary>What gateways were answered, as far as it was logged.</summary>
/// <param name="Action">The answer.</param>
/// <param name="Answers">Estimated number: logged rows by the share that is logged.</param>
/// <param name="Accounts">Accounts that got it.</param>
/// <param name="FirstAt">First time.</param>
/// <param name="LastAt">Last time.</param>
public sealed record IncidentAnswer(
    DecisionAction Action, long Answers, long Accounts, DateTimeOffset FirstAt, DateTimeOffset LastAt);
