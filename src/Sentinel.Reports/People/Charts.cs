using System.Collections.Immutable;
using Sentinel.Detection.Links;

namespace Sentinel.Reports.People;

/// <summary>The pictures of a campaign. Pure.</summary>
internal static class Charts
{
    private const int AccountsMax = 72;
    private const int KeysMax = 14;

    /// <summary>Exchanges by time, with the moment of detection.</summary>
    public static Drawing Timeline(ReportedCampaign campaign, double width, double height)
    {
        const double Left = 44;
        const double Bottom = 20;
        const double Top = 16;
        var steps = campaign.Timeline;
        var shapes = ImmutableArray.CreateBuilder<Shape>();
        var most = Math.Max(1, steps.IsEmpty ? 1 : steps.Max(static step => step.Exchanges));
        var top = most + (most % 2); // So that the line in the middle is of a whole number.
        var (plotWidth, plotHeight) = (width - Left, height - Top - Bottom);
        for (var line = 0; line <= 2; line++)
        {
            var y = Top + (plotHeight * line / 2);
            shapes.Add(new Shape.Stroke(Left, y, width, y, Ink.Line, 0.5));
            shapes.Add(Text(Left - 5, y + 3, ReportWords.Short(top * (2 - line) / 2), TextSide.End, Left - 6));
        }

        if (!steps.IsEmpty)
        {
            var first = steps[0].At;
            var step = StepOf(steps);
            var span = Math.Max(step, (steps[^1].At - first).TotalSeconds + step);
            var bar = Math.Max(0.6, (plotWidth * step / span) - 0.6);
            foreach (var item in steps)
            {
                var size = plotHeight * item.Exchanges / top;
                shapes.Add(new Shape.Bar(
                    XOf(item.At), Top + plotHeight - size, bar, size,
                    item.At.AddSeconds(step) <= campaign.FirstDetectedAt ? Ink.Light : Ink.Blue));
            }

            var detected = Math.Clamp(XOf(campaign.FirstDetectedAt), Left, width);
            shapes.Add(new Shape.Stroke(detected, Top - 6, detected, Top + plotHeight, Ink.Red, 1.2));
            var side = detected > Left + (plotWidth / 2) ? TextSide.End : TextSide.Start;
            shapes.Add(new Shape.Label(
                detected + (side == TextSide.End ? -4 : 4), Top - 6, "first reported", 7.5, Ink.Red, side, IsBold: true, 90));
            shapes.Add(Text(Left, height - 6, ReportWords.Time(first), TextSide.Start, 140));
            shapes.Add(Text(width, height - 6, ReportWords.Time(campaign.Scale.LastAt), TextSide.End, 140));

            double XOf(DateTimeOffset at) => Left + (plotWidth * (at - first).TotalSeconds / span);
        }

        return new Drawing(
            width, height,
            $"Exchanges by time, from {ReportWords.Time(campaign.Scale.FirstAt)} to {ReportWords.Time(campaign.Scale.LastAt)}; "
            + $"at most {ReportWords.Number(most)} a step. First reported at {ReportWords.Time(campaign.FirstDetectedAt)}.",
            shapes.DrainToImmutable());
    }

    /// <summary>What was harvested.</summary>
    public static Drawing Harvest(ReportedCampaign campaign, double width)
    {
        const double Row = 24;
        var rows = campaign.Harvested.Take(5).ToArray();
        var shapes = ImmutableArray.CreateBuilder<Shape>();
        var most = Math.Max(1, rows.Length == 0 ? 1 : rows.Max(static row => row.Exchanges));
        for (var i = 0; i < rows.Length; i++)
        {
            var y = i * Row;
            var size = Math.Max(1, (width - 90) * rows[i].Exchanges / most);
            shapes.Add(new Shape.Label(0, y + 9, ReportWords.Of(rows[i].Kind), 8, Ink.Text, TextSide.Start, IsBold: false, width - 90));
            shapes.Add(new Shape.Bar(0, y + 12, size, 7, i == 0 ? Ink.Blue : Ink.Light));
            shapes.Add(new Shape.Label(
                width, y + 18, ReportWords.Short(rows[i].Exchanges) + " exchanges", 7.5, Ink.Grey, TextSide.End, IsBold: false, 86));
        }

        var told = string.Join("; ", rows.Select(static row =>
            $"{ReportWords.Of(row.Kind)}: {ReportWords.Number(row.Exchanges)} exchanges"));
        return new Drawing(
            width, Math.Max(Row, rows.Length * Row), "What was harvested. " + told, shapes.DrainToImmutable());
    }

