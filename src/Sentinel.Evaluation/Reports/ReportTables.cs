using System.Globalization;
using Sentinel.Evaluation.Measures;

namespace Sentinel.Evaluation.Reports;

/// <summary>An evaluation as tables: the same for terminal, page and Markdown.</summary>
public static class ReportTables
{
    private const string Nothing = "-";

    /// <summary>All tables, most important first.</summary>
    public static IEnumerable<ReportTable> Of(EvaluationReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        yield return Traffic(report);
        if (report.Detectors.Count > 0)
        {
            yield return Accounts("Accounts", [.. report.Detectors.Select(static detector => detector.Together)]);
            yield return Groups([.. report.Detectors.Select(static detector => detector.Together)]);
            if (report.Folders.Count > 1)
            {
                for (var i = 0; i < report.Folders.Count; i++)
                {
                    yield return Accounts(
                        $"Accounts of {report.Folders[i].Name}",
                        [.. report.Detectors.Select(item => item.ByFolder[i])]);
                }
            }

            yield return Campaigns(report);
            foreach (var table in CampaignTables.Of(report))
            {
                yield return table;
            }

            if (report.Rulings.Count > 0)
            {
                yield return RulingTables.Successors(report);
            }

            yield return Classes(report);
            yield return Days(report);
            if (report.Calibration.Count > 0)
            {
                yield return CalibrationTables.ByDay(report);
            }

            yield return Content(report);
        }

        if (report.WindowsTogether is { } windows)
        {
            yield return WindowTables.ByShare(windows, report.Windows);
            yield return WindowTables.BySource(windows);
        }
    }

    private static ReportTable Traffic(EvaluationReport report) => new(
        "Traffic",
        ["folder", "exchanges", "accounts", "abusers", "campaigns"],
        [.. report.Folders.Select(static folder => (string[])
        [
            folder.Name, Number(folder.Exchanges), Number(folder.Accounts), Number(folder.Abusers),
            Number(folder.Campaigns),
        ])],
        null);

    private static ReportTable Accounts(string title, IReadOnlyList<DetectorMeasures> measures) => new(
        title,
        ["detector", "recall", "false positives", "recall at 0.1 %", "recall at 0.01 %", "exchanges until flagged",
            "source"],
        [.. measures.Select(static measure => (string[])
        [
            measure.Detector.Name,
            measure.Recall.Describe(),
            measure.FalsePositives.Describe(),
            Ranked(measure.Ranked[0]),
            Ranked(measure.Ranked[1]),
            measure.ExchangesMedian is { } median
                ? string.Create(CultureInfo.InvariantCulture, $"{median:0} (p90 {measure.ExchangesP90:0})")
                : Nothing,
            measure.Detector.Source,
        ])],
        "Shares with 95 % intervals (Wilson). Recall at a rate of false positives takes accounts by risk; with * there "
        + "are too few innocents for the rate, and no innocent at all is let through.");

    private static ReportTable Groups(IReadOnlyList<DetectorMeasures> measures) => new(
        "Campaigns as groups",
        ["detector", "campaigns found", "groups that are right", "pairwise F1", "volume at detection"],
        [.. measures.Select(static measure => (string[])
        [
            measure.Detector.Name,
            Counts(measure.CampaignRecall),
            Counts(measure.CampaignPrecision),
            measure.PairwiseF1.ToString("0.000", CultureInfo.InvariantCulture),
            Percent(measure.VolumeAtDetection),
        ])],
        "Found: half of a campaign's members in one reported group of which 95 % are its members. Right: 95 % of a "
        + "group are members of one campaign. Volume: share of the campaign's exchanges seen when it was reported or, "
        + "for detectors without a group of it, when half of its members were flagged; median of those detected.");

    private static ReportTable Campaigns(EvaluationReport report) => new(
        "Recall by campaign",
        ["campaign", "recipe", .. report.Detectors.Select(static detector => detector.Together.Detector.Name)],
        [.. report.Detectors[0].Together.Campaigns.Select((campaign, i) => (string[])
        [
            campaign.Name,
            campaign.Recipe ?? Nothing,
            .. report.Detectors.Select(detector => CampaignCell(detector.Together.Campaigns[i])),
        ])],
        "Members flagged, with the median exchanges until flagged; + where it was found as a group in every folder. Shares "
        + "with 95 % intervals (Wilson).");

    private static ReportTable Classes(EvaluationReport report) => new(
        "False positives by class of innocents",
        ["class", .. report.Detectors.Select(static detector => detector.Together.Detector.Name)],
        [.. report.Detectors[0].Together.Classes.Select((group, i) => (string[])
        [
            $"{group.Name} ({Number(group.FalsePositives.Of)})",
            .. report.Detectors.Select(detector => detector.Together.Classes[i].FalsePositives.Describe()),
        ])],
        null);

    private static ReportTable Days(EvaluationReport report) => new(
        "False positives by day",
        ["day", .. report.Detectors.Select(static detector => string.Create(
            CultureInfo.InvariantCulture,
            $"{detector.Together.Detector.Name} (≤ {Share.Percent(detector.Together.Detector.PromisedRate)} %)"))],
        [.. report.Detectors[0].Together.Days.Select((day, i) => (string[])
        [
            Number(day.Day),
            .. report.Detectors.Select(detector => Counts(detector.Together.Days[i].FalsePositives)),
        ])],
        "Innocents flagged by the end of a day, of those seen by then, and the rate promised.");

    private static ReportTable Content(EvaluationReport report) => new(
        "Content by recipe and class",
        [
            "recipe or class", "accounts flagged", "exchanges", "median score",
            .. ContentTally.PValues.Select(static most => $"p ≤ {Share.Percent(most)} %"), "median risk",
        ],
        [.. report.Content.Select(static content => (string[])
        [
            content.Name,
            Counts(content.Flagged),
            Number(content.Exchanges),
            content.ScoreMedian.ToString("0.000", CultureInfo.InvariantCulture),
            .. content.Below.Select(static share => Share.Percent(share.Value) + " %"),
            content.RiskMedian.ToString("0.000", CultureInfo.InvariantCulture),
        ])],
        "What this platform has to go by: the harvest score of all exchanges of those accounts, camouflage included, how "
        + "many of them its reference calls as unusual as that, and what it made of the accounts.");

    private static string CampaignCell(CampaignMeasure campaign) => campaign.Recall.Describe()
        + (campaign.ExchangesMedian is { } median
            ? string.Create(CultureInfo.InvariantCulture, $" after {median:0}")
            : "")
        + (campaign.Found.Of > 0 && campaign.Found.Hits == campaign.Found.Of ? " +" : "");

    private static string Ranked(RankedRecall ranked) =>
        Share.Percent(ranked.Recall.Value) + " %" + (ranked.IsResolved ? "" : " *");

    private static string Counts(Share share) => share.Of == 0
        ? Nothing
        : $"{Number(share.Hits)} of {Number(share.Of)}";

    private static string Percent(double? share) => share is { } value ? Share.Percent(value) + " %" : Nothing;

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
