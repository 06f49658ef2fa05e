using Sentinel.Evaluation.Measures;

namespace Sentinel.Evaluation.Windows;

/// <summary>Windows with some share of one source's exchanges.</summary>
/// <param name="Source">The campaign.</param>
/// <param name="AttackShare">Share of the window that is its.</param>
/// <param name="Detected">Windows above the threshold.</param>
public sealed record WindowRow(string Source, double AttackShare, Share Detected);

/// <summary>One detector at one length of window and one promised rate.</summary>
/// <param name="Split">What kept benign windows apart: exchanges or accounts.</param>
/// <param name="Detector">The detector.</param>
/// <param name="Length">Exchanges of a window.</param>
/// <param name="PromisedRate">Share of benign windows that its threshold lets pass where it was learned.</param>
/// <param name="FalsePositives">Other benign windows above the threshold.</param>
/// <param name="Rows">Source by source and share by share.</param>
public sealed record WindowMeasure(
    string Split, string Detector, int Length, double PromisedRate, Share FalsePositives, IReadOnlyList<WindowRow> Rows)
{
    /// <summary>Whether another is of the same split, detector, length and rate.</summary>
    public bool IsLike(WindowMeasure other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return (Split, Detector, Length, PromisedRate)
            == (other.Split, other.Detector, other.Length, other.PromisedRate);
    }

    /// <summary>All sources together at one share.</summary>
    public Share At(double attackShare) => Rows.Where(row => row.AttackShare == attackShare)
        .Aggregate(new Share(0, 0), static (sum, row) => sum.Plus(row.Detected));
}

/// <summary>The window protocol over one folder.</summary>
/// <param name="Folder">Its name.</param>
/// <param name="Sources">The campaigns that gave windows.</param>
/// <param name="LeftOut">Campaigns with fewer exchanges than the smallest windows need.</param>
/// <param name="Measures">Split by split, detector by detector, length by length, rate by rate.</param>
public sealed record WindowReport(
    string Folder, IReadOnlyList<string> Sources, IReadOnlyList<string> LeftOut, IReadOnlyList<WindowMeasure> Measures)
{
    /// <summary>
    /// Reports of several folders as one: shares of the same split, detector, length, rate and source add up. Null of
    /// none.
    /// </summary>
    public static WindowReport? Pool(IReadOnlyList<WindowReport> reports)
    {
        ArgumentNullException.ThrowIfNull(reports);
        if (reports.Count == 0)
        {
            return null;
        }

        var sources = Names(reports.SelectMany(static report => report.Sources));
        return new WindowReport(
            string.Join(", ", reports.Select(static report => report.Folder)),
            sources,
            Names(reports.SelectMany(static report => report.LeftOut).Except(sources)),
            [.. reports.SelectMany(static report => report.Measures)
                .GroupBy(static measure => (measure.Split, measure.Detector, measure.Length, measure.PromisedRate))
                .Select(static measures => Pool([.. measures]))]);
    }

    private static WindowMeasure Pool(WindowMeasure[] measures) => measures[0] with
    {
        FalsePositives = Sum(measures.Select(static measure => measure.FalsePositives)),
        Rows =
        [
            .. measures.SelectMany(static measure => measure.Rows)
                .GroupBy(static row => (row.Source, row.AttackShare))
                .OrderBy(static rows => rows.Key.Source, StringComparer.Ordinal)
                .ThenBy(static rows => rows.Key.AttackShare)
                .Select(static rows => new WindowRow(
                    rows.Key.Source, rows.Key.AttackShare, Sum(rows.Select(static row => row.Detected)))),
        ],
    };

    private static Share Sum(IEnumerable<Share> shares) =>
        shares.Aggregate(new Share(0, 0), static (sum, share) => sum.Plus(share));

    private static string[] Names(IEnumerable<string> names) =>
        [.. names.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
}
