using System.Globalization;
using Sentinel.Hosting.CommandLine;
using Sentinel.Hosting.Output;
using Sentinel.Hosting.Terminal;
using Sentinel.Hosting.Wiring;
using Sentinel.Streaming.Lanes;

namespace Sentinel.Hosting.Commands;

/// <summary><c>sentinel score</c>: content scores alone.</summary>
internal sealed class ScoreCommand(Screen screen, TimeProvider clock)
{
    /// <summary>Runs.</summary>
    public async Task<int> RunAsync(ScoreRequest request)
    {
        var shown = OutputFile.IsStandardOutput(request.Out) ? screen.WithFindingsOnError() : screen;
        var input = Inputs.Find(request.Input, shown);
        using var stop = new StopSignal();
        using var output = OutputFile.Open(request.Out);
        using var scorer = Scorers.LoadForScores();
        var rejected = 0L;
        var run = new ScoreRun(scorer, Environment.ProcessorCount, clock);
        var scored = await Inputs.ReadAsync(() => shown.WithProgressAsync("score", tell => run.RunAsync(
            input,
            output.Stream,
            progress => tell(Inputs.ShareOf(progress), Inputs.Describe(progress)),
            _ => rejected++,
            stop.Token)));
        output.Complete();
        shown.Line(string.Create(
            CultureInfo.InvariantCulture,
            $"{scored:N0} exchanges scored by {scorer.ModelVersion}, {rejected:N0} lines rejected"));
        return ExitCodes.Ok;
    }
}
