using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Sentinel.Detection.Exchanges;
using Sentinel.Detection.Readings;

namespace Sentinel.Inference.Training;

/// <summary>A prompt written for the golden file, and what the model says of it.</summary>
/// <param name="Id">Name.</param>
/// <param name="System">System prompt, or null.</param>
/// <param name="User">The message.</param>
/// <param name="Scores">Harvest and kinds, in the order of the manifest's labels; empty before scoring.</param>
internal sealed record GoldenPrompt(string Id, string? System, string User, float[]? Scores);

/// <summary>Writes and reads golden files: one JSON object a line.</summary>
internal static class GoldenPrompts
{
    /// <summary>The file's name in a model folder.</summary>
    public const string FileName = "golden.jsonl";

    /// <summary>Reads a file.</summary>
    public static List<GoldenPrompt> Read(string file) =>
    [
        .. File.ReadLines(file)
            .Where(static line => line.Length > 0)
            .Select(static line => JsonSerializer.Deserialize(line, GoldenJson.Default.GoldenPrompt)!),
    ];

    /// <summary>Scores the prompts of a file and writes them with their scores.</summary>
    public static void Write(string promptsFile, FrozenNetwork network, string file)
    {
        var lines = new StringBuilder();
        var row = new int[FeatureLayout.Width];
        var (reader, reading, exchange) = (new PromptReader(), new Reading(), new Exchange());
        foreach (var prompt in Read(promptsFile))
        {
            Fill(exchange, prompt);
            reader.Read(exchange, reading, row);
            var scored = prompt with { Scores = network.Score(row)[..NetworkOptions.OutputCount] };
            lines.Append(ToLine(scored)).Append('\n');
        }

        File.WriteAllText(file, lines.ToString());
    }

    /// <summary>A case as a line of a file.</summary>
    public static string ToLine(GoldenPrompt prompt) => JsonSerializer.Serialize(prompt, GoldenJson.Default.GoldenPrompt);

    /// <summary>Makes an exchange of a prompt.</summary>
    public static void Fill(Exchange exchange, GoldenPrompt prompt)
    {
        exchange.Clear();
        Add(exchange, SegmentRole.System, prompt.System);
        Add(exchange, SegmentRole.User, prompt.User);
    }

    private static void Add(Exchange exchange, SegmentRole role, string? text)
    {
        if (text is not null)
        {
            var bytes = Encoding.UTF8.GetByteCount(text);
            _ = Encoding.UTF8.GetBytes(text, exchange.ReserveText(bytes));
            exchange.CommitSegment(role, bytes);
        }
    }
}

/// <summary>JSON of golden files.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(GoldenPrompt))]
internal sealed partial class GoldenJson : JsonSerializerContext;
