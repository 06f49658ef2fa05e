namespace Sentinel.EndToEnd.Tests;

/// <summary>The verbs about models, and a serving program whose model is replaced.</summary>
public sealed class ModelsTests : IDisposable
{
    private const string Name = "content-tier1";

    private readonly Scratch _scratch = new();

    private (string Name, string Value) Models => ("LLMSENTINEL_MODELS_DIR", _scratch["models"]);

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task Models_WholeAndBroken_AreListedAndToldApart()
    {
        Copy(version: 1);
        Copy(version: 2);
        var whole = await BuiltProgram.SucceedAsync(["models", "verify"], Models);
        Assert.Contains($"{Name}/1  ok: hash, manifest and graph, ", whole.Output, StringComparison.Ordinal);
        Assert.Contains($"{Name}/2  ok: ", whole.Output, StringComparison.Ordinal);

        var golden = Path.Combine(FolderOf(2), "golden.jsonl");
        await File.WriteAllTextAsync(
            golden, (await File.ReadAllTextAsync(golden)).Replace("[0.", "[1.", StringComparison.Ordinal));
        var broken = await BuiltProgram.RunAsync(["models", "verify"], Models);
        Assert.Equal(1, broken.ExitCode);
        Assert.Contains($"{Name}/1  ok: ", broken.Output, StringComparison.Ordinal);
        Assert.Contains($"{Name}/2  DIFFERS: ", broken.Output, StringComparison.Ordinal);
        Assert.Contains("golden case", broken.Output, StringComparison.Ordinal);

        await File.AppendAllTextAsync(Path.Combine(FolderOf(1), "model.onnx"), "x");
        var cut = await BuiltProgram.RunAsync(["models", "verify", $"{Name}/1"], Models);
        Assert.Equal(1, cut.ExitCode);
        Assert.Contains("has SHA-256", cut.Output, StringComparison.Ordinal);
        Assert.DoesNotContain($"{Name}/2", cut.Output, StringComparison.Ordinal);

        var list = await BuiltProgram.SucceedAsync(["models", "list"], Models);
        Assert.Contains($"model={Name}/1  tier=1  in_use=no", list.Output, StringComparison.Ordinal);
        Assert.Contains($"model={Name}/2  tier=1  in_use=yes", list.Output, StringComparison.Ordinal);
        Assert.Contains("reasoning_extraction", list.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Models_Provider_IsToldOrRefused()
    {
        Copy(version: 1);
        var asked = await BuiltProgram.SucceedAsync(["version"], Models, ("LLMSENTINEL_Inference__Provider", "cpu"));
        Assert.Contains("provider cpu: asked for", asked.Output, StringComparison.Ordinal);
        var wrong = await BuiltProgram.RunAsync(["version"], Models, ("LLMSENTINEL_Inference__Provider", "gpu"));
        Assert.Equal(2, wrong.ExitCode);
        Assert.Contains("Inference:Provider: 'gpu' is none of auto, cuda or cpu", wrong.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Models_Bench_ShowsAllSteps()
    {
        Copy(version: 1);
        var ended = await BuiltProgram.SucceedAsync(["models", "bench", "--seconds", "1"], Models);
        foreach (var step in new[] { "step=read ", "step=score ", "step=read and score " })
        {
            Assert.Contains(step, ended.Output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Serve_HangUp_PutsTheNewestModelInForce()
    {
        Copy(version: 1);
        await using var served = await ServedProgram.StartAsync(
            ["serve", "--urls", "http://127.0.0.1:0", "--data", _scratch["data"]], Models);
        await served.UntilReadyAsync();
        Assert.Contains($"Model {Name}/1 (sha256 ", served.Program.Error, StringComparison.Ordinal);
        Assert.Equal((8, 0, 0), await served.PostAsync(SampleTraffic.StolenReasoning("thief-1", 100)));
        await HangUpAsync(served, $"Model {Name}/1 stays in force: there is no other one");

        Copy(version: 2);
        await HangUpAsync(served, $"Model {Name}/2 is in force in the place of {Name}/1");
        Assert.Equal((8, 0, 0), await served.PostAsync(SampleTraffic.StolenReasoning("thief-2", 200)));
        var verdict = (await served.GetAsync("/v1/accounts/thief-2")).GetProperty("verdict");
        Assert.Equal($"{Name}/2", verdict.GetProperty("model_version").GetString());

        Copy(version: 3);
        await File.AppendAllTextAsync(Path.Combine(FolderOf(3), "model.onnx"), "x");
        await HangUpAsync(served, $"Model {Name}/2 stays in force, the new one was refused: ");
        Assert.Equal((8, 0, 0), await served.PostAsync(SampleTraffic.StolenReasoning("thief-3", 300)));
        served.Program.Signal("TERM");
        Assert.Equal(0, (await served.Program.WaitAsync()).ExitCode);
    }

    private static Task HangUpAsync(ServedProgram served, string told)
    {
        served.Program.Signal("HUP");
        return served.Program.UntilAsync(
            () => Task.FromResult(served.Program.Error.Contains(told, StringComparison.Ordinal)), told);
    }

    private string FolderOf(int version) => Path.Combine(_scratch["models"], Name, $"{version}");

    // The model of the repository under another version.
    private void Copy(int version)
    {
        Directory.CreateDirectory(FolderOf(version));
        foreach (var file in Directory.GetFiles(Path.Combine(BuiltProgram.Root, "models", Name, "1")))
        {
            File.Copy(file, Path.Combine(FolderOf(version), Path.GetFileName(file)));
        }

        var manifest = Path.Combine(FolderOf(version), "manifest.json");
        File.WriteAllText(manifest, File.ReadAllText(manifest).Replace(
            $"\"name\": \"{Name}\",\n  \"version\": 1,", $"\"name\": \"{Name}\",\n  \"version\": {version},",
            StringComparison.Ordinal));
    }
}
