using System.ComponentModel;
using Sentinel.Api.Findings;
using Sentinel.Detection.Campaigns;
using Sentinel.Detection.Links;
using Sentinel.Detection.Verdicts;

namespace Sentinel.Api.Campaigns;

/// <summary>A group of accounts judged as one.</summary>
internal sealed record CampaignAnswer
{
    [Description("The campaign.")]
    public required string CampaignId { get; init; }

    [Description("How many accounts it has.")]
    public required int AccountCount { get; init; }

    [Description("Its accounts, in ordinal order. In a list only the first 20.")]
    public required IReadOnlyList<string> Accounts { get; init; }

    [Description("0 to 1.")]
    public required double Risk { get; init; }

    [Description("Most likely first.")]
    public required IReadOnlyList<string> AbuseTypes { get; init; }

    [Description("Event time of the first report.")]
    public required DateTimeOffset FirstDetectedAt { get; init; }

    [Description("Exchanges of its members taken by then.")]
    public required long ExchangesAtDetection { get; init; }

    [Description("Exchanges of its members taken until now.")]
    public required long Exchanges { get; init; }

    [Description("The shared frame with its slots as ⟨…⟩, or null.")]
    public required string? Template { get; init; }

    [Description("What ties the members, strongest first.")]
    public required IReadOnlyList<CampaignLinkAnswer> Links { get; init; }

    [Description("Strongest first.")]
    public required IReadOnlyList<ReasonAnswer> Reasons { get; init; }

    [Description("Counts up with every change.")]
    public required int Version { get; init; }

    [Description("Version of the policy.")]
    public required int PolicyVersion { get; init; }

    [Description("Event time of the last change.")]
    public required DateTimeOffset UpdatedAt { get; init; }

    [Description("The campaign that took this one over, or null while it stands.")]
    public required string? MergedInto { get; init; }

    public static CampaignAnswer From(Campaign campaign, int accountsMax) => new()
    {
        CampaignId = campaign.Id,
        AccountCount = campaign.Accounts.Length,
        Accounts = [.. campaign.Accounts.Take(accountsMax)],
        Risk = Math.Round(campaign.Risk, 6),
        AbuseTypes = [.. campaign.AbuseTypes.Select(WireNames.Of)],
        FirstDetectedAt = campaign.FirstDetectedAt,
        ExchangesAtDetection = campaign.ExchangesAtDetection,
        Exchanges = campaign.Exchanges,
        Template = campaign.Template,
        Links = [.. campaign.Links.Select(CampaignLinkAnswer.From)],
        Reasons = ReasonAnswer.From(campaign.Reasons),
        Version = campaign.Version,
        PolicyVersion = campaign.PolicyVersion,
        UpdatedAt = campaign.At,
        MergedInto = campaign.MergedInto,
    };
}

/// <summary>One kind of link that ties a campaign's members.</summary>
internal sealed record CampaignLinkAnswer
{
    [Description("payment, phone, email_pattern, device, tls, address, template, content, timing, "
        + "reasoning_reference, recirculation or successor.")]
    public required string Kind { get; init; }

    [Description("Members that share a key of it with another member.")]
    public required int Accounts { get; init; }

    [Description("How surprising the sharing is, in nats.")]
    public required double Strength { get; init; }

    public static CampaignLinkAnswer From(CampaignLink link) => new()
    {
        Kind = LinkKinds.Names[(int)link.Kind],
        Accounts = link.Accounts,
        Strength = Math.Round(link.Strength, 3),
    };
}

/// <summary>A page of campaigns.</summary>
internal sealed record CampaignListAnswer
{
    [Description("Campaigns that stand, largest risk first.")]
    public required IReadOnlyList<CampaignAnswer> Campaigns { get; init; }

    [Description("Give it as cursor to read on; null on the last page.")]
    public required string? NextCursor { get; init; }
}
