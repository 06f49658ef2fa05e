using System.Text.Json;
using System.Text.RegularExpressions;
using Sentinel.Inference.Models;

namespace Sentinel.Inference.Tests.Robustness;

/// <summary>A prompt of the authored bank, its slots filled.</summary>
internal sealed record BankPrompt(string Id, string Language, bool IsHarvest, string? System, string User);

/// <summary>Prompts of the authored bank: both sides, every language, the same ones in every run.</summary>
internal static partial class BankPrompts
{
    /// <summary>Languages of the bank.</summary>
    public static readonly string[] Languages =
        ["en", "zh", "es", "fr", "de", "ru", "ja", "ko", "pt", "ar", "hi", "vi"];

    private const int PromptsPerSide = 12;

    /// <summary>Twelve prompts of each side in each language, no two of one family.</summary>
    public static List<BankPrompt> Read()
    {
        var folder = Path.Combine(ModelFolder.Find(null, AppContext.BaseDirectory)!, "data");
        var fillers = ReadFillers(Path.Combine(folder, "slots"));
        var prompts = new List<BankPrompt>();
        foreach (var language in Languages)
        {
            var files = Directory.GetFiles(Path.Combine(folder, "frames"), $"*.{language}.jsonl")
                .Order(StringComparer.Ordinal)
                .ToList();
            var isInnocent = files.ToLookup(static file =>
                Path.GetFileName(file).StartsWith("benign", StringComparison.Ordinal));
            prompts.AddRange(Take(isInnocent[true], language, fillers));
            prompts.AddRange(Take(isInnocent[false], language, fillers));
        }

        return prompts;
    }

    [GeneratedRegex(@"\{([a-z_]+)\}")]
    private static partial Regex SlotPattern();

    private static Dictionary<(string Slot, string Language), string> ReadFillers(string folder)
    {
        var fillers = new Dictionary<(string, string), string>();
        foreach (var file in Directory.GetFiles(folder, "*.jsonl").Order(StringComparer.Ordinal))
        {
            foreach (var line in File.ReadLines(file).Where(static line => line.Length > 0))
            {
                using var row = JsonDocument.Parse(line);
                var language = row.RootElement.GetProperty("lang").GetString()!;
                var slot = Path.GetFileName(file).Split('.')[0];
                fillers.TryAdd((slot, language), row.RootElement.GetProperty("text").GetString()!);
            }
        }

        return fillers;
    }

    // The first frames of every file in turn, so that all kinds and classes take part.
    private static IEnumerable<BankPrompt> Take(
        IEnumerable<string> files, string language, Dictionary<(string Slot, string Language), string> fillers)
    {
        var lists = files.Select(static file => File.ReadLines(file).Where(static line => line.Length > 0).ToList());
        var rounds = lists.SelectMany(static lines => lines.Select(static (line, round) => (line, round)));
        var families = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (line, _) in rounds.OrderBy(static item => item.round))
        {
            using var document = JsonDocument.Parse(line);
            var frame = document.RootElement;
            if (families.Count < PromptsPerSide && families.Add(frame.GetProperty("family").GetString()!))
            {
                string? Fill(string name) => frame.GetProperty(name).GetString() is { } text
                    ? SlotPattern().Replace(text, match =>
                        fillers.GetValueOrDefault((match.Groups[1].Value, language))
                        ?? fillers.GetValueOrDefault((match.Groups[1].Value, "en"))
                        ?? match.Value)
                    : null;
                yield return new BankPrompt(
                    frame.GetProperty("id").GetString()!,
                    language,
                    frame.GetProperty("kind").GetString() != "benign",
                    Fill("system"),
                    Fill("user")!);
            }
        }
    }
}
