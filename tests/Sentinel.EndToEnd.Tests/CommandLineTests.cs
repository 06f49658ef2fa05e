using Sentinel.Hosting;
using Sentinel.Hosting.CommandLine;

namespace Sentinel.EndToEnd.Tests;

/// <summary>The grammar, in process; what the verbs do is told by the other tests.</summary>
public sealed class CommandLineTests
{
    private readonly List<object> _asked = [];

    [Theory]
    [InlineData("replay")]
    [InlineData("replay --input")]
    [InlineData("replay --input a b")]
    [InlineData("replay --input a --bogus")]
    [InlineData("score --input a")]
    [InlineData("score --out a")]
    [InlineData("train")]
    [InlineData("demo --port 65536")]
    [InlineData("demo --port -1")]
    [InlineData("demo --port x")]
    [InlineData("demo --scale 0")]
    [InlineData("demo --scale much")]
    [InlineData("demo --once=perhaps")]
    [InlineData("simulate")]
    [InlineData("simulate --recipe demo")]
    [InlineData("simulate --list --seed -1")]
    [InlineData("simulate --list --scale 0")]
    [InlineData("models")]
    [InlineData("models lst")]
    [InlineData("models bench --seconds 0")]
    [InlineData("models verify a b")]
    [InlineData("evaluate")]
    [InlineData("evaluate --traffic a --detector pradda")]
    [InlineData("evaluate --traffic a --detector ,")]
    [InlineData("evaluate windows")]
    [InlineData("evaluate windows --traffic a --detector all")]
    [InlineData("audit")]
    [InlineData("audit verify --data")]
    [InlineData("repaly")]
    [InlineData("--bogus")]
    public async Task Run_WrongCommandLine_ExitsTwoWithOneLine(string line)
    {
        var (code, output, error) = await RunAsync(line.Split(' '));
        Assert.Equal(ExitCodes.Usage, code);
        Assert.Equal("", output);
        var lines = error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
        Assert.StartsWith("sentinel: ", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("Try: sentinel ", lines[1], StringComparison.Ordinal);
        Assert.Empty(_asked);
    }

    [Fact]
    public async Task Run_WithoutArguments_ShowsHelpWithExamples()
    {
        var (code, output, error) = await RunAsync();
        Assert.Equal((ExitCodes.Ok, ""), (code, error));
        foreach (var word in new[]
        {
            "replay", "score", "serve", "demo", "simulate", "train", "models", "evaluate", "audit", "version", "Examples:",
        })
        {
            Assert.Contains(word, output, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("replay --help")]
    [InlineData("serve -h")]
    [InlineData("demo --help")]
    public async Task Run_HelpOfAVerb_NeedsNothingElse(string line)
    {
        var (code, output, error) = await RunAsync(line.Split(' '));
        Assert.Equal((ExitCodes.Ok, ""), (code, error));
        Assert.Contains("Usage:", output, StringComparison.Ordinal);
        Assert.Empty(_asked);
    }

    [Fact]
    public async Task Run_Replay_HandsEveryOptionOn()
    {
        await RunAsync("replay", "--input", "-", "--verdicts", "v", "--campaigns", "c", "--dead-letters", "d", "--data",
            "dir", "--summary", "s");
        await RunAsync("replay", "--input", "in");
        Assert.Equal(
            [
                new ReplayRequest("-", "v", "c", "d", "dir", "s", null),
                new ReplayRequest("in", null, null, null, null, null, null),
            ],
            _asked);
    }

    [Fact]
    public async Task Run_OtherVerbs_HandTheirOptionsOn()
    {
        await RunAsync("score", "--input", "in", "--out", "o");
        await RunAsync("serve");
        await RunAsync("serve", "--urls", "http://127.0.0.1:1", "--data", "dir", "--role", "api,links");
        await RunAsync("demo");
        await RunAsync("demo", "--once", "--port", "0", "--data", "dir", "--scale", "0.5");
        await RunAsync("simulate", "--list");
        await RunAsync("simulate", "--recipe", "r", "--seed", "7", "--scale", "0.2", "--out", "o");
        await RunAsync("train", "--corpora", "c", "--bank", "b", "--out", "o");
        await RunAsync("train", "--corpora", "c", "--rulings", "r", "--force");
        await RunAsync("train", "--corpora", "c", "--second-tier", "w");
        await RunAsync("models", "list");
        await RunAsync("models", "verify", "content-tier1/1");
        await RunAsync("models", "bench", "--seconds", "2");
        await RunAsync("version");
        Assert.Equal(
            [
                new ScoreRequest("in", "o"),
                new ServeRequest(null, null, null),
                new ServeRequest("http://127.0.0.1:1", "dir", "api,links"),
                new DemoRequest(8787, Once: false, null, 1),
                new DemoRequest(0, Once: true, "dir", 0.5),
                new SimulateRequest(null, 1, 1, null, List: true),
                new SimulateRequest("r", 7, 0.2, "o", List: false),
                new TrainRequest("c", "b", "o", null, Force: false, null),
                new TrainRequest("c", null, null, "r", Force: true, null),
                new TrainRequest("c", null, null, null, Force: false, "w"),
                new ModelsRequest(ModelsAction.List, null, 5),
                new ModelsRequest(ModelsAction.Verify, "content-tier1/1", 5),
                new ModelsRequest(ModelsAction.Bench, null, 2),
                "version",
            ],
            _asked);
    }

    [Fact]
    public async Task Run_Evaluate_HandsItsOptionsOn()
    {
        await RunAsync("evaluate", "--traffic", "a,b", "--detector", "all", "--windows", "--out", "o",
            "--results", "r");
        await RunAsync("evaluate", "--traffic", "a", "--detector", "prada, seat");
        await RunAsync("evaluate", "--traffic", "a");
        await RunAsync("evaluate", "windows", "--traffic", "a", "--out", "o");
        var asked = _asked.Cast<EvaluateRequest>().ToArray();
        Assert.Equal(["a", "b"], asked[0].Traffic.AsEnumerable());
        Assert.Equal(10, asked[0].Detectors.Length);
        Assert.Equal((true, "o", "r"), (asked[0].Windows, asked[0].Out, asked[0].Results));
        Assert.Equal(["prada", "seat"], asked[1].Detectors.AsEnumerable());
        Assert.Equal(["sentinel"], asked[2].Detectors.AsEnumerable());
        Assert.Equal((false, null, null), (asked[2].Windows, asked[2].Out, asked[2].Results));
        Assert.Empty(asked[3].Detectors);
        Assert.Equal((true, "o"), (asked[3].Windows, asked[3].Out));
    }

    [Fact]
    public async Task Run_WrongVerbOfModels_NamesTheWholeCommandToTry()
    {
        var (_, _, error) = await RunAsync("models", "bench", "--seconds", "none");
        Assert.EndsWith("Try: sentinel models bench --help\n", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_CommandFails_TellsOneLineAndItsCode()
    {
        var (code, _, error) = await RunAsync(CommandException.Failed("it\nbroke"), "version");
        Assert.Equal((ExitCodes.Failure, "sentinel: it broke\n"), (code, error));
        (code, _, error) = await RunAsync(new InvalidOperationException("a bug"), "version");
        Assert.Equal((ExitCodes.Failure, "sentinel: InvalidOperationException: a bug\n"), (code, error));
        (code, _, _) = await RunAsync(new OperationCanceledException(), "version");
        Assert.Equal(ExitCodes.Interrupted, code);
    }

    private Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments) =>
        RunAsync(null, arguments);

    private async Task<(int Code, string Output, string Error)> RunAsync(Exception? thrown, params string[] arguments)
    {
        Task<int> Ask(object request)
        {
            _asked.Add(request);
            return thrown is null ? Task.FromResult(0) : Task.FromException<int>(thrown);
        }

        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var actions = new VerbActions(
            Ask, Ask, Ask, Ask, Ask, Ask, Ask, Ask, Ask, Ask, Ask, () => Ask("version"));
        var code = await SentinelProgram.RunAsync(arguments, actions, output, error);
        return (code, output.ToString(), error.ToString());
    }
}
