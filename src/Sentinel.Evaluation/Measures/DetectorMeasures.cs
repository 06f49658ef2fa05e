using Sentinel.Evaluation.Detectors;

namespace Sentinel.Evaluation.Measures;

/// <summary>Recall when accounts are taken by descending risk until so many innocents are among them.</summary>
/// <param name="Rate">Share of innocents allowed.</param>
/// <param name="Recall">Recall above the last risk that keeps to it.</param>
/// <param name="IsResolved">Whether there are innocents enough that the rate allows at least one.</param>
public sealed record RankedRecall(double Rate, Share Recall, bool IsResolved);

/// <summary>A point of the curve of recall against false positives.</summary>
/// <param name="FalsePositiveRate">Share of innocents at this risk or above.</param>
/// <param name="Recall">Share of abusers.</param>
public readonly record struct CurvePoint(double FalsePositiveRate, double Recall);

/// <summary>A campaign, or the abusers of a recipe without one, over all folders in which it was played.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Recipe">The recipe that it was played by, or null.</param>
/// <param name="Recall">Members flagged.</param>
/// <param name="Found">Folders in which it was found, of those in which it is a campaign.</param>
/// <param name="VolumeAtDetection">Median share of its volume at detection; null where it never was.</param>
/// <param name="ExchangesMedian">Median exchanges of its flagged members until flagged; null without any.</param>
public sealed record CampaignMeasure(
    string Name, string? Recipe, Share Recall, Share Found, double? VolumeAtDetection, double? ExchangesMedian)
{
    /// <summary>Its flagged members among all flagged accounts of its groups; of nothing where no group was reported.</summary>
    public Share Precision { get; init; }

    /// <summary>Exchanges of all its members when the first was flagged: median of folders; null where none was.</summary>
    public double? ExchangesAtFirstFlag { get; init; }
}

/// <summary>A class of innocents.</summary>
/// <param name="Name">Its name.</param>
/// <param name="FalsePositives">Accounts of it that were flagged.</param>
public sealed record ClassMeasure(string Name, Share FalsePositives);

