using System.CommandLine;
using System.Globalization;

namespace Sentinel.Hosting.CommandLine;

/// <summary>What <c>simulate</c> was asked to do.</summary>
/// <param name="Recipe">File, or name of a recipe of the program; null only with <paramref name="List"/>.</param>
/// <param name="Seed">Seed of all chance.</param>
/// <param name="Scale">Multiplies the accounts of the recipe.</param>
/// <param name="Out">Folder of the outputs; null only with <paramref name="List"/>.</param>
/// <param name="List">Tell the recipes of the program, and nothing else.</param>
internal sealed record SimulateRequest(string? Recipe, ulong Seed, double Scale, string? Out, bool List);

/// <summary><c>sentinel simulate</c>.</summary>
internal static class SimulateVerb
{
    private const double ScaleMin = 0.0001;
    private const double ScaleMax = 1_000;

    public static Command Build(VerbActions actions)
    {
        var recipe = SharedOptions.Text(
            "--recipe", "FILE|NAME", "A recipe file, or the name of one of the program's (see --list).");
        var seed = new Option<ulong>("--seed")
        {
            HelpName = "N",
            Description = "The same recipe, seed and scale give the same bytes.",
            DefaultValueFactory = _ => 1,
        };
        seed.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1
                && !ulong.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            {
                result.AddError("--seed is a whole number from 0.");
            }
        });
        var scale = SharedOptions.Scale(ScaleMin, ScaleMax);
        var folder = SharedOptions.Text("--out", "DIR", "Folder for traffic.jsonl.gz and truth.jsonl.");
        var list = new Option<bool>("--list") { Description = "Tell the recipes of the program, and nothing else." };
        var command = new Command("simulate", "Play a recipe of mixed traffic into files, with the truth about it.")
        {
            recipe, seed, scale, folder, list,
        };
        command.Validators.Add(result =>
        {
            var isWhole = result.GetValue(recipe) is not null && result.GetValue(folder) is not null;
            if (!isWhole && !result.GetValue(list))
            {
                result.AddError("simulate needs --recipe and --out, or --list.");
            }
        });
        command.SetAction((parsed, _) => actions.Simulate(new SimulateRequest(
            parsed.GetValue(recipe), parsed.GetValue(seed), parsed.GetValue(scale), parsed.GetValue(folder),
            parsed.GetValue(list))));
        return command;
    }
}
