using System.CommandLine;
using System.Globalization;

namespace Sentinel.Hosting.CommandLine;

/// <summary>What of <c>models</c>.</summary>
internal enum ModelsAction
{
    /// <summary>Show what is there.</summary>
    List,

    /// <summary>Check it.</summary>
    Verify,

    /// <summary>Measure it.</summary>
    Bench,
}

/// <summary>What <c>models</c> was asked to do.</summary>
/// <param name="Action">Which of its verbs.</param>
/// <param name="Model">NAME or NAME/VERSION; null for all, or to measure for the one in use.</param>
/// <param name="Seconds">How long each step is measured.</param>
internal sealed record ModelsRequest(ModelsAction Action, string? Model, int Seconds);

/// <summary><c>sentinel models</c>.</summary>
internal static class ModelsVerb
{
    private const int SecondsDefault = 5;
    private const int SecondsMax = 600;

    public static Command Build(VerbActions actions)
    {
        var list = new Command("list", "Show all models: version, tier, labels, size, and which one is in use.");
        list.SetAction((_, _) => actions.Models(new ModelsRequest(ModelsAction.List, null, SecondsDefault)));

        var checkedModel = Model("Check this one only.");
        var verify = new Command(
            "verify",
            "Check hashes, manifest against graph, and golden cases from text to score; exits 1 on a difference.")
        {
            checkedModel,
        };
        verify.SetAction((parsed, _) => actions.Models(
            new ModelsRequest(ModelsAction.Verify, parsed.GetValue(checkedModel), SecondsDefault)));

        var (measured, seconds) = (Model("Measure this one instead of the one in use."), Seconds());
        var bench = new Command(
            "bench", "Measure prompts of 1 KiB a second on one core: reading, scoring and both.")
        {
            measured, seconds,
        };
        bench.SetAction((parsed, _) => actions.Models(
            new ModelsRequest(ModelsAction.Bench, parsed.GetValue(measured), parsed.GetValue(seconds))));
        return new Command("models", "List, check and measure the classifiers in the models folder.")
        {
            list, verify, bench,
        };
    }

    private static Argument<string?> Model(string description) => new("MODEL")
    {
        Description = description + " NAME, or NAME/VERSION as in content-tier1/1.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private static Option<int> Seconds()
    {
        var seconds = new Option<int>("--seconds")
        {
            HelpName = "N",
            Description = "How long each step is measured, 1 to 600.",
            DefaultValueFactory = _ => SecondsDefault,
        };
        seconds.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1
                && !(int.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, out var count)
                    && count is >= 1 and <= SecondsMax))
            {
                result.AddError("--seconds is a number from 1 to 600.");
            }
        });
        return seconds;
    }
}
