using System.Text.Json;
using Sentinel.Simulation;
using Sentinel.Simulation.Recipes;

namespace Sentinel.EndToEnd.Tests;

public sealed class EvaluateTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task Evaluate_SimulatedSeeds_CountsWhatReplayFlags()
    {
        var (first, second) = (Simulate("seed-1", 1), Simulate("seed-2", 2));
        await BuiltProgram.SucceedAsync([
            "evaluate", "--traffic", $"{first},{second}", "--detector", "sentinel,rate-limit,keywords",
            "--out", _scratch["report"], "--results", _scratch["results.md"],
        ]);
        using var json = await ReadReportAsync();
        var platform = json.RootElement.GetProperty("detectors")[0];
        var card = platform.GetProperty("together").GetProperty("detector");
        Assert.Equal("sentinel", card.GetProperty("name").GetString());
        var flagged = await FlaggedByReplayAsync(first) + await FlaggedByReplayAsync(second);
        Assert.True(flagged > 0);
        Assert.Equal(flagged, FlaggedOf(platform.GetProperty("together")));
        Assert.Equal(flagged, platform.GetProperty("by_folder").EnumerateArray().Sum(FlaggedOf));
        Assert.Contains("keywords", await File.ReadAllTextAsync(_scratch["results.md"]), StringComparison.Ordinal);
        var page = await File.ReadAllTextAsync(Path.Combine(_scratch["report"], "evaluation.html"));
        Assert.Contains("<svg", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nothing", "there is no folder")]
    [InlineData("no-traffic", "neither of traffic.jsonl and traffic.jsonl.gz")]
    [InlineData("no-truth", "has no truth.jsonl")]
    [InlineData("broken-truth", "truth.jsonl, line 1: it is not JSON")]
    [InlineData("broken-traffic", "traffic.jsonl, line 1: ")]
    [InlineData("unknown-account", "truth.jsonl does not know the account a")]
    public async Task Evaluate_BadFolder_ExitsTwoAndSaysWhy(string name, string expected)
    {
        const string Truth = """{"account_id":"b","label":"benign","class":"chat","campaign":null}""";
        var folder = _scratch[name];
        if (name != "nothing")
        {
            Directory.CreateDirectory(folder);
            var traffic = name == "broken-traffic" ? "nonsense" : SampleTraffic.Line(1, "a");
            Put(folder, "traffic.jsonl", traffic, isThere: name != "no-traffic");
            Put(folder, "truth.jsonl", name == "broken-truth" ? "nonsense" : Truth, isThere: name != "no-truth");
        }

        var ended = await BuiltProgram.RunAsync(["evaluate", "--traffic", folder]);
        Assert.Equal(2, ended.ExitCode);
        Assert.Contains(expected, ended.Error, StringComparison.Ordinal);
    }

    [FactIfFile("../shared/traffic/sample.jsonl.gz")]
    public async Task Evaluate_SampleTraffic_FindsItsCampaignsAndMeasuresWindows()
    {
        var shared = Path.Combine(BuiltProgram.Root, "../shared/traffic");
        Directory.CreateDirectory(_scratch["sample"]);
        File.Copy(Path.Combine(shared, "sample.jsonl.gz"), Path.Combine(_scratch["sample"], "traffic.jsonl.gz"));
        File.Copy(Path.Combine(shared, "sample.truth.jsonl"), Path.Combine(_scratch["sample"], "truth.jsonl"));
        await BuiltProgram.SucceedAsync(
            ["evaluate", "--traffic", _scratch["sample"], "--windows", "--out", _scratch["report"]]);
        using var json = await ReadReportAsync();
        var together = json.RootElement.GetProperty("detectors")[0].GetProperty("together");
        Assert.Equal(4, together.GetProperty("campaign_recall").GetProperty("hits").GetInt32());
        Assert.Equal(0, together.GetProperty("false_positives").GetProperty("hits").GetInt32());
        Assert.Equal(4, json.RootElement.GetProperty("windows")[0].GetProperty("sources").GetArrayLength());
    }

    private async Task<JsonDocument> ReadReportAsync() =>
        JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(_scratch["report"], "evaluation.json")));

    private static void Put(string folder, string name, string line, bool isThere)
    {
        if (isThere)
        {
            File.WriteAllText(Path.Combine(folder, name), line + "\n");
        }
    }

    private static int FlaggedOf(JsonElement measures) =>
        measures.GetProperty("recall").GetProperty("hits").GetInt32()
        + measures.GetProperty("false_positives").GetProperty("hits").GetInt32();

    private string Simulate(string name, ulong seed)
    {
        var folder = _scratch[name];
        Directory.CreateDirectory(folder);
        Assert.True(BuiltInRecipes.TryGet("demo", out var recipe));
        var simulator = TrafficSimulator.Create(recipe, seed, 0.15);
        using var traffic = File.Create(Path.Combine(folder, "traffic.jsonl"));
        using var truth = File.Create(Path.Combine(folder, "truth.jsonl"));
        simulator.WriteTo(traffic, truth, progress: null, CancellationToken.None);
        return folder;
    }

    private static async Task<int> FlaggedByReplayAsync(string folder)
    {
        var summary = Path.Combine(folder, "summary.json");
        await BuiltProgram.SucceedAsync(
            ["replay", "--input", Path.Combine(folder, "traffic.jsonl"), "--summary", summary]);
        using var json = JsonDocument.Parse(await File.ReadAllTextAsync(summary));
        return json.RootElement.GetProperty("flagged").GetInt32();
    }
}
