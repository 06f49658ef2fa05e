using System.CommandLine;

namespace Sentinel.Hosting.CommandLine;

/// <summary>What <c>train</c> was asked to do.</summary>
/// <param name="Corpora">Folder of the published pipelines.</param>
/// <param name="Bank">Folder of the authored prompts; null for the one beside the models.</param>
/// <param name="Out">Folder that the model is written to; null for the next version in the models folder.</param>
/// <param name="Rulings">File of exchanges that analysts ruled on, or null.</param>
/// <param name="Force">Whether a model is written that the rulings made clearly worse.</param>
/// <param name="Work">Folder that a second tier's training goes through; null to train a first tier.</param>
internal sealed record TrainRequest(
    string Corpora, string? Bank, string? Out, string? Rulings, bool Force, string? Work);

/// <summary><c>sentinel train</c>.</summary>
internal static class TrainVerb
{
    public static Command Build(VerbActions actions)
    {
        var corpora = SharedOptions.RequiredText("--corpora", "DIR", "Folder of labelled prompt corpora.");
        var bank = SharedOptions.Text("--bank", "DIR", "Folder of the authored prompts [default: models/data].");
        var output = SharedOptions.Text("--out", "DIR", "Folder to write the model to, such as models/content-tier1/2.");
        var rulings = SharedOptions.Text(
            "--rulings", "FILE",
            "Exchanges that analysts ruled on, one JSON object a line: {\"exchange\": <exchange.v1>, \"label\": "
            + "\"harvest\"|\"benign\", \"kinds\": [\"reasoning_extraction\", ...], \"group\": \"account or campaign\"}. "
            + "kinds names what a harvest is of and is left out for benign; group is optional. What they change is "
            + "shown before anything is written.");
        var force = new Option<bool>("--force")
        {
            Description = "Write the model even where the rulings made it clearly worse.",
        };
        var work = SharedOptions.Text(
            "--second-tier", "DIR",
            "Train the second tier by way of a working folder: writes its input there, or makes the model when "
            + "models/training/second_tier.py has been through it. See models/training/README.md.");
        var command = new Command("train", "Train the content classifier again.")
        {
            corpora, bank, output, rulings, force, work,
        };
        command.SetAction((parsed, _) => actions.Train(new TrainRequest(
            parsed.GetRequiredValue(corpora),
            parsed.GetValue(bank),
            parsed.GetValue(output),
            parsed.GetValue(rulings),
            parsed.GetValue(force),
            parsed.GetValue(work))));
        return command;
    }
}
