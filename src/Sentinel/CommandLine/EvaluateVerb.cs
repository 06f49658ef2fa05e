using System.Collections.Immutable;
using System.CommandLine;
using Sentinel.Evaluation.Detectors;

namespace Sentinel.Hosting.CommandLine;

/// <summary>What <c>evaluate</c> was asked to do.</summary>
/// <param name="Traffic">Folders of traffic with its truth.</param>
/// <param name="Detectors">Detectors to measure; none to measure windows only.</param>
/// <param name="Windows">Whether to run the window protocol.</param>
/// <param name="Out">Folder of the report, or null.</param>
/// <param name="Results">Markdown file of the tables, or null.</param>
internal sealed record EvaluateRequest(
    ImmutableArray<string> Traffic, ImmutableArray<string> Detectors, bool Windows, string? Out, string? Results)
{
    /// <summary>How long after its first report an analyst rules on a campaign; null: nobody does.</summary>
    public TimeSpan? RuleAfter { get; init; }
}

/// <summary>What <c>evaluate models</c> was asked to do.</summary>
/// <param name="Corpora">Folder of the published pipelines, or null: the authored bank alone.</param>
/// <param name="Bank">Folder of the authored prompts; null for the one beside the models.</param>
/// <param name="Work">Folder that the second tier was trained in, or null: what is kept beside it.</param>
/// <param name="Out">Folder of the report, or null.</param>
/// <param name="Results">Markdown file of the table, or null.</param>
internal sealed record EvaluateModelsRequest(
    string? Corpora, string? Bank, string? Work, string? Out, string? Results);

/// <summary>
/// <c>sentinel evaluate</c>, <c>sentinel evaluate windows</c> and <c>sentinel evaluate models</c>.
/// </summary>
internal static class EvaluateVerb
{
    private const string AllDetectors = "all";

    /// <summary>Every detector there is, the platform first.</summary>
    public static ImmutableArray<string> Known { get; } = [PlatformFindings.Name, .. Baselines.Names];

    public static Command Build(VerbActions actions)
    {
        var (traffic, output, results) = (Traffic(), Out(), Results());
        var detectors = new Option<string>("--detector")
        {
            HelpName = "NAME[,NAME..]|all",
            Description = $"What to measure: {string.Join(", ", Known)}, or all.",
            DefaultValueFactory = static _ => PlatformFindings.Name,
        };
        detectors.Validators.Add(static result =>
        {
            if (result.Tokens.Count == 1 && UnknownOf(result.Tokens[0].Value) is { } unknown)
            {
                result.AddError($"there is no detector '{unknown}'; there are {string.Join(", ", Known)}.");
            }
        });
        var withWindows = new Option<bool>("--windows") { Description = "Run the window protocol as well." };
        var rules = new Option<bool>("--rulings")
        {
            Description = "Have an analyst who is right rule on each campaign, and each flagged account in none, an hour after its first report, and measure whether "
                + "accounts that take a blocked one's place are linked to it.",
        };
        var command = new Command("evaluate", "Hold what detectors find in traffic against what is true of it.")
        {
            traffic, detectors, withWindows, rules, output, results, Windows(actions), Models(actions),
        };
        command.SetAction((parsed, _) => actions.Evaluate(new EvaluateRequest(
            FoldersOf(parsed.GetRequiredValue(traffic)),
            DetectorsOf(parsed.GetRequiredValue(detectors)),
            parsed.GetValue(withWindows),
            parsed.GetValue(output),
            parsed.GetValue(results))
        {
            RuleAfter = parsed.GetValue(rules) ? TimeSpan.FromHours(1) : null,
        }));
        return command;
    }

    private static Command Windows(VerbActions actions)
    {
        var (traffic, output, results) = (Traffic(), Out(), Results());
        var command = new Command(
            "windows", "Measure on windows of prompts, pure and mixed, as arXiv 2606.05725 does.")
        {
            traffic, output, results,
        };
        command.SetAction((parsed, _) => actions.Evaluate(new EvaluateRequest(
            FoldersOf(parsed.GetRequiredValue(traffic)),
            [],
            Windows: true,
            parsed.GetValue(output),
            parsed.GetValue(results))));
        return command;
    }

    private static Command Models(VerbActions actions)
    {
        var corpora = SharedOptions.Text("--corpora", "DIR", "Folder of labelled prompt corpora; without it the bank alone.");
        var bank = SharedOptions.Text("--bank", "DIR", "Folder of the authored prompts [default: models/data].");
        var work = SharedOptions.Text(
            "--second-tier", "DIR", "Folder that the second tier was trained in [default: what is kept beside the model].");
        var output = SharedOptions.Text("--out", "DIR", "Write models.json there.");
        var results = Results();
        var command = new Command(
            "models",
            "Measure the classifiers on families left out, as their cards say: trains the first tier nine times, which takes "
            + "some fifteen minutes on two cores.")
        {
            corpora, bank, work, output, results,
        };
        command.SetAction((parsed, _) => actions.EvaluateModels(new EvaluateModelsRequest(
            parsed.GetValue(corpora),
            parsed.GetValue(bank),
            parsed.GetValue(work),
            parsed.GetValue(output),
            parsed.GetValue(results))));
        return command;
    }

    private static Option<string> Traffic() => SharedOptions.RequiredText(
        "--traffic", "DIR[,DIR..]",
        "Folders with traffic.jsonl or traffic.jsonl.gz and truth.jsonl; several, such as seeds of one recipe, are "
        + "shown apart and together.");

    private static Option<string?> Out() => SharedOptions.Text(
        "--out", "DIR", "Write evaluation.json and evaluation.html there.");

    private static Option<string?> Results() => SharedOptions.Text(
        "--results", "FILE", "Write the tables as Markdown, with the commit that they come from.");

    private static ImmutableArray<string> FoldersOf(string value) =>
        [.. value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];

    private static ImmutableArray<string> DetectorsOf(string value) =>
        value == AllDetectors ? Known : [.. FoldersOf(value).Distinct(StringComparer.Ordinal)];

    private static string? UnknownOf(string value) => DetectorsOf(value) is { Length: > 0 } named
        ? named.FirstOrDefault(static name => !Known.Contains(name))
        : value;
}
