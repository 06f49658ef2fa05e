using System.CommandLine;

namespace Sentinel.Hosting.CommandLine;

/// <summary>What <c>replay</c> was asked to do.</summary>
/// <param name="Input">File, folder or <c>-</c>.</param>
/// <param name="Verdicts">Output of verdict lines, or null.</param>
/// <param name="Campaigns">Output of campaign lines, or null.</param>
/// <param name="DeadLetters">Output of dead letters, or null.</param>
/// <param name="Data">Folder of the embedded store, or null for a temporary one.</param>
/// <param name="Summary">Output of the summary, or null.</param>
/// <param name="Workloads">File of verified workloads, or null.</param>
internal sealed record ReplayRequest(
    string Input, string? Verdicts, string? Campaigns, string? DeadLetters, string? Data, string? Summary,
    string? Workloads);

/// <summary><c>sentinel replay</c>.</summary>
internal static class ReplayVerb
{
    public static Command Build(VerbActions actions)
    {
        var input = SharedOptions.Input();
        var verdicts = SharedOptions.Text("--verdicts", "OUT.jsonl", "Write one line for every account seen.");
        var campaigns = SharedOptions.Text("--campaigns", "OUT.jsonl", "Write one line for every campaign found.");
        var letters = SharedOptions.Text(
            "--dead-letters", "OUT.jsonl", "Write one line for every line that could not be used.");
        var data = SharedOptions.Data();
        var summary = SharedOptions.Text("--summary", "OUT.json", "Write counts, speed and model versions.");
        var workloads = SharedOptions.Text("--workloads", "FILE.json", "Verified workloads, each with its time.");
        var command = new Command("replay", "Run the whole detection over files of exchanges, in event time.")
        {
            input, verdicts, campaigns, letters, data, summary, workloads,
        };
        command.SetAction((parsed, _) => actions.Replay(new ReplayRequest(
            parsed.GetRequiredValue(input), parsed.GetValue(verdicts), parsed.GetValue(campaigns),
            parsed.GetValue(letters), parsed.GetValue(data), parsed.GetValue(summary),
            parsed.GetValue(workloads))));
        return command;
    }
}
