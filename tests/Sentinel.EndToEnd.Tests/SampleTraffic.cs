using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Sentinel.Inference.Models;
using Sentinel.Simulation;
using Sentinel.Simulation.Recipes;

namespace Sentinel.EndToEnd.Tests;

/// <summary>Traffic for tests: simulated, and single exchanges in which one thing matters.</summary>
internal static class SampleTraffic
{
    /// <summary>Lines of the demo's recipe with a share of its accounts.</summary>
    public static byte[] Simulated(double scale, ulong seed)
    {
        Assert.True(BuiltInRecipes.TryGet("demo", out var recipe));
        var simulator = TrafficSimulator.Create(recipe, seed, scale);
        using var traffic = new MemoryStream();
        using var truth = new MemoryStream();
        simulator.WriteTo(traffic, truth, progress: null, CancellationToken.None);
        return traffic.ToArray();
    }

    /// <summary>The lines of a text, without their ends.</summary>
    public static string[] LinesOf(byte[] traffic) =>
        Encoding.UTF8.GetString(traffic).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>An innocent exchange.</summary>
    /// <param name="number">Its event's number, and second of the day.</param>
    /// <param name="account">The account.</param>
    /// <param name="more">More properties of the request.</param>
    /// <param name="answer">More properties of the response.</param>
    public static string Line(int number, string account, string more = "", string answer = "") => string.Create(
        CultureInfo.InvariantCulture,
        $$$"""
        {"event_id":"e-{{{number}}}","occurred_at":"{{{At(number)}}}","account":{"id":"{{{account}}}"},
        "request":{"model":"m-1","messages":[{"role":"user","content":"A good name for a cat?"}]{{{more}}}},
        "response":{"status":200{{{answer}}}}}
        """).ReplaceLineEndings("");

    /// <summary>
    /// Exchanges in which an account presents reasoning references that were issued to others: abuse that no
    /// classifier has to recognise.
    /// </summary>
    public static string[] StolenReasoning(string thief, int first)
    {
        var lines = new List<string>();
        for (var i = 0; i < 4; i++)
        {
            lines.Add(Line(first + i, $"victim-{i}", answer: $",\"reasoning_ref_issued\":\"ref-{first}-{i}\""));
        }

        for (var i = 0; i < 4; i++)
        {
            lines.Add(Line(first + 10 + i, thief, more: $",\"reasoning_refs_presented\":[\"ref-{first}-{i}\"]"));
        }

        return [.. lines];
    }

    /// <summary>
    /// Exchanges of accounts that harvest with one prompt after another: what they ask raises them by itself. The prompts
    /// are those that lie beside the classifier.
    /// </summary>
    public static IEnumerable<string> Harvesting(int accounts)
    {
        var folder = ModelFolder.Find(null, AppContext.BaseDirectory)!;
        var prompts = File.ReadLines(Path.Combine(folder, ModelFolder.Tier1Name, "golden-prompts.jsonl"))
            .Select(static line => JsonNode.Parse(line)!)
            .Where(static prompt => prompt["id"]!.GetValue<string>().StartsWith("harvest.", StringComparison.Ordinal))
            .ToList();
        for (var round = 0; round < prompts.Count; round++)
        {
            for (var account = 0; account < accounts; account++)
            {
                var line = JsonNode.Parse(Line(1_000_000 + (round * accounts) + account, $"harvester-{account}"))!;
                line["request"]!["system"] = prompts[round]["system"]?.DeepClone();
                line["request"]!["messages"]![0]!["content"] = prompts[round]["user"]!.DeepClone();
                yield return line.ToJsonString();
            }
        }
    }

    /// <summary>
    /// Lines with harvesting among them, evenly from the first on, at the times of its neighbours.
    /// </summary>
    public static string[] Mix(string[] lines, string[] harvesting, int apart)
    {
        var mixed = new List<string>(lines.Length + harvesting.Length);
        foreach (var (i, line) in lines.Index())
        {
            mixed.Add(line);
            if (i % apart == 0 && i / apart < harvesting.Length)
            {
                var inserted = JsonNode.Parse(harvesting[i / apart])!;
                inserted["occurred_at"] = JsonNode.Parse(line)!["occurred_at"]!.DeepClone();
                mixed.Add(inserted.ToJsonString());
            }
        }

        return [.. mixed];
    }

    private static string At(int number) => new DateTimeOffset(2026, 11, 2, 0, 0, 0, TimeSpan.Zero)
        .AddSeconds(number).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
