using System.Text.Json;
using System.Text.RegularExpressions;

namespace Sentinel.Contract.Tests.Infrastructure;

/// <summary>The dashboards are dashboards, and show what there is.</summary>
public sealed partial class DashboardTests
{
    public static TheoryData<string> Files => [.. Paths()];

    [Fact]
    public void Dashboards_AreFour() => Assert.Equal(4, Files.Count);

    [Theory]
    [MemberData(nameof(Files))]
    public void Dashboard_ShowsOnlyWhatThereIs(string file)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(Repository.PathOf(file)));
        var samples = OwnInstruments.SampleNames();
        var panels = document.RootElement.GetProperty("panels").EnumerateArray().ToArray();
        Assert.NotEmpty(panels);
        foreach (var panel in panels)
        {
            var title = panel.GetProperty("title").GetString();
            var expressions = panel.GetProperty("targets").EnumerateArray()
                .Select(target => target.GetProperty("expr").GetString()!)
                .ToArray();
            Assert.NotEmpty(expressions);
            foreach (var expression in expressions)
            {
                Assert.All(
                    Names(expression), name => Assert.True(samples.Contains(name), $"{title}: there is no {name}."));
                Assert.True(AreBalanced(expression), $"{title}: {expression}");
            }

            Assert.Equal("${datasource}", panel.GetProperty("datasource").GetProperty("uid").GetString());
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Panels_StandBesideEachOther(string file)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(Repository.PathOf(file)));
        var taken = new HashSet<(int X, int Y)>();
        var ids = new HashSet<int>();
        foreach (var panel in document.RootElement.GetProperty("panels").EnumerateArray())
        {
            Assert.True(ids.Add(panel.GetProperty("id").GetInt32()));
            var place = panel.GetProperty("gridPos");
            int Of(string name) => place.GetProperty(name).GetInt32();
            Assert.True(Of("x") + Of("w") <= 24);
            for (var x = Of("x"); x < Of("x") + Of("w"); x++)
            {
                for (var y = Of("y"); y < Of("y") + Of("h"); y++)
                {
                    Assert.True(taken.Add((x, y)), $"{panel.GetProperty("title")} covers another panel.");
                }
            }
        }
    }

    [Fact]
    public void EveryInstrument_IsOnADashboard()
    {
        var shown = Paths()
            .SelectMany(file => Names(File.ReadAllText(Repository.PathOf(file))))
            .Select(Family)
            .ToHashSet(StringComparer.Ordinal);
        Assert.Empty(OwnInstruments.SampleNames().Select(Family).Distinct().Except(shown));
    }

    /// <summary>The program's own metrics in an expression.</summary>
    internal static IEnumerable<string> Names(string expression) =>
        Own().Matches(expression).Select(match => match.Value);

    private static IEnumerable<string> Paths() =>
        Repository.Files("infra/dashboards", "*.json").Select(file => Path.GetRelativePath(Repository.Root, file));

    private static string Family(string sample) => Suffix().Replace(sample, "");

    private static bool AreBalanced(string expression) =>
        "(){}[]".Chunk(2).All(pair => expression.Count(c => c == pair[0]) == expression.Count(c => c == pair[1]));

    [GeneratedRegex(@"\bllm_sentinel_[a-z_]+\b")]
    private static partial Regex Own();

    [GeneratedRegex("_(bucket|sum|count)$")]
    private static partial Regex Suffix();
}
