using System.Collections.Immutable;

namespace Sentinel.Api.Console.Drawing;

/// <summary>A chart as shapes, and the same as a table for those who cannot see it. Coordinates are of its box.</summary>
/// <param name="Title">What it is.</param>
/// <param name="Description">What it shows, in a sentence.</param>
/// <param name="Box">Its box.</param>
/// <param name="Shapes">Areas, bars and lines, the lowest first.</param>
/// <param name="Across">Marks of the horizontal axis.</param>
/// <param name="Up">Marks of the vertical axis.</param>
/// <param name="Marks">Moments and thresholds that are named.</param>
/// <param name="Legend">What the shapes stand for.</param>
/// <param name="Table">The same as numbers.</param>
public sealed record ChartDrawing(
    string Title, string Description, ChartBox Box, ImmutableArray<ChartShape> Shapes, ImmutableArray<AxisTick> Across,
    ImmutableArray<AxisTick> Up, ImmutableArray<ChartMark> Marks, ImmutableArray<LegendEntry> Legend, ChartTable Table);

/// <summary>The box of a chart, with the room that is left for its axes.</summary>
/// <param name="Width">Width of all.</param>
/// <param name="Height">Height of all.</param>
public readonly record struct ChartBox(double Width, double Height)
{
    /// <summary>Left edge of what is drawn.</summary>
    public double Left { get; } = 44;

    /// <summary>Right edge of what is drawn.</summary>
    public double Right => Width - 10;

    /// <summary>Upper edge of what is drawn.</summary>
    public double Top { get; } = 16;

    /// <summary>Lower edge of what is drawn.</summary>
    public double Bottom => Height - 22;

    /// <summary>The place of a share of the width.</summary>
    public double X(double share) => Left + (Math.Clamp(share, 0, 1) * (Right - Left));

    /// <summary>The place of a share of the height, counted from below.</summary>
    public double Y(double share) => Bottom - (Math.Clamp(share, 0, 1) * (Bottom - Top));
}

/// <summary>A shape.</summary>
/// <param name="Path">Its outline as SVG has it.</param>
/// <param name="Style">Class that colours it.</param>
/// <param name="Pattern">Name of the hatching laid over it, or empty: colour alone tells nothing apart.</param>
/// <param name="Label">What it stands for.</param>
public sealed record ChartShape(string Path, string Style, string Pattern, string Label);

/// <summary>A mark of an axis.</summary>
/// <param name="At">Its place.</param>
/// <param name="Text">What it says.</param>
public readonly record struct AxisTick(double At, string Text);

/// <summary>A line with a name.</summary>
/// <param name="X1">From.</param>
/// <param name="Y1">From.</param>
/// <param name="X2">To.</param>
/// <param name="Y2">To.</param>
/// <param name="Style">Class that colours it.</param>
/// <param name="Text">Its name.</param>
public sealed record ChartMark(double X1, double Y1, double X2, double Y2, string Style, string Text);

/// <summary>What shapes of one look stand for.</summary>
/// <param name="Style">Class that colours them.</param>
/// <param name="Pattern">Name of the hatching, or empty.</param>
/// <param name="Text">What they stand for.</param>
public sealed record LegendEntry(string Style, string Pattern, string Text);

/// <summary>A chart as numbers.</summary>
/// <param name="Head">Names of the columns.</param>
/// <param name="Rows">Rows of as many cells.</param>
public sealed record ChartTable(ImmutableArray<string> Head, ImmutableArray<ImmutableArray<string>> Rows);
