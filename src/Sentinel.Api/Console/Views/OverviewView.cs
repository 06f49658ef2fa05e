using System.Collections.Immutable;
using Sentinel.Api.Console.Drawing;

namespace Sentinel.Api.Console.Views;

/// <summary>What the overview shows.</summary>
/// <param name="Counts">Figures with their names.</param>
/// <param name="Flagged">Accounts first flagged, by day and kind.</param>
/// <param name="Exchanges">Exchanges by day.</param>
/// <param name="Calibration">Promised against realised, by day.</param>
/// <param name="CalibrationAlarm">A sentence where the two part, or empty.</param>
/// <param name="Versions">What judges: names and versions.</param>
/// <param name="Health">Parts of the system and how they are.</param>
public sealed record OverviewView(
    ImmutableArray<FigureView> Counts, ChartDrawing Flagged, ChartDrawing Exchanges, ChartDrawing Calibration,
    string CalibrationAlarm, ImmutableArray<FigureView> Versions, ImmutableArray<HealthView> Health);

/// <summary>A figure.</summary>
/// <param name="Name">What it counts.</param>
/// <param name="Value">How many.</param>
/// <param name="Note">What more there is to say, or empty.</param>
public readonly record struct FigureView(string Name, string Value, string Note);

/// <summary>How a part of the system is.</summary>
/// <param name="Name">Which part.</param>
/// <param name="IsWell">Whether it is well.</param>
/// <param name="Text">In a sentence.</param>
public readonly record struct HealthView(string Name, bool IsWell, string Text);
