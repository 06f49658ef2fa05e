using System.CommandLine;
using System.Globalization;

namespace Sentinel.Hosting.CommandLine;

/// <summary>Options that verbs have in common, and how options look.</summary>
internal static class SharedOptions
{
    /// <summary><c>--input</c>.</summary>
    public static Option<string> Input() => RequiredText(
        "--input", "FILE|DIR|-",
        "Exchanges (exchange.v1): .jsonl or .jsonl.gz, a folder of them, or - for standard input.");

    /// <summary><c>--data</c> of a command that needs none.</summary>
    public static Option<string?> Data() =>
        Text("--data", "DIR", "Where the embedded store lives; a temporary folder when absent.");

    /// <summary>An option with a text that may be absent.</summary>
    public static Option<string?> Text(string name, string value, string description)
    {
        var option = new Option<string?>(name) { HelpName = value, Description = description };
        option.Validators.Add(NotEmpty);
        return option;
    }

    /// <summary>An option with a text that must be there.</summary>
    public static Option<string> RequiredText(string name, string value, string description)
    {
        var option = new Option<string>(name) { HelpName = value, Description = description, Required = true };
        option.Validators.Add(NotEmpty);
        return option;
    }

    private static void NotEmpty(System.CommandLine.Parsing.OptionResult result)
    {
        if (result.Tokens.Count == 1 && string.IsNullOrWhiteSpace(result.Tokens[0].Value))
        {
            result.AddError($"Option '{result.Option.Name}' needs a value that is not empty.");
        }
    }

    /// <summary>What multiplies the accounts of a recipe; 1 where nothing is said.</summary>
    public static Option<double> Scale(double least, double most)
    {
        var range = string.Create(CultureInfo.InvariantCulture, $"{least} to {most}");
        var scale = new Option<double>("--scale")
        {
            HelpName = "FACTOR",
            Description = $"Multiplies the accounts, {range}.",
            DefaultValueFactory = _ => 1,
        };
        scale.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1
                && !(double.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, out var factor)
                    && factor >= least && factor <= most))
            {
                result.AddError($"--scale is a number from {range}.");
            }
        });
        return scale;
    }
}
