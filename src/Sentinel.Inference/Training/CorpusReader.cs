using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Sentinel.Detection.Exchanges;
using Sentinel.Detection.Readings;

namespace Sentinel.Inference.Training;

/// <summary>
/// Reads published pipelines: one gzip JSON-lines file each, with <c>source, pipeline, intent, system, prompt, lang,
/// template, dual_use, history</c> a line. Keeps features, never text.
/// </summary>
internal sealed class CorpusReader(int promptsPerTemplateMax, PieceCutter? pieces)
{
    private readonly PromptReader _reader = new();
    private readonly Reading _reading = new();
    private readonly Exchange _exchange = new();
    private readonly int[] _row = new int[FeatureLayout.Width];

    /// <summary>Reads every pipeline of a folder, in the order of file names.</summary>
    public List<PromptFamily> Read(string folder, CancellationToken cancel)
    {
        var families = new List<PromptFamily>();
        foreach (var file in Directory.GetFiles(folder, "*.jsonl.gz").Order(StringComparer.Ordinal))
        {
            cancel.ThrowIfCancellationRequested();
            families.AddRange(ReadFile(file));
        }

        return families;
    }

    private static string GroupOf(string source)
    {
        // "owner/name (remark)" and "owner/name + owner/name": the first repository names the group.
        var end = source.AsSpan().IndexOfAny(' ', '(', '+');
        return end < 0 ? source : source[..end];
    }

    private static string? TextOf(JsonElement row, string name) =>
        row.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private List<PromptFamily> ReadFile(string file)
    {
        var families = new Dictionary<string, PromptFamily>(StringComparer.Ordinal);
        var templates = new Dictionary<(string Family, string Template), PromptTemplate>();
        using var bytes = new GZipStream(File.OpenRead(file), CompressionMode.Decompress);
        using var lines = new StreamReader(bytes, Encoding.UTF8);
        while (lines.ReadLine() is { } line)
        {
            using var document = JsonDocument.Parse(line);
            var row = document.RootElement;
            var intent = TextOf(row, "intent") ?? throw Bad(file, "intent");
            var name = TextOf(row, "pipeline") ?? throw Bad(file, "pipeline");
            if (!families.TryGetValue(name, out var family))
            {
                family = new PromptFamily
                {
                    Name = name,
                    Group = GroupOf(TextOf(row, "source") ?? name),
                    Class = intent,
                    KindMask = IntentKinds.MaskOf(intent),
                    IsAuthored = false,
                };
                families.Add(name, family);
            }

            var templateName = TextOf(row, "template") ?? "main";
            if (!templates.TryGetValue((name, templateName), out var template))
            {
                template = new PromptTemplate { Name = templateName };
                templates.Add((name, templateName), template);
                family.Templates.Add(template);
            }

            if (template.Prompts.Count < promptsPerTemplateMax)
            {
                template.Prompts.Add(ReadPrompt(row, name));
            }
        }

        return [.. families.Values];
    }

    private static InvalidDataException Bad(string file, string property) =>
        new($"A line of {Path.GetFileName(file)} has no {property}.");

    private TrainingPrompt ReadPrompt(JsonElement row, string family)
    {
        _exchange.Clear();
        AddSegment(SegmentRole.System, TextOf(row, "system"));
        if (row.TryGetProperty("history", out var history) && history.ValueKind == JsonValueKind.Array)
        {
            foreach (var message in history.EnumerateArray())
            {
                AddSegment(RoleOf(TextOf(message, "role")), TextOf(message, "content"));
            }
        }

        AddSegment(SegmentRole.User, TextOf(row, "prompt"));
        _reader.Read(_exchange, _reading, _row);
        return new TrainingPrompt
        {
            Language = TextOf(row, "lang") ?? string.Empty,
            IsDualUse = row.TryGetProperty("dual_use", out var dual) && dual.ValueKind == JsonValueKind.True,
            Features = [.. _row.TakeWhile(static id => id != 0)],
            Pieces = pieces?.Take(_reader, _exchange) ?? [],
        };
    }

    private static SegmentRole RoleOf(string? role) => role switch
    {
        "user" => SegmentRole.User,
        "assistant" => SegmentRole.Assistant,
        "system" or "developer" => SegmentRole.System,
        "tool" or "function" => SegmentRole.Tool,
        _ => SegmentRole.Other,
    };

    private void AddSegment(SegmentRole role, string? text)
    {
        if (text is not null)
        {
            var bytes = Encoding.UTF8.GetByteCount(text);
            _ = Encoding.UTF8.GetBytes(text, _exchange.ReserveText(bytes));
            _exchange.CommitSegment(role, bytes);
        }
    }
}
