using System.Collections.Immutable;
using System.Globalization;
using Sentinel.Detection.Campaigns;
using Sentinel.Detection.Evidence;
using Sentinel.Detection.Links;
using Sentinel.Detection.Policy;
using Sentinel.Detection.Verdicts;
using Sentinel.Hosting.Output;
using Sentinel.Hosting.Terminal;
using Sentinel.Streaming.Lanes;

namespace Sentinel.Hosting.Commands;

/// <summary>Tells people what a run found.</summary>
internal static class FindingReport
{
    private const int CampaignsMax = 20;
    private const int TemplateCharsMax = 72;
    private const int LinksMax = 3;

    /// <summary>Counts, then the campaigns.</summary>
    public static void Show(Screen screen, ReplaySummary summary, ImmutableArray<Campaign> campaigns)
    {
        var culture = CultureInfo.InvariantCulture;
        var counts = summary.Counts;
        screen.Line(string.Create(
            culture, $"exchanges  {summary.Exchanges:N0} ({counts.Duplicates:N0} duplicates left out)"));
        screen.Line(string.Create(culture, $"rejected   {counts.Rejected:N0}{ByReason(counts.RejectedByCode)}"));
        screen.Line(string.Create(culture, $"accounts   {summary.Accounts:N0}, {summary.Flagged:N0} flagged"));
        if (summary.Flagged > 0)
        {
            // By e-BH, with the threshold that every one of them passed as the weakest evidence.
            var policy = DetectionPolicy.Default;
            var rate = FalseDiscovery.Rate(summary.Flagged, summary.Accounts, policy.PromisedNats(policy.SuspectNats));
            screen.Line(string.Create(culture, $"promise    at most {rate:P2} of the flagged are innocent, on average over such runs"));
        }

        screen.Line(string.Create(culture, $"campaigns  {summary.Campaigns:N0}"));
        var (speed, seconds) = (SummaryObject.RateOf(summary), summary.Elapsed.TotalSeconds);
        screen.Line(string.Create(culture, $"speed      {speed:N0} exchanges a second, {seconds:N1} s"));
        ShowCampaigns(screen, campaigns);
    }

    /// <summary>The riskiest campaigns.</summary>
    public static void ShowCampaigns(Screen screen, ImmutableArray<Campaign> campaigns)
    {
        if (campaigns.IsEmpty)
        {
            return;
        }

        screen.Heading("Campaigns");
        screen.Table(
            ["id", "accounts", "risk", "types", "links", "template"],
            [.. campaigns
                .OrderByDescending(campaign => campaign.Risk)
                .ThenByDescending(campaign => campaign.Accounts.Length)
                .ThenBy(campaign => campaign.Id, StringComparer.Ordinal)
                .Take(CampaignsMax)
                .Select(RowOf)]);
        if (campaigns.Length > CampaignsMax)
        {
            screen.Line(string.Create(CultureInfo.InvariantCulture, $"  and {campaigns.Length - CampaignsMax} more"));
        }
    }

    private static string[] RowOf(Campaign campaign) =>
    [
        campaign.Id,
        campaign.Accounts.Length.ToString("N0", CultureInfo.InvariantCulture),
        campaign.Risk.ToString("0.000", CultureInfo.InvariantCulture),
        string.Join(", ", campaign.AbuseTypes.Take(2).Select(WireNames.Of)),
        string.Join(", ", campaign.Links.Take(LinksMax).Select(link => LinkKinds.Names[(int)link.Kind])),
        Shortened(campaign.Template),
    ];

    private static string Shortened(string? template) => template switch
    {
        null => "-",
        { Length: > TemplateCharsMax } => template[..TemplateCharsMax] + "…",
        _ => template,
    };

    private static string ByReason(ImmutableSortedDictionary<string, long> byCode)
    {
        var reasons = byCode.Select(static item =>
            string.Create(CultureInfo.InvariantCulture, $"{item.Key} {item.Value:N0}"));
        return byCode.IsEmpty ? "" : $" ({string.Join(", ", reasons)})";
    }
}
