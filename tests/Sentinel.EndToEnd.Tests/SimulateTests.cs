using System.IO.Compression;
using System.Text.Json;
using Sentinel.Hosting;

namespace Sentinel.EndToEnd.Tests;

public sealed class SimulateTests
{
    [Fact]
    public async Task Simulate_Recipe_WritesTrafficAndTruthThatBelongTogether()
    {
        using var scratch = new Scratch();
        await BuiltProgram.SucceedAsync(Simulate("r1", scratch["one"]));
        await BuiltProgram.SucceedAsync(Simulate("r1", scratch["two"]));
        var traffic = File.ReadAllBytes(Path.Combine(scratch["one"], "traffic.jsonl.gz"));
        Assert.Equal(traffic, File.ReadAllBytes(Path.Combine(scratch["two"], "traffic.jsonl.gz")));
        Assert.Equal(2, Directory.GetFiles(scratch["one"]).Length);

        using var lines = new StreamReader(new GZipStream(new MemoryStream(traffic), CompressionMode.Decompress));
        var seen = new HashSet<string>();
        while (await lines.ReadLineAsync() is { } line)
        {
            using var exchange = JsonDocument.Parse(line);
            seen.Add(exchange.RootElement.GetProperty("account").GetProperty("id").GetString()!);
        }

        var truth = File.ReadLines(Path.Combine(scratch["one"], "truth.jsonl"))
            .Select(line => JsonDocument.Parse(line).RootElement)
            .ToArray();
        Assert.Equal(seen.Order(), truth.Select(line => line.GetProperty("account_id").GetString()!).Order());
        var malicious = truth.Where(line => line.GetProperty("label").GetString() == "malicious").ToArray();
        Assert.NotEmpty(malicious);
        Assert.All(malicious, line => Assert.Equal("r1", line.GetProperty("recipe").GetString()));
    }

    [Fact]
    public async Task Simulate_MistakeInTheFile_NamesKeyAndLineAndWritesNothing()
    {
        using var scratch = new Scratch();
        Directory.CreateDirectory(scratch["in"]);
        var file = Path.Combine(scratch["in"], "own.json");
        await File.WriteAllTextAsync(file, "{\n\"name\": \"own\",\n\"innocents\": \"innocents\", \"days\": 0\n}");
        var ended = await BuiltProgram.RunAsync(Simulate(file, scratch["out"]));
        Assert.Equal(ExitCodes.Usage, ended.ExitCode);
        Assert.Contains("line 3: days: ", ended.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(scratch["out"]));

        ended = await BuiltProgram.RunAsync(Simulate("no-such-recipe", scratch["out"]));
        Assert.Equal(ExitCodes.Usage, ended.ExitCode);
        Assert.Contains("there is no such file", ended.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Simulate_List_TellsEveryRecipe()
    {
        var ended = await BuiltProgram.SucceedAsync(["simulate", "--list"]);
        foreach (var name in new[] { "all", "demo", "r1", "r9", "heavy-singles", "diluted-5" })
        {
            Assert.Contains($"recipe={name} ", ended.Output, StringComparison.Ordinal);
        }
    }

    private static string[] Simulate(string recipe, string folder) =>
        ["simulate", "--recipe", recipe, "--seed", "3", "--scale", "0.001", "--out", folder];
}
