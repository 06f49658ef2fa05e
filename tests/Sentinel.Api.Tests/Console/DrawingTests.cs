using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Sentinel.Api.Console.Drawing;

namespace Sentinel.Api.Tests.Console;

/// <summary>What the charts draw: within their box, the same every time, and the same numbers in the table behind.</summary>
public sealed partial class DrawingTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 2, 10, 0, 0, TimeSpan.Zero);
    private static readonly ChartBox Box = new(600, 200);

    [Fact]
    public void Timeline_StacksGroupsAndNamesWhatHappened()
    {
        var drawing = TimelineChart.Draw(
            Box,
            TimeSpan.FromHours(1),
            [new(Start, "a", 3), new(Start, "b", 1), new(Start.AddHours(2), "a", 5)],
            [new TimeMark(Start.AddHours(1), "ban", "blocked"), new TimeMark(Start.AddDays(9), "ban", "far off")]);
        Assert.Equal(["a", "b"], drawing.Legend.Select(static entry => entry.Text));
        Assert.Equal([["2026-11-02 10:00", "3", "1"], ["2026-11-02 12:00", "5", "0"]], drawing.Table.Rows);
        var mark = Assert.Single(drawing.Marks);
        Assert.Equal(("ban", "blocked"), (mark.Style, mark.Text));
        Assert.Equal(Box.X(1 / 3.0), mark.X1, 3);
        Assert.All(drawing.Shapes, shape => AssertInside(shape.Path));
        // b stands on a: its lower edge is a's upper one.
        Assert.Equal(Heights(drawing.Shapes[0].Path)[0], Heights(drawing.Shapes[1].Path)[1], 1);
    }

    [Fact]
    public void Timeline_OfManyGroups_KeepsTheMostActiveAndAddsUpTheRest()
    {
        var counts = Enumerable.Range(0, 40).Select(i => new GroupStep(Start, $"g{i:00}", 100 - i)).ToArray();
        var drawing = TimelineChart.Draw(Box, TimeSpan.FromHours(1), counts, []);
        Assert.Equal(TimelineChart.GroupsMax, drawing.Shapes.Length);
        Assert.Equal("all others", drawing.Legend[^1].Text);
        var row = Assert.Single(drawing.Table.Rows);
        Assert.Equal(
            counts.Sum(static one => one.Count),
            row.Skip(1).Sum(static cell => long.Parse(cell, NumberStyles.AllowThousands, CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void Timeline_OfYearsInMinutes_IsBounded()
    {
        var drawing = TimelineChart.Draw(
            Box, TimeSpan.FromMinutes(1), [new(Start, "a", 1), new(Start.AddYears(3), "a", 1)], []);
        Assert.Equal(2, drawing.Table.Rows.Length);
        AssertInside(drawing.Shapes[0].Path);
    }

    [Fact]
    public void Charts_OfNothing_SaySo()
    {
        Assert.Empty(TimelineChart.Draw(Box, TimeSpan.FromHours(1), [], []).Shapes);
        Assert.Empty(EvidenceChart.Draw(Box, [], [], Start).Shapes);
        Assert.Empty(BarsByDay.Draw(Box, "t", [], isStacked: true, "N0").Shapes);
        Assert.Empty(AccountGraph.Draw([], []).Nodes);
    }

    [Fact]
    public void Evidence_IsAStaircaseWithItsThresholds()
    {
        var drawing = EvidenceChart.Draw(
            Box,
            [new(Start, 2, "none"), new(Start.AddHours(1), 10, "suspect")],
            [new EvidenceThreshold(4.6, "watch", "watch"), new EvidenceThreshold(9.2, "suspect", "suspect")],
            Start.AddHours(4));
        Assert.Contains("past the threshold “suspect”", drawing.Description, StringComparison.Ordinal);
        Assert.Equal(["watch 4.6", "suspect 9.2"], drawing.Marks.Select(static mark => mark.Text));
        var points = drawing.Shapes[1].Path.Split('M', 'L')[1..].Select(static point => point.Split(' ')).ToArray();
        for (var i = 1; i < points.Length; i++)
        {
            Assert.True(points[i][0] == points[i - 1][0] || points[i][1] == points[i - 1][1], "A slope.");
        }
    }

    [Fact]
    public void Bars_SideBySide_DoNotOverlap()
    {
        var day = new DateOnly(2026, 11, 2);
        var drawing = BarsByDay.Draw(
            Box, "t", [new(day, "promised", 0.01), new(day, "realised", 0.02)], isStacked: false, "0.0%");
        Assert.Equal([["2026-11-02", "1.0%", "2.0%"]], drawing.Table.Rows);
        var edges = drawing.Shapes.Select(static shape => Edges().Match(shape.Path))
            .Select(static match => (Left: Number(match, "left"), Right: Number(match, "right"))).ToArray();
        Assert.True(edges[0].Right <= edges[1].Left + 0.11);
    }

    [Theory]
    [InlineData(7)]
    [InlineData(5_000)]
    public void Graph_IsBoundedWholeAndTheSameEveryTime(int accounts)
    {
        var members = Enumerable.Range(0, accounts)
            .Select(static i => new GraphMember($"acct-{i}", "abusive", 0.9)).ToArray();
        var random = new Random(7);
        GraphKey[] keys =
        [
            new("template", "all", 9, [.. Enumerable.Range(0, accounts)]),
            .. Enumerable.Range(0, 300).Select(i => new GraphKey(
                i % 2 == 0 ? "payment" : "device", $"k{i}", 5,
                [.. Enumerable.Range(0, accounts).Where(_ => random.Next(accounts) < 12).DefaultIfEmpty(0)])),
        ];
        var drawing = AccountGraph.Draw(members, keys);
        Assert.InRange(drawing.Nodes.Length, 1, AccountGraph.NodesMax);
        Assert.Equal(accounts, drawing.Nodes.Where(static node => !node.IsKey).Sum(static node => node.Accounts));
        Assert.All(drawing.Nodes, node => Assert.True(node.X >= 0 && node.X <= drawing.Width && node.Y >= 0 && node.Y <= drawing.Height));
        Assert.All(drawing.Edges, edge => Assert.True(drawing.Nodes[edge.From].IsKey && !drawing.Nodes[edge.To].IsKey));
        Assert.Equal(drawing.Nodes, AccountGraph.Draw(members, keys).Nodes);
    }

    [Fact]
    public void Graph_OfKeysWithTheSameAccounts_ShowsOneKey()
    {
        GraphMember[] members = [new("a", "none", 0), new("b", "none", 0)];
        var drawing = AccountGraph.Draw(
            members, [new("template", "x", 1, [0, 1]), new("template", "y", 1, [0, 1]), new("device", "z", 1, [0])]);
        var key = Assert.Single(drawing.Nodes, static node => node.IsKey);
        Assert.Contains("x and 1 more", key.Label, StringComparison.Ordinal);
    }

    [Fact]
    public void Examples_MarkOnlyWhatAllHave()
    {
        var found = ExampleMatch.Compare(["Rate the answer of A now", "please rate the answer of B", "Rate the answer of C"]);
        Assert.All(found, static parts => Assert.Equal(
            "rate the answer of", Assert.Single(parts, static part => part.IsShared).Text, ignoreCase: true));
        Assert.DoesNotContain(ExampleMatch.Compare(["one two three four"])[0], static part => part.IsShared);
        ImmutableArray<ExamplePart> none = ExampleMatch.Compare([""])[0];
        Assert.Empty(none);
    }

    private static void AssertInside(string path)
    {
        foreach (Match match in Edges().Matches(path))
        {
            Assert.True(Number(match, "left") >= Box.Left - 0.1 && Number(match, "right") <= Box.Right + 0.1, path);
            Assert.True(Number(match, "top") >= Box.Top - 0.1 && Number(match, "bottom") <= Box.Bottom + 0.1, path);
        }
    }

    private static double[] Heights(string path)
    {
        var match = Edges().Match(path);
        return [Number(match, "top"), Number(match, "bottom")];
    }

    private static double Number(Match match, string group) =>
        double.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"M(?<left>[\d.]+) (?<top>[\d.]+)H(?<right>[\d.]+)V(?<bottom>[\d.]+)H")]
    private static partial Regex Edges();
}
