using System.Collections.Immutable;
using System.Globalization;

namespace Sentinel.Api.Console.Drawing;

/// <summary>A number of one kind on one day.</summary>
/// <param name="Day">The day, UTC.</param>
/// <param name="Series">Which kind.</param>
/// <param name="Value">How many.</param>
public readonly record struct DayValue(DateOnly Day, string Series, double Value);

/// <summary>Draws numbers by day: one above the other where they add up, side by side where they are compared.</summary>
public static class BarsByDay
{
    /// <summary>Kinds that are told apart; further ones are left out.</summary>
    public const int SeriesMax = 9;

    private const int DaysMax = 120;
    private static readonly ImmutableArray<string> Patterns = ["", "p1", "p2", "p3", "", "p1", "p2", "p3", ""];

    /// <summary>The drawing.</summary>
    /// <param name="box">Its box.</param>
    /// <param name="title">What it is.</param>
    /// <param name="values">Any order; the latest 120 days are drawn.</param>
    /// <param name="isStacked">Whether kinds add up.</param>
    /// <param name="unit">How numbers are written, such as <c>0.0%</c>.</param>
    public static ChartDrawing Draw(
        ChartBox box, string title, IReadOnlyList<DayValue> values, bool isStacked, string unit)
    {
        if (values.Count == 0)
        {
            return new ChartDrawing(title, "Nothing yet.", box, [], [], [], [], [], new ChartTable([], []));
        }

        var last = values.Max(static one => one.Day).DayNumber;
        var first = Math.Max(values.Min(static one => one.Day).DayNumber, last - DaysMax + 1);
        var series = values.Select(static one => one.Series).Distinct(StringComparer.Ordinal).Take(SeriesMax)
            .ToImmutableArray();
        var grid = GridOf(values, series, first, last - first + 1);
        var days = Enumerable.Range(0, last - first + 1);
        var most = days.Max(day => isStacked ? grid.Sum(row => row[day]) : grid.Max(row => row[day]));
        most = Scale.Nice(most);
        return new ChartDrawing(
            title,
            $"{series.Length} kinds over {last - first + 1} days, to {DateOnly.FromDayNumber(last):yyyy-MM-dd}.",
            box,
            [.. series.Select((name, i) => BarsOf(box, grid, i, name, most, isStacked))],
            DaysAcross(box, first, last),
            unit.Contains('%', StringComparison.Ordinal)
                ? [.. Scale.Up(box, most).Select((tick, i) => tick with { Text = (most * i / 4).ToString("0.##%", CultureInfo.InvariantCulture) })]
                : Scale.Up(box, most),
            [],
            [.. series.Select(static (name, i) => new LegendEntry($"s{i}", Patterns[i], name))],
            TableOf(series, grid, first, unit));
    }

    private static double[][] GridOf(
        IReadOnlyList<DayValue> values, ImmutableArray<string> series, int first, int days)
    {
        var grid = series.Select(_ => new double[days]).ToArray();
        foreach (var one in values)
        {
            var row = series.IndexOf(one.Series);
            if (row >= 0 && one.Day.DayNumber >= first)
            {
                grid[row][one.Day.DayNumber - first] += one.Value;
            }
        }

        return grid;
    }

    private static ChartShape BarsOf(
        ChartBox box, double[][] grid, int row, string name, double most, bool isStacked)
    {
        var slot = Math.Min(64, (box.Right - box.Left) / grid[row].Length);
        var inner = slot * 0.76;
        var width = isStacked ? inner : inner / grid.Length;
        var path = string.Concat(grid[row].Select((value, i) =>
        {
            var below = isStacked ? grid.Take(row).Sum(other => other[i]) : 0;
            var left = box.Left + (i * slot) + (slot * 0.12) + (isStacked ? 0 : row * width);
            return value <= 0
                ? ""
                : Scale.Rectangle(left, box.Y((below + value) / most), left + width, box.Y(below / most));
        }));
        return new ChartShape(path, $"s{row}", Patterns[row], name);
    }

    private static ImmutableArray<AxisTick> DaysAcross(ChartBox box, int first, int last)
    {
        const int TicksMax = 8;
        var slot = Math.Min(64, (box.Right - box.Left) / (last - first + 1));
        var every = (last - first + TicksMax) / TicksMax;
        return
        [
            .. Enumerable.Range(0, last - first + 1)
                .Where(day => day % every == 0)
                .Select(day => new AxisTick(
                    box.Left + ((day + 0.5) * slot),
                    DateOnly.FromDayNumber(first + day).ToString("d MMM", CultureInfo.InvariantCulture))),
        ];
    }

    private static ChartTable TableOf(ImmutableArray<string> series, double[][] grid, int first, string unit) => new(
        ["Day", .. series],
        [
            .. Enumerable.Range(0, grid[0].Length)
                .Where(day => grid.Any(row => row[day] > 0))
                .Select(day => (ImmutableArray<string>)
                [
                    DateOnly.FromDayNumber(first + day).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                    .. grid.Select(row => row[day].ToString(unit, CultureInfo.InvariantCulture)),
                ]),
        ]);
}
