using System.ComponentModel;
using Sentinel.Api.Findings;
using Sentinel.Detection.Campaigns;
using Sentinel.Detection.Links;
using Sentinel.Detection.Verdicts;
using Sentinel.Storage.Queries;

namespace Sentinel.Api.Campaigns;

/// <summary>A group of accounts judged as one.</summary>
internal sealed record CampaignAnswer
{
    [Description("The campaign.")]
    public required string CampaignId { get; init; }

    [Description("How many accounts it has.")]
    public required int AccountCount { get; init; }

    [Description("Its accounts, in ordinal order.")]
    public required IReadOnlyList<string> Accounts { get; init; }

    [Description("Its accounts with their verdicts, largest risk first; at most 50,000.")]
    public required IReadOnlyList<CampaignMemberAnswer> Members { get; init; }

    [Description("0 to 1.")]
    public required double Risk { get; init; }

    [Description("Most likely first.")]
    public required IReadOnlyList<string> AbuseTypes { get; init; }

    [Description("Event time of the first report.")]
    public required DateTimeOffset FirstDetectedAt { get; init; }

    [Description("Exchanges of its members taken by then.")]
    public required long ExchangesAtDetection { get; init; }

    [Description("Exchanges of its members taken until its last change.")]
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

    public static CampaignAnswer From(CampaignDetail detail)
    {
        var campaign = detail.Campaign;
        return new CampaignAnswer
        {
            CampaignId = campaign.Id,
            AccountCount = campaign.Accounts.Length,
            Accounts = campaign.Accounts,
            Members = [.. detail.Members.Select(CampaignMemberAnswer.From)],
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
}

/// <summary>A campaign in a list: all but its accounts and reasons.</summary>
internal sealed record CampaignListItem
{
    [Description("The campaign.")]
    public required string CampaignId { get; init; }

    [Description("How many accounts it has.")]
    public required int AccountCount { get; init; }

    [Description("0 to 1.")]
    public required double Risk { get; init; }

    [Description("Most likely first.")]
    public required IReadOnlyList<string> AbuseTypes { get; init; }

    [Description("Event time of the first report.")]
    public required DateTimeOffset FirstDetectedAt { get; init; }

    [Description("Exchanges of its members taken by then.")]
    public required long ExchangesAtDetection { get; init; }

    [Description("Exchanges of its members taken until its last change.")]
    public required long Exchanges { get; init; }

    [Description("The shared frame with its slots as ⟨…⟩, or null.")]
    public required string? Template { get; init; }

    [Description("What ties the members, strongest first.")]
    public required IReadOnlyList<CampaignLinkAnswer> Links { get; init; }

    [Description("Counts up with every change.")]
    public required int Version { get; init; }

    [Description("Event time of the last change.")]
    public required DateTimeOffset UpdatedAt { get; init; }

    public static CampaignListItem From(CampaignSummary campaign) => new()
    {
        CampaignId = campaign.Id,
        AccountCount = campaign.AccountCount,
        Risk = Math.Round(campaign.Risk, 6),
        AbuseTypes = [.. campaign.AbuseTypes.Select(WireNames.Of)],
        FirstDetectedAt = campaign.FirstDetectedAt,
        ExchangesAtDetection = campaign.ExchangesAtDetection,
        Exchanges = campaign.Exchanges,
        Template = campaign.Template,
        Links = [.. campaign.Links.Select(CampaignLinkAnswer.From)],
        Version = campaign.Version,
        UpdatedAt = campaign.At,
    };
}

/// <summary>An account of a campaign.</summary>
internal sealed record CampaignMemberAnswer
{
    [Description("The account.")]
    public required string AccountId { get; init; }

    [Description("Level of its verdict: none, watch, suspect or abusive.")]
    public required string Level { get; init; }

    [Description("0 to 1.")]
    public required double Risk { get; init; }

    public static CampaignMemberAnswer From(CampaignMember member) => new()
    {
        AccountId = member.AccountId,
        Level = WireNames.Of(member.Level),
        Risk = Math.Round(member.Risk, 6),
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
    public required IReadOnlyList<CampaignListItem> Campaigns { get; init; }

    [Description("Give it as cursor to read on; null on the last page.")]
    public required string? NextCursor { get; init; }
}
