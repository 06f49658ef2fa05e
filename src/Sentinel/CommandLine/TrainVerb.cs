using System.CommandLine;

namespace Sentinel.Hosting.CommandLine;

/// <summary>What <c>train</c> was asked to do.</summary>
/// <param name="Corpora">Folder of the published pipelines.</param>
/// <param name="Bank">Folder of the authored prompts; null for the one beside the models.</param>
/// <param name="Out">Folder that the model is written to; null for the next version in the models folder.</param>
internal sealed record TrainRequest(string Corpora, string? Bank, string? Out);

/// <summary><c>sentinel train</c>.</summary>
internal static class TrainVerb
{
    public static Command Build(VerbActions actions)
    {
        var corpora = SharedOptions.RequiredText("--corpora", "DIR", "Folder of labelled prompt corpora.");
        var bank = SharedOptions.Text("--bank", "DIR", "Folder of the authored prompts [default: models/data].");
        var output = SharedOptions.Text("--out", "DIR", "Folder to write the model to, such as models/content-tier1/2.");
        var command = new Command("train", "Train the content classifier again.") { corpora, bank, output };
        command.SetAction((parsed, _) => actions.Train(
            new TrainRequest(parsed.GetRequiredValue(corpora), parsed.GetValue(bank), parsed.GetValue(output))));
        return command;
    }
}
