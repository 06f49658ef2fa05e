using System.Globalization;
using Sentinel.Evaluation.Measures;
using Sentinel.Evaluation.Windows;

namespace Sentinel.Evaluation.Reports;

/// <summary>A chart of the page.</summary>
/// <param name="Title">Its heading.</param>
/// <param name="Svg">The drawing.</param>
/// <param name="Note">How to read it.</param>
internal sealed record ReportChart(string Title, string Svg, string Note);

/// <summary>What of an evaluation is drawn. Pure.</summary>
internal static class ReportCharts
{
    // The axis of rates begins at one in 100,000: below it no benchmark has innocents enough.
    private const double RateMin = 1e-5;
    private static readonly (double, string)[] PercentTicks =
        [(0, "0 %"), (0.25, "25 %"), (0.5, "50 %"), (0.75, "75 %"), (1, "100 %")];

    /// <summary>All charts.</summary>
    public static IEnumerable<ReportChart> Of(EvaluationReport report)
    {
        if (report.Detectors.Count > 0)
        {
            yield return Curve(report);
            yield return Days(report);
        }

        if (report.WindowsTogether is { } windows)
        {
            foreach (var split in windows.Measures.Select(static measure => measure.Split).Distinct())
            {
                yield return Windows(windows, split);
            }
        }
    }

    private static ReportChart Curve(EvaluationReport report)
    {
        double[] rates = [1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1];
        string[] names = ["0", "0.01 %", "0.1 %", "1 %", "10 %", "100 %"];
        var lines = report.Detectors.Select(static detector => new ChartLine(
            detector.Together.Detector.Name,
            [
                .. detector.Together.Curve.Select(static point => (RateAt(point.FalsePositiveRate), point.Recall)),
                (1, 1),
            ],
            IsStepped: true));
        return new ReportChart(
            "Recall against false positives",
            SvgChart.Lines(
                "Recall against false positives",
                new ChartAxis("innocent accounts at this risk or above", [.. rates.Zip(names, static (rate, name) =>
                    (RateAt(rate), name))]),
                "recall",
                PercentTicks,
                [.. lines],
                []),
            "Accounts taken by descending risk. The left edge is no innocent at all.");
    }

    private static ReportChart Days(EvaluationReport report)
    {
        var days = Math.Max(2, report.Detectors.Max(static detector => detector.Together.Days.Count));
        var top = Math.Max(0.001, report.Detectors.Max(static detector => Math.Max(
            detector.Together.Detector.PromisedRate,
            detector.Together.Days.Select(static day => day.FalsePositives.Value).DefaultIfEmpty(0).Max())));
        var lines = report.Detectors.Select(detector => new ChartLine(
            detector.Together.Detector.Name,
            [.. detector.Together.Days.Select(day =>
                ((day.Day - 1) / (double)(days - 1), day.FalsePositives.Value / top))],
            IsStepped: false));
        var every = Math.Max(1, days / 8);
        return new ReportChart(
            "False positives by day",
            SvgChart.Lines(
                "False positives by day",
                new ChartAxis("day", [.. Enumerable.Range(0, days).Where(day => day % every == 0).Select(day =>
                    (day / (double)(days - 1), (day + 1).ToString(CultureInfo.InvariantCulture)))]),
                "innocents flagged so far",
                [.. Enumerable.Range(0, 5).Select(i => (i / 4.0, Share.Percent(top * i / 4) + " %"))],
                [.. lines],
                [.. report.Detectors.Select(static detector => detector.Together.Detector)
                    .GroupBy(static detector => detector.PromisedRate)
                    .Select(group => (group.Key / top, group.Count() == 1
                        ? $"promised by {group.First().Name}"
                        : "promised by the others"))]),
            "Share of the innocents seen by the end of a day.");
    }

    private static ReportChart Windows(WindowReport windows, string split)
    {
        var shares = WindowProtocol.AttackShares;
        var lines = windows.Measures
            .Where(measure => measure.Split == split && measure.PromisedRate == WindowProtocol.Rates[0])
            .Select(measure => new ChartLine(
                string.Create(CultureInfo.InvariantCulture, $"{measure.Detector}, {measure.Length:N0}"),
                [
                    (0, measure.FalsePositives.Value),
                    .. shares.Select((share, i) => ((i + 1.0) / shares.Count, measure.At(share).Value)),
                ],
                IsStepped: false));
        return new ReportChart(
            $"Windows of {windows.Folder}, split by {split}",
            SvgChart.Lines(
                "Detection of windows by share of the attacker",
                new ChartAxis("share of the window that is the attacker's", [
                    (0, "0 %"),
                    .. shares.Select((share, i) => ((i + 1.0) / shares.Count, $"{share * 100:0} %")),
                ]),
                "windows above the threshold",
                PercentTicks,
                [.. lines],
                []),
            $"At {Share.Percent(WindowProtocol.Rates[0])} % promised false positives; at 0 % what was realised. All "
            + "sources together.");
    }

    private static double RateAt(double rate) =>
        Math.Log(Math.Max(RateMin, rate) / RateMin) / Math.Log(1 / RateMin);
}
