using System.Globalization;
using Sentinel.Evaluation.Measures;
using Sentinel.Evaluation.Windows;

namespace Sentinel.Evaluation.Reports;

/// <summary>The window protocol as tables.</summary>
internal static class WindowTables
{
    private const string Nothing = "-";

    /// <summary>Detection by share of the attacker, all sources together.</summary>
    /// <param name="windows">All folders together.</param>
    /// <param name="folders">Folder by folder.</param>
    public static ReportTable ByShare(WindowReport windows, IReadOnlyList<WindowReport> folders) => new(
        $"Windows of {windows.Folder}: detection by share of the attacker",
        [
            "split by", "detector", "window", "promised", "false positives", "folder by folder",
            .. WindowProtocol.AttackShares.Select(static share => $"{Share.Percent(share)} %"),
        ],
        [.. windows.Measures.Select(measure => (string[])
        [
            measure.Split,
            measure.Detector,
            Number(measure.Length),
            $"{Share.Percent(measure.PromisedRate)} %",
            measure.FalsePositives.Describe(),
            string.Join(", ", folders.SelectMany(folder => folder.Measures)
                .Where(other => other.IsLike(measure))
                .Select(static other => Share.Percent(other.FalsePositives.Value))),
            .. WindowProtocol.AttackShares.Select(share => measure.At(share).Describe()),
        ])],
        "Protocol of arXiv 2606.05725, all sources together that have exchanges enough for the share. Thresholds are "
        + "learned from benign windows: split by exchanges, of the same accounts as those judged; split by accounts, of "
        + "others. Where the realised rate is far above the promised one, detection says nothing. Windows of a folder are "
        + "drawn from the same exchanges: the intervals are of windows, and how other traffic differs shows from folder "
        + "to folder."
        + (windows.LeftOut.Count == 0 ? "" : $" Too few exchanges for windows: {string.Join(", ", windows.LeftOut)}."));

    /// <summary>The same source by source, at the stricter rate.</summary>
    public static ReportTable BySource(WindowReport windows) => new(
        $"Windows of {windows.Folder}: by source, at {Share.Percent(WindowProtocol.Rates[0])} % promised",
        [
            "source", "split by", "detector", "window",
            .. WindowProtocol.AttackShares.Select(static share => $"{Share.Percent(share)} %"),
        ],
        [.. windows.Sources.SelectMany(source => windows.Measures
            .Where(static measure => measure.PromisedRate == WindowProtocol.Rates[0])
            .Select(measure => (string[])
            [
                source,
                measure.Split,
                measure.Detector,
                Number(measure.Length),
                .. WindowProtocol.AttackShares.Select(share => measure.Rows
                    .FirstOrDefault(row => row.Source == source && row.AttackShare == share) is { } row
                        ? Share.Percent(row.Detected.Value) + " %"
                        : Nothing),
            ]))],
        null);

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
