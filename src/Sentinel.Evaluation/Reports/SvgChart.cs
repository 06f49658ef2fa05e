using System.Globalization;
using System.Text;

namespace Sentinel.Evaluation.Reports;

/// <summary>How a chart's x axis is spaced and labelled.</summary>
/// <param name="Label">What it shows.</param>
/// <param name="Ticks">Labelled places, 0..1 from left to right.</param>
internal sealed record ChartAxis(string Label, IReadOnlyList<(double At, string Text)> Ticks);

/// <summary>A line of a chart; points 0..1 in both directions.</summary>
/// <param name="Name">Name in the legend.</param>
/// <param name="Points">Points from left to right.</param>
/// <param name="IsStepped">Whether it stays level until the next point.</param>
internal sealed record ChartLine(string Name, IReadOnlyList<(double X, double Y)> Points, bool IsStepped);

/// <summary>A line chart as inline SVG. Colours and fonts are the page's (classes l0 to l9). Pure.</summary>
internal static class SvgChart
{
    private const int Width = 760;
    private const int Height = 340;
    private const int Left = 84;
    private const int Right = 190;
    private const int Top = 14;
    private const int Bottom = 48;
    private const int LegendPitch = 20;
    private const int Colours = 10;

    private static double PlotWidth => Width - Left - Right;

    private static double PlotHeight => Height - Top - Bottom;

    /// <summary>Draws it, the first line on top.</summary>
    /// <param name="title">What it shows, for those who cannot see it.</param>
    /// <param name="x">The x axis.</param>
    /// <param name="yLabel">What the y axis shows.</param>
    /// <param name="yTicks">Labelled places of it, 0..1 from below.</param>
    /// <param name="lines">The lines.</param>
    /// <param name="levels">Dashed levels to hold the lines against.</param>
    public static string Lines(
        string title, ChartAxis x, string yLabel, IReadOnlyList<(double At, string Text)> yTicks,
        IReadOnlyList<ChartLine> lines, IReadOnlyList<(double At, string Text)> levels)
    {
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture,
            $"<svg viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{HtmlText.Escape(title)}\">");
        AppendAxes(svg, x, yLabel, yTicks);
        foreach (var (at, text) in levels)
        {
            var y = YOf(at);
            svg.Append(CultureInfo.InvariantCulture,
                $"<line class=\"level\" x1=\"{Left}\" x2=\"{Left + PlotWidth:0.#}\" y1=\"{y:0.#}\" y2=\"{y:0.#}\"/>");
        }

        for (var i = lines.Count - 1; i >= 0; i--)
        {
            AppendLine(svg, lines[i], i);
        }

        // Names of levels last, with the page's ground around their letters: no line lies on them.
        foreach (var (at, text) in levels)
        {
            svg.Append(CultureInfo.InvariantCulture,
                $"<text class=\"over\" x=\"{Left + 4}\" y=\"{YOf(at) - 4:0.#}\">{HtmlText.Escape(text)}</text>");
        }

        return svg.Append("</svg>").ToString();
    }

    private static void AppendAxes(
        StringBuilder svg, ChartAxis x, string yLabel, IReadOnlyList<(double At, string Text)> yTicks)
    {
        foreach (var (at, text) in yTicks)
        {
            var y = YOf(at);
            svg.Append(CultureInfo.InvariantCulture,
                $"<line class=\"grid\" x1=\"{Left}\" x2=\"{Left + PlotWidth:0.#}\" y1=\"{y:0.#}\" y2=\"{y:0.#}\"/>");
            svg.Append(CultureInfo.InvariantCulture,
                $"<text class=\"end\" x=\"{Left - 8}\" y=\"{y + 4:0.#}\">{HtmlText.Escape(text)}</text>");
        }

        foreach (var (at, text) in x.Ticks)
        {
            svg.Append(CultureInfo.InvariantCulture,
                $"<text class=\"mid\" x=\"{XOf(at):0.#}\" y=\"{Height - Bottom + 18}\">{HtmlText.Escape(text)}</text>");
        }

        svg.Append(CultureInfo.InvariantCulture,
            $"<text class=\"mid\" x=\"{XOf(0.5):0.#}\" y=\"{Height - 8}\">{HtmlText.Escape(x.Label)}</text>");
        svg.Append(CultureInfo.InvariantCulture,
            $"<text class=\"mid\" transform=\"translate(14 {YOf(0.5):0.#}) rotate(-90)\">");
        svg.Append(HtmlText.Escape(yLabel)).Append("</text>");
    }

    private static void AppendLine(StringBuilder svg, ChartLine line, int index)
    {
        var colour = index % Colours;
        svg.Append(CultureInfo.InvariantCulture, $"<g class=\"l{colour}\"><title>{HtmlText.Escape(line.Name)}</title>");
        svg.Append("<polyline points=\"");
        for (var i = 0; i < line.Points.Count; i++)
        {
            var (x1, y1) = (XOf(line.Points[i].X), YOf(line.Points[i].Y));
            if (line.IsStepped && i > 0)
            {
                svg.Append(CultureInfo.InvariantCulture, $"{x1:0.#},{YOf(line.Points[i - 1].Y):0.#} ");
            }

            svg.Append(CultureInfo.InvariantCulture, $"{x1:0.#},{y1:0.#} ");
        }

        var y = Top + 10 + (LegendPitch * index);
        var x = Width - Right + 16;
        svg.Append(CultureInfo.InvariantCulture, $"\"/><line x1=\"{x}\" x2=\"{x + 20}\" y1=\"{y}\" y2=\"{y}\"/>");
        svg.Append(CultureInfo.InvariantCulture,
            $"<text x=\"{x + 28}\" y=\"{y + 4}\">{HtmlText.Escape(line.Name)}</text></g>");
    }

    private static double XOf(double at) => Left + (PlotWidth * Math.Clamp(at, 0, 1));

    private static double YOf(double at) => Top + (PlotHeight * (1 - Math.Clamp(at, 0, 1)));
}
