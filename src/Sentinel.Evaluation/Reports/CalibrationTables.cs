using System.Globalization;
using Sentinel.Detection.Scoring;
using Sentinel.Evaluation.Measures;

namespace Sentinel.Evaluation.Reports;

/// <summary>Promised against realised shares of high scores as a table.</summary>
internal static class CalibrationTables
{
    private const string Nothing = "-";

    /// <summary>Day by day.</summary>
    public static ReportTable ByDay(EvaluationReport report) => new(
        "Calibration by day",
        [
            "day", "accounts",
            .. CalibrationCheck.AtMostOneIn.Select(static oneIn => $"1 in {oneIn} at most"),
            .. CalibrationCheck.AsBeforeOneIn.Select(static oneIn => $"1 in {oneIn} as before"),
        ],
        [.. report.Calibration.Select(static day => (string[])
        [
            day.Day.ToString(CultureInfo.InvariantCulture),
            day.Shares.Count == 0 ? Nothing : day.Shares[0].Accounts.ToString("N0", CultureInfo.InvariantCulture),
            .. CalibrationCheck.AtMostOneIn.Select(oneIn => Cell(day, CalibrationPromise.AtMost, oneIn)),
            .. CalibrationCheck.AsBeforeOneIn.Select(oneIn => Cell(day, CalibrationPromise.AsBefore, oneIn)),
        ])],
        Sum(report));

    private static string Cell(CalibrationMeasure day, CalibrationPromise promise, int oneIn)
    {
        foreach (var share in day.Shares)
        {
            if (share.Promise == promise && share.OneIn == oneIn)
            {
                return string.Create(
                    CultureInfo.InvariantCulture,
                    $"{Share.Percent(share.Promised)} → {Share.Percent(share.Realised)} % ({share.Ratio:0.00}){(share.Parts ? " !" : "")}");
            }
        }

        return Nothing;
    }

    private static string Sum(EvaluationReport report)
    {
        var shares = report.Calibration.SelectMany(static day => day.Shares).ToList();
        var before = shares.Where(static share => share.Promise == CalibrationPromise.AsBefore).ToList();
        return "Of accounts that were never flagged, every account and day with the same weight: promised → realised share of exchanges "
            + "that score as high, and their ratio; ! is an alarm. The classifier's reference is made of the worst innocents and "
            + "promises at most; as before is what the seven days before had, and is to be met. "
            + string.Create(
                CultureInfo.InvariantCulture,
                $"Within a quarter of what was before: {before.Count(static share => share.IsKept)} of {before.Count}; alarms: ")
            + string.Create(CultureInfo.InvariantCulture, $"{shares.Count(static share => share.Parts)} of {shares.Count}.");
    }
}
