using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Sentinel.Api.Console.Drawing;

/// <summary>Numbers and times as marks of an axis, and outlines as SVG writes them.</summary>
internal static class Scale
{
    private static readonly ImmutableArray<string> Suffixes = ["", "k", "M", "G", "T"];

    private static readonly ImmutableArray<double> StepHours = [1, 3, 6, 12, 24, 48, 24 * 7, 24 * 14, 24 * 30, 24 * 90];

    /// <summary>The least of 1, 2, 2.5 and 5 times a power of ten that is not below a number.</summary>
    public static double Nice(double value)
    {
        if (!(value > 0) || double.IsInfinity(value))
        {
            return 1;
        }

        var power = Math.Pow(10, Math.Floor(Math.Log10(value)));
        var digit = value / power;
        return power * (digit <= 1 ? 1 : digit <= 2 ? 2 : digit <= 2.5 ? 2.5 : digit <= 5 ? 5 : 10);
    }

    /// <summary>Marks of a vertical axis from nothing to the most.</summary>
    public static ImmutableArray<AxisTick> Up(ChartBox box, double most)
    {
        const int Steps = 4;
        return
        [
            .. Enumerable.Range(0, Steps + 1)
                .Select(i => new AxisTick(box.Y((double)i / Steps), Short(most * i / Steps))),
        ];
    }

    /// <summary>Marks of a horizontal axis of time: whole hours or days, eight at most.</summary>
    public static ImmutableArray<AxisTick> Across(ChartBox box, DateTimeOffset from, DateTimeOffset to)
    {
        const int TicksMax = 8;
        var hours = (to - from).TotalHours;
        if (hours <= 0)
        {
            return [];
        }

        var last = StepHours[^1];
        var step = StepHours.FirstOrDefault(step => hours / step <= TicksMax, last * Math.Ceiling(hours / last / TicksMax));
        var ticks = ImmutableArray.CreateBuilder<AxisTick>();
        var first = Math.Ceiling(from.ToUnixTimeSeconds() / (step * 3_600)) * step * 3_600;
        for (var at = first; at <= to.ToUnixTimeSeconds() && ticks.Count <= TicksMax; at += step * 3_600)
        {
            var time = DateTimeOffset.FromUnixTimeSeconds((long)at);
            ticks.Add(new AxisTick(box.X((time - from) / (to - from)), Text(time, step < 24)));
        }

        return ticks.ToImmutable();
    }

    /// <summary>A number in at most four letters or so.</summary>
    public static string Short(double value)
    {
        var at = 0;
        while (Math.Abs(value) >= 1_000 && at < Suffixes.Length - 1)
        {
            (value, at) = (value / 1_000, at + 1);
        }

        return value.ToString(Math.Abs(value) >= 100 ? "0" : "0.##", CultureInfo.InvariantCulture) + Suffixes[at];
    }

    /// <summary>A number as SVG writes it: short, with a point.</summary>
    public static string Number(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);

    /// <summary>A rectangle as an outline.</summary>
    public static string Rectangle(double left, double top, double right, double bottom) => string.Create(
        CultureInfo.InvariantCulture, $"M{left:0.#} {top:0.#}H{right:0.#}V{bottom:0.#}H{left:0.#}Z");

    /// <summary>A line through points.</summary>
    public static string Line(IEnumerable<(double X, double Y)> points)
    {
        var path = new StringBuilder();
        foreach (var (x, y) in points)
        {
            path.Append(path.Length == 0 ? 'M' : 'L').Append(Number(x)).Append(' ').Append(Number(y));
        }

        return path.ToString();
    }

    private static string Text(DateTimeOffset time, bool withHour) =>
        time.ToString(withHour && time.Hour > 0 ? "HH:mm" : "d MMM", CultureInfo.InvariantCulture);
}
