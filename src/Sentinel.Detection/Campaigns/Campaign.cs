using System.Collections.Immutable;
using Sentinel.Detection.Links;
using Sentinel.Detection.Verdicts;

namespace Sentinel.Detection.Campaigns;

/// <summary>One kind of link that ties a campaign's members.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Accounts">Members that share a key of it with another member.</param>
/// <param name="Strength">How surprising the sharing is, in nats.</param>
public sealed record CampaignLink(LinkKind Kind, int Accounts, double Strength);

/// <summary>A group of accounts judged as one. A new record replaces the old one as the campaign grows.</summary>
/// <param name="Id">Stable identity, such as <c>cmp-3</c>.</param>
/// <param name="Version">Counts up with every change.</param>
/// <param name="Accounts">Members, in ordinal order.</param>
/// <param name="Risk">0..1.</param>
/// <param name="AbuseTypes">Most likely first.</param>
/// <param name="FirstDetectedAt">Event time of the first report.</param>
/// <param name="ExchangesAtDetection">Exchanges of its members seen by then.</param>
/// <param name="Exchanges">Exchanges of its members until now.</param>
/// <param name="Template">The shared frame with its slots as ⟨…⟩, or null.</param>
/// <param name="Links">Strongest first.</param>
/// <param name="Reasons">Strongest first.</param>
/// <param name="PolicyVersion">Version of the policy.</param>
/// <param name="Offset">Offset after which this record holds.</param>
/// <param name="At">Event time of this record.</param>
/// <param name="MergedInto">The campaign that took this one over, or null while it stands.</param>
public sealed record Campaign(
    string Id,
    int Version,
    ImmutableArray<string> Accounts,
    double Risk,
    ImmutableArray<AbuseType> AbuseTypes,
    DateTimeOffset FirstDetectedAt,
    long ExchangesAtDetection,
    long Exchanges,
    string? Template,
    ImmutableArray<CampaignLink> Links,
    ImmutableArray<Reason> Reasons,
    int PolicyVersion,
    long Offset,
    DateTimeOffset At,
    string? MergedInto);