/// <summary>How good a detector was over some folders of traffic.</summary>
/// <param name="Detector">The detector.</param>
/// <param name="Recall">Abusers flagged.</param>
/// <param name="FalsePositives">Innocents flagged.</param>
/// <param name="Ranked">Recall at given rates of false positives.</param>
/// <param name="CampaignRecall">Campaigns found.</param>
/// <param name="CampaignPrecision">Reported groups that are of one campaign.</param>
/// <param name="PairwiseF1">Of pairs of accounts in one group.</param>
/// <param name="ExchangesMedian">Exchanges of abusers until flagged: median; null where none was.</param>
/// <param name="ExchangesP90">The same: 90th percentile.</param>
/// <param name="VolumeAtDetection">Median share of the volume of detected campaigns; null where none was.</param>
/// <param name="Campaigns">Campaign by campaign.</param>
/// <param name="Classes">Class by class.</param>
/// <param name="Days">False positives by day.</param>
/// <param name="Curve">Recall against false positives.</param>
public sealed record DetectorMeasures(
    DetectorCard Detector,
    Share Recall,
    Share FalsePositives,
    IReadOnlyList<RankedRecall> Ranked,
    Share CampaignRecall,
    Share CampaignPrecision,
    double PairwiseF1,
    double? ExchangesMedian,
    double? ExchangesP90,
    double? VolumeAtDetection,
    IReadOnlyList<CampaignMeasure> Campaigns,
    IReadOnlyList<ClassMeasure> Classes,
    IReadOnlyList<DayOutcome> Days,
    IReadOnlyList<CurvePoint> Curve)
{
    /// <summary>The rates at which recall is told: 0.1 % and 0.01 %.</summary>
    public static IReadOnlyList<double> Rates { get; } = [0.001, 0.0001];

    /// <summary>How many exchanges it takes, campaign by campaign; the last of all innocents.</summary>
    public IReadOnlyList<RecallCurve> RecallCurves { get; init; } = [];

    /// <summary>Measures over folders together; of one folder, of it alone.</summary>
    public static DetectorMeasures Of(DetectorCard detector, IReadOnlyList<FolderOutcome> folders)
    {
        ArgumentNullException.ThrowIfNull(folders);
        var accounts = folders.SelectMany(static folder => folder.Accounts).ToList();
        var abusers = accounts.Where(static account => account.IsMalicious).ToList();
        var innocents = accounts.Where(static account => !account.IsMalicious).ToList();
        var campaigns = folders.SelectMany(static folder => folder.Campaigns).ToList();
        var ranking = Ranking.Of(accounts);
        var delays = Delays(abusers);
        var pairs = folders.Aggregate(new PairCounts(0, 0, 0), static (sum, folder) => new PairCounts(
            sum.Both + folder.Pairs.Both, sum.Reported + folder.Pairs.Reported, sum.True + folder.Pairs.True));
        return new DetectorMeasures(
            detector,
            Flagged(abusers),
            Flagged(innocents),
            [.. Rates.Select(ranking.RecallAt)],
            new Share(campaigns.Count(static campaign => campaign.IsFound), campaigns.Count),
            folders.Aggregate(new Share(0, 0), static (sum, folder) => sum.Plus(folder.Groups)),
            pairs.F1,
            Quantiles.Of(delays, 0.5),
            Quantiles.Of(delays, 0.9),
            Quantiles.Of(Volumes(campaigns), 0.5),
            [.. abusers.GroupBy(static account => account.Source, StringComparer.Ordinal)
                .OrderBy(static source => source.Key, StringComparer.Ordinal)
                .Select(source => MeasureCampaign(source.Key, [.. source], campaigns))],
            [.. innocents.GroupBy(static account => account.Class, StringComparer.Ordinal)
                .OrderBy(static group => group.Key, StringComparer.Ordinal)
                .Select(static group => new ClassMeasure(group.Key, Flagged([.. group])))],
            [.. folders.SelectMany(static folder => folder.Days)
                .GroupBy(static day => day.Day)
                .OrderBy(static day => day.Key)
                .Select(static day => new DayOutcome(day.Key, day.Aggregate(
                    new Share(0, 0), static (sum, item) => sum.Plus(item.FalsePositives))))],
            ranking.Curve)
        {
            RecallCurves = RecallCurve.OfAll(accounts),
        };
    }

    private static CampaignMeasure MeasureCampaign(
        string name, List<JudgedAccount> members, List<CampaignOutcome> campaigns)
    {
        var played = campaigns.Where(campaign => campaign.Name == name).ToList();
        return new CampaignMeasure(
            name,
            members[0].Recipe,
            Flagged(members),
            new Share(played.Count(static campaign => campaign.IsFound), played.Count),
            Quantiles.Of(Volumes(played), 0.5),
            Quantiles.Of(Delays(members), 0.5))
        {
            Precision = played.Aggregate(new Share(0, 0), static (sum, campaign) => sum.Plus(campaign.Precision)),
            ExchangesAtFirstFlag = Quantiles.Of(
                [
                    .. played.Where(static campaign => campaign.ExchangesAtFirstFlag is not null)
                        .Select(static campaign => (double)campaign.ExchangesAtFirstFlag!.Value),
                ],
                0.5),
        };
    }

    private static Share Flagged(List<JudgedAccount> accounts) =>
        new(accounts.Count(static account => account.IsFlagged), accounts.Count);

    private static double[] Delays(List<JudgedAccount> abusers) =>
    [
        .. abusers.Where(static account => account.IsFlagged)
            .Select(static account => (double)account.ExchangesUntilFlag),
    ];

    private static double[] Volumes(List<CampaignOutcome> campaigns) =>
    [
        .. campaigns.Where(static campaign => campaign.VolumeAtDetection is not null)
            .Select(static campaign => campaign.VolumeAtDetection!.Value),
    ];
}
