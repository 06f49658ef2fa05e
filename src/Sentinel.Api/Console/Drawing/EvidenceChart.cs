using System.Collections.Immutable;
using System.Globalization;

namespace Sentinel.Api.Console.Drawing;

/// <summary>Evidence as it stood from one time on.</summary>
/// <param name="At">From when.</param>
/// <param name="Nats">The natural logarithm of an e-value.</param>
/// <param name="Level">What was concluded.</param>
public readonly record struct EvidenceStep(DateTimeOffset At, double Nats, string Level);

/// <summary>A threshold of the policy.</summary>
/// <param name="Nats">Evidence that it asks for.</param>
/// <param name="Style">Class that colours it.</param>
/// <param name="Text">What it makes of an account.</param>
public sealed record EvidenceThreshold(double Nats, string Style, string Text);

/// <summary>Draws evidence over time, with the thresholds that it is held against.</summary>
public static class EvidenceChart
{
    private const int StepsMax = 1_000;

    /// <summary>The drawing.</summary>
    /// <param name="box">Its box.</param>
    /// <param name="steps">Oldest first; the latest 1,000 are drawn.</param>
    /// <param name="thresholds">The lines.</param>
    /// <param name="until">Until when the last step holds.</param>
    public static ChartDrawing Draw(
        ChartBox box, IReadOnlyList<EvidenceStep> steps, IReadOnlyList<EvidenceThreshold> thresholds,
        DateTimeOffset until)
    {
        const string Title = "Evidence over time";
        if (steps.Count == 0)
        {
            return new ChartDrawing(
                Title, "Nothing was ever concluded.", box, [], [], [], [], [], new ChartTable([], []));
        }

        var shown = steps.TakeLast(StepsMax).ToArray();
        var from = shown[0].At;
        var to = until > shown[^1].At ? until : shown[^1].At + TimeSpan.FromHours(1);
        var most = Scale.Nice(Math.Max(shown.Max(static step => step.Nats), thresholds.Max(static one => one.Nats) * 1.1));
        var points = PointsOf(box, shown, from, to, most);
        var area = Scale.Line(points) + string.Create(
            CultureInfo.InvariantCulture, $"V{box.Bottom:0.#}H{points[0].X:0.#}Z");
        return new ChartDrawing(
            Title,
            string.Create(
                CultureInfo.InvariantCulture,
                $"Evidence went from {shown[0].Nats:0.0} to {shown[^1].Nats:0.0} nats; {Crossed(shown[^1].Nats, thresholds)}."),
            box,
            [new ChartShape(area, "evidence-area", "", "evidence"), new ChartShape(Scale.Line(points), "evidence-line", "", "evidence")],
            Scale.Across(box, from, to),
            Scale.Up(box, most),
            [
                .. thresholds.Select(one => new ChartMark(
                    box.Left, box.Y(one.Nats / most), box.Right, box.Y(one.Nats / most), one.Style,
                    string.Create(CultureInfo.InvariantCulture, $"{one.Text} {one.Nats:0.0}"))),
            ],
            [new LegendEntry("evidence-line", "", "evidence, nats")],
            TableOf(shown));
    }

    // Evidence holds until it changes: a staircase, never a slope.
    private static List<(double X, double Y)> PointsOf(
        ChartBox box, EvidenceStep[] shown, DateTimeOffset from, DateTimeOffset to, double most)
    {
        var points = new List<(double X, double Y)>();
        var height = box.Y(Math.Max(0, shown[0].Nats) / most);
        foreach (var step in shown)
        {
            var x = box.X((step.At - from) / (to - from));
            points.Add((x, height));
            height = box.Y(Math.Max(0, step.Nats) / most);
            points.Add((x, height));
        }

        points.Add((box.Right, height));
        return points;
    }

    private static string Crossed(double nats, IReadOnlyList<EvidenceThreshold> thresholds) =>
        thresholds.Where(one => one.Nats <= nats).MaxBy(static one => one.Nats) is { } highest
            ? $"it is past the threshold “{highest.Text}”"
            : "it is below every threshold";

    private static ChartTable TableOf(EvidenceStep[] shown) => new(
        ["From (UTC)", "Evidence, nats", "Level"],
        [
            .. shown.Select(static step => (ImmutableArray<string>)
            [
                step.At.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
                step.Nats.ToString("0.00", CultureInfo.InvariantCulture),
                step.Level,
            ]),
        ]);
}
