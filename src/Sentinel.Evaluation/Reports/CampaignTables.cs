using System.Globalization;
using Sentinel.Evaluation.Measures;

namespace Sentinel.Evaluation.Reports;

/// <summary>Campaigns one by one as tables, for each detector that was measured.</summary>
internal static class CampaignTables
{
    private const string Nothing = "-";

    /// <summary>Precision and volume where the detector reports groups, and the exchanges it takes.</summary>
    public static IEnumerable<ReportTable> Of(EvaluationReport report)
    {
        foreach (var measures in report.Detectors.Select(static detector => detector.Together))
        {
            if (measures.CampaignPrecision.Of > 0)
            {
                yield return Groups(measures);
            }
        }

        // The platform's alone where it was measured: a baseline's are too many rows for what they say.
        yield return Curves(report.Detectors[0].Together);
    }

    private static ReportTable Groups(DetectorMeasures measures) => new(
        $"Campaigns one by one: {measures.Detector.Name}",
        ["campaign", "recall", "precision", "first flag after", "found as a group", "volume at detection"],
        [.. measures.Campaigns.Select(static campaign => (string[])
        [
            campaign.Name,
            campaign.Recall.Describe(),
            campaign.Precision.Describe(),
            campaign.ExchangesAtFirstFlag is { } exchanges
                ? exchanges.ToString("N0", CultureInfo.InvariantCulture)
                : Nothing,
            campaign.Found.Of == 0 ? Nothing : $"{campaign.Found.Hits} of {campaign.Found.Of}",
            campaign.VolumeAtDetection is { } volume ? Share.Percent(volume) + " %" : Nothing,
        ])],
        "Precision: its flagged members among all flagged accounts of the reported groups of which it has most. First "
        + "flag: after so many exchanges of all its members. Volume: share "
        + "of its exchanges seen when it was reported or, without a group of it, when half of its members were flagged; median "
        + "of the folders in which it was.");

    private static ReportTable Curves(DetectorMeasures measures) => new(
        $"Recall by exchanges of an account: {measures.Detector.Name}",
        [
            "campaign", "accounts",
            .. RecallCurve.Exchanges.Select(static count => count.ToString(CultureInfo.InvariantCulture)), "all",
            $"by risk at {Share.Percent(RecallCurve.Rate)} %",
        ],
        [.. measures.RecallCurves.Select(static curve => (string[])
        [
            curve.Name,
            curve.Flagged.Of.ToString("N0", CultureInfo.InvariantCulture),
            .. curve.Within.Select(static share => Share.Percent(share.Value) + " %"),
            curve.Flagged.Describe(),
            curve.ByRisk.Describe(),
        ])],
        "Flagged within so many exchanges, of abusers from their first abusive one on, of all accounts of the row, those included "
        + "that never made so many; then flagged at all, and above the risk that so few innocents exceed at the end.");
}