    /// <summary>Accounts on a ring, tied by the keys within it.</summary>
    public static Drawing Graph(ReportedCampaign campaign, double width, double height)
    {
        var keys = campaign.Keys.Where(static key => !key.Accounts.IsEmpty).Take(KeysMax).ToArray();
        var accounts = AccountsOf(campaign, keys);
        var shapes = ImmutableArray.CreateBuilder<Shape>();
        var center = (X: width * 0.42, Y: height / 2);
        var outer = (height / 2) - 10;
        var places = new Dictionary<string, (double X, double Y)>(StringComparer.Ordinal);
        for (var i = 0; i < accounts.Length; i++)
        {
            places[accounts[i]] = OnRing(center, outer, i, accounts.Length);
        }

        for (var i = 0; i < keys.Length; i++)
        {
            var tied = keys[i].Accounts.Where(places.ContainsKey).ToArray();
            var place = OnRing(center, keys.Length == 1 ? 0 : outer * 0.45, i, keys.Length);
            foreach (var account in tied)
            {
                var to = places[account];
                shapes.Add(new Shape.Stroke(place.X, place.Y, to.X, to.Y, ColorOf(keys[i].Kind), 0.35));
            }
        }

        foreach (var (x, y) in accounts.Select(account => places[account]))
        {
            shapes.Add(new Shape.Dot(x, y, 2.4, Ink.Navy));
        }

        for (var i = 0; i < keys.Length; i++)
        {
            var place = OnRing(center, keys.Length == 1 ? 0 : outer * 0.45, i, keys.Length);
            shapes.Add(new Shape.Dot(place.X, place.Y, 5 + Math.Min(6, Math.Log2(1 + keys[i].Members)), ColorOf(keys[i].Kind)));
        }

        AddLegend(shapes, keys, width, height);
        return new Drawing(
            width, height,
            $"{accounts.Length} of {ReportWords.Number(campaign.Scale.Accounts)} accounts, and {keys.Length} keys that tie them: "
            + string.Join(", ", keys.Select(static key => ReportWords.Of(key.Kind)).Distinct()) + ".",
            shapes.DrainToImmutable());
    }

    private static void AddLegend(
        ImmutableArray<Shape>.Builder shapes, ReportedKey[] keys, double width, double height)
    {
        var left = (width * 0.42) + (height / 2) + 24;
        var y = 22.0;
        shapes.Add(new Shape.Dot(left, y - 3, 2.4, Ink.Navy));
        shapes.Add(Text(left + 14, y, "account", TextSide.Start, width - left - 14));
        foreach (var group in keys.GroupBy(static key => key.Kind).OrderBy(static group => group.Key))
        {
            y += 16;
            shapes.Add(new Shape.Dot(left, y - 3, 5, ColorOf(group.Key)));
            shapes.Add(Text(left + 14, y, $"{ReportWords.Of(group.Key)} ({group.Count()})", TextSide.Start, width - left - 14));
        }
    }

    // Accounts of one key lie side by side.
    private static string[] AccountsOf(ReportedCampaign campaign, ReportedKey[] keys)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var found = new List<string>();
        foreach (var account in keys.SelectMany(static key => key.Accounts)
            .Concat(campaign.Accounts.Select(static account => account.Id)))
        {
            if (found.Count < AccountsMax && seen.Add(account))
            {
                found.Add(account);
            }
        }

        return [.. found];
    }

    private static (double X, double Y) OnRing((double X, double Y) center, double radius, int index, int count)
    {
        var angle = (2 * Math.PI * index / Math.Max(1, count)) - (Math.PI / 2);
        return (center.X + (radius * Math.Cos(angle)), center.Y + (radius * Math.Sin(angle)));
    }

    private static string ColorOf(LinkKind kind) => kind switch
    {
        LinkKind.Payment => Ink.Red,
        LinkKind.Phone or LinkKind.EmailPattern => Ink.Amber,
        LinkKind.Template or LinkKind.Content => Ink.Blue,
        LinkKind.Device or LinkKind.Tls => "#4b7f52",
        LinkKind.Address => "#6b5b95",
        _ => Ink.Grey,
    };

    private static double StepOf(ImmutableArray<ReportedStep> steps)
    {
        var least = double.MaxValue;
        for (var i = 1; i < steps.Length; i++)
        {
            least = Math.Min(least, (steps[i].At - steps[i - 1].At).TotalSeconds);
        }

        return least is double.MaxValue or <= 0 ? 3600 : least;
    }

    private static Shape.Label Text(double x, double y, string text, TextSide side, double widthMax) =>
        new(x, y, text, 7.5, Ink.Grey, side, IsBold: false, widthMax);
}
