using System.Collections.Immutable;
using System.Text.Json;
using Sentinel.Detection.Campaigns;

namespace Sentinel.Hosting.Commands;

/// <summary>Who the simulated accounts really are, and how what was found compares with it.</summary>
internal sealed class DemoTruth
{
    private readonly Dictionary<string, string?> _campaignOf = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _abuseOf = new(StringComparer.Ordinal);

    private DemoTruth()
    {
    }

    /// <summary>Accounts in all.</summary>
    public int AccountCount => _campaignOf.Count;

    /// <summary>Accounts that harvest.</summary>
    public int MaliciousCount => _campaignOf.Count(static item => item.Value is not null);

    /// <summary>Reads the simulator's truth: one JSON object a line.</summary>
    public static DemoTruth Read(string path)
    {
        var truth = new DemoTruth();
        foreach (var line in File.ReadLines(path))
        {
            using var json = JsonDocument.Parse(line);
            var campaign = json.RootElement.GetProperty("campaign").GetString();
            truth._campaignOf[json.RootElement.GetProperty("account_id").GetString()!] = campaign;
            if (campaign is not null)
            {
                truth._abuseOf[campaign] = json.RootElement.GetProperty("abuse_type").GetString() ?? "";
            }
        }

        return truth;
    }

    /// <summary>Whether an account harvests.</summary>
    public bool IsMalicious(string account) => _campaignOf.GetValueOrDefault(account) is not null;

    /// <summary>Every campaign that was played, and what became of it.</summary>
    public ImmutableArray<PlayedCampaign> Compare(ImmutableArray<Campaign> found, IReadOnlySet<string> flagged) =>
    [
        .. _campaignOf
            .Where(static item => item.Value is not null)
            .GroupBy(static item => item.Value!, static item => item.Key, StringComparer.Ordinal)
            .OrderBy(static group => group.Key, StringComparer.Ordinal)
            .Select(group => Match(group.Key, group.ToHashSet(StringComparer.Ordinal), found, flagged)),
    ];

    // The campaign found that holds most of it stands for it.
    private PlayedCampaign Match(
        string name, HashSet<string> members, ImmutableArray<Campaign> found, IReadOnlySet<string> flagged)
    {
        var best = found
            .Select(campaign => (Campaign: campaign, Shared: campaign.Accounts.Count(members.Contains)))
            .Where(static item => item.Shared > 0)
            .OrderByDescending(static item => item.Shared)
            .ThenBy(static item => item.Campaign.Id, StringComparer.Ordinal)
            .FirstOrDefault();
        var precision = best.Campaign is null
            ? 0
            : best.Campaign.Accounts.Count(IsMalicious) / (double)best.Campaign.Accounts.Length;
        return new PlayedCampaign(
            name,
            _abuseOf[name],
            members.Count,
            members.Count(flagged.Contains),
            best.Campaign?.Id,
            best.Shared / (double)members.Count,
            precision);
    }
}

/// <summary>A campaign that was played, and what became of it.</summary>
/// <param name="Name">Its name in the recipe.</param>
/// <param name="AbuseType">What it does.</param>
/// <param name="Accounts">Accounts that harvest for it.</param>
/// <param name="Flagged">How many of them are flagged.</param>
/// <param name="FoundAs">The campaign found that holds most of it, or null.</param>
/// <param name="Share">Share of its accounts that are in that campaign.</param>
/// <param name="Precision">Share of that campaign's accounts that harvest.</param>
internal sealed record PlayedCampaign(
    string Name, string AbuseType, int Accounts, int Flagged, string? FoundAs, double Share, double Precision)
{
    private const double FoundShareMin = 0.5;
    private const double FoundPrecisionMin = 0.95;

    /// <summary>Found takes half of its accounts in one campaign of which 95 % are harvesters.</summary>
    public string Outcome => Share >= FoundShareMin && Precision >= FoundPrecisionMin ? "found"
        : FoundAs is not null ? "partly"
        : Flagged > 0 ? "accounts only"
        : "missed";
}
