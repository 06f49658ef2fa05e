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
    string Folder, IReadOnlyList<string> Sources, IReadOnlyList<string> LeftOut, IReadOnlyList<WindowMeasure> Measures);
