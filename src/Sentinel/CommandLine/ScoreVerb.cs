using System.CommandLine;

namespace Sentinel.Hosting.CommandLine;

/// <summary>What <c>score</c> was asked to do.</summary>
/// <param name="Input">File, folder or <c>-</c>.</param>
/// <param name="Out">Output of score lines.</param>
internal sealed record ScoreRequest(string Input, string Out);

/// <summary><c>sentinel score</c>.</summary>
internal static class ScoreVerb
{
    public static Command Build(VerbActions actions)
    {
        var input = SharedOptions.Input();
        var output = SharedOptions.RequiredText(
            "--out", "OUT.jsonl", "Write one line for every exchange, in input order.");
        var command = new Command("score", "Score the content of every exchange, without any state.") { input, output };
        command.SetAction((parsed, _) =>
            actions.Score(new ScoreRequest(parsed.GetRequiredValue(input), parsed.GetRequiredValue(output))));
        return command;
    }
}
