using System.Collections.Immutable;
using System.Globalization;

namespace Sentinel.Api.Console.Drawing;

/// <summary>Exchanges of one group of accounts in one step of time.</summary>
/// <param name="At">Beginning of the step.</param>
/// <param name="Group">Which group.</param>
/// <param name="Count">How many.</param>
public readonly record struct GroupStep(DateTimeOffset At, string Group, long Count);

/// <summary>Something that happened: a model's release, a ruling.</summary>
/// <param name="At">When.</param>
/// <param name="Style"><c>release</c>, <c>found</c> or <c>ban</c>.</param>
/// <param name="Text">What.</param>
public sealed record TimeMark(DateTimeOffset At, string Style, string Text);

/// <summary>Draws activity over time, stacked by groups, with what happened meanwhile.</summary>
public static class TimelineChart
{
    /// <summary>Groups that are told apart; the least active of more become one.</summary>
    public const int GroupsMax = 7;

    private const int StepsMax = 400;
    private const string Others = "all others";
    private static readonly ImmutableArray<string> Patterns = ["", "p1", "p2", "p3", "", "p1", "p2", "p3"];

    /// <summary>The drawing.</summary>
    /// <param name="box">Its box.</param>
    /// <param name="step">Length of a step.</param>
    /// <param name="counts">Any order.</param>
    /// <param name="marks">What happened; those outside of the time that is shown are left out.</param>
    public static ChartDrawing Draw(
        ChartBox box, TimeSpan step, IReadOnlyList<GroupStep> counts, IReadOnlyList<TimeMark> marks)
    {
        const string Title = "Activity over time";
        if (counts.Count == 0 || step <= TimeSpan.Zero)
        {
            return new ChartDrawing(Title, "No exchanges.", box, [], [], [], [], [], new ChartTable([], []));
        }

        var from = counts.Min(static one => one.At);
        var steps = (int)Math.Min(StepsMax, ((counts.Max(static one => one.At) - from) / step) + 1);
        var groups = GroupsOf(counts);
        var stacked = Stack(counts, groups, from, step, steps);
        var sums = Enumerable.Range(0, steps).Select(i => stacked.Sum(row => row[i])).ToArray();
        var most = Scale.Nice(sums.Max());
        var to = from + (step * steps);
        return new ChartDrawing(
            Title,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{sums.Sum():N0} exchanges from {from:yyyy-MM-dd HH:mm} to {to:yyyy-MM-dd HH:mm} UTC; at most {sums.Max():N0} in {TextOf(step)}."),
            box,
            [.. groups.Select((group, i) => BarsOf(box, stacked, i, group, most))],
            Scale.Across(box, from, to),
            Scale.Up(box, most),
            [.. marks.Where(mark => mark.At >= from && mark.At <= to).Select(mark => MarkOf(box, mark, (mark.At - from) / (to - from)))],
            [.. groups.Select(static (group, i) => new LegendEntry($"s{i}", Patterns[i], group))],
            TableOf(groups, stacked, from, step));
    }

    private static ImmutableArray<string> GroupsOf(IReadOnlyList<GroupStep> counts)
    {
        var ranked = counts.GroupBy(static one => one.Group, StringComparer.Ordinal)
            .OrderByDescending(static group => group.Sum(static one => one.Count))
            .ThenBy(static group => group.Key, StringComparer.Ordinal)
            .Select(static group => group.Key)
            .ToArray();
        return ranked.Length <= GroupsMax ? [.. ranked] : [.. ranked.Take(GroupsMax - 1), Others];
    }

    private static long[][] Stack(
        IReadOnlyList<GroupStep> counts, ImmutableArray<string> groups, DateTimeOffset from, TimeSpan step, int steps)
    {
        var stacked = groups.Select(_ => new long[steps]).ToArray();
        foreach (var one in counts)
        {
            var group = groups.IndexOf(one.Group);
            var at = (int)Math.Min(steps - 1, (one.At - from) / step);
            stacked[group < 0 ? groups.Length - 1 : group][at] += one.Count;
        }

        return stacked;
    }

    private static ChartShape BarsOf(ChartBox box, long[][] stacked, int group, string name, double most)
    {
        var width = (box.Right - box.Left) / stacked[group].Length;
        var gap = width > 3 ? 0.8 : 0;
        var path = string.Concat(stacked[group].Select((count, i) =>
        {
            double below = stacked.Take(group).Sum(row => row[i]);
            var left = box.Left + (i * width);
            return count == 0
                ? ""
                : Scale.Rectangle(left, box.Y((below + count) / most), left + width - gap, box.Y(below / most));
        }));
        return new ChartShape(path, $"s{group}", Patterns[group], name);
    }

    private static ChartMark MarkOf(ChartBox box, TimeMark mark, double share) =>
        new(box.X(share), box.Top, box.X(share), box.Bottom, mark.Style, mark.Text);

    private static ChartTable TableOf(
        ImmutableArray<string> groups, long[][] stacked, DateTimeOffset from, TimeSpan step) => new(
        ["From (UTC)", .. groups],
        [
            .. Enumerable.Range(0, stacked[0].Length)
                .Where(i => stacked.Any(row => row[i] > 0))
                .Select(i => (ImmutableArray<string>)
                [
                    (from + (step * i)).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture),
                    .. stacked.Select(row => row[i].ToString("N0", CultureInfo.InvariantCulture)),
                ]),
        ]);

    private static string TextOf(TimeSpan step) => step.TotalDays >= 1
        ? $"{step.TotalDays:0.#} days"
        : step.TotalHours >= 1 ? $"{step.TotalHours:0.#} hours" : $"{step.TotalMinutes:0.#} minutes";
}
