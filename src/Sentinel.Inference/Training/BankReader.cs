using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Sentinel.Detection.Exchanges;
using Sentinel.Detection.Readings;

namespace Sentinel.Inference.Training;

/// <summary>
/// Reads the authored bank: frames with slots in braces, and fillers shared by harvest and innocent frames alike, so
/// that no topic carries a label. Every frame is filled several times.
/// </summary>
internal sealed partial class BankReader(int fillingsMax, int seed, PieceCutter? pieces)
{
    // Parameters that a request carries: enough of the exchange to be read like a real one.
    private readonly PromptReader _reader = new();
    private readonly Reading _reading = new();
    private readonly Exchange _exchange = new();
    private readonly int[] _row = new int[FeatureLayout.Width];
    private readonly Dictionary<(string Slot, string Language), List<string>> _fillers = [];

    /// <summary>Reads <c>frames/</c> and <c>slots/</c> of a folder; without frames there are no families.</summary>
    public List<PromptFamily> Read(string folder, CancellationToken cancel)
    {
        ReadSlots(Path.Combine(folder, "slots"));
        var families = new SortedDictionary<string, PromptFamily>(StringComparer.Ordinal);
        var frames = Path.Combine(folder, "frames");
        if (!Directory.Exists(frames))
        {
            return [];
        }

        foreach (var file in Directory.GetFiles(frames, "*.jsonl").Order(StringComparer.Ordinal))
        {
            cancel.ThrowIfCancellationRequested();
            foreach (var line in File.ReadLines(file).Where(static line => line.Length > 0))
            {
                using var document = JsonDocument.Parse(line);
                AddFrame(families, document.RootElement, file);
            }
        }

        return [.. families.Values];
    }

    [GeneratedRegex(@"\{([a-z_]+)\}")]
    private static partial Regex SlotPattern();

    private static string Required(JsonElement row, string name, string file) =>
        TextOf(row, name) ?? throw new InvalidDataException($"A line of {Path.GetFileName(file)} has no {name}.");

    private static string? TextOf(JsonElement row, string name) =>
        row.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private void ReadSlots(string folder)
    {
        if (!Directory.Exists(folder))
        {
            return;
        }

        foreach (var file in Directory.GetFiles(folder, "*.jsonl").Order(StringComparer.Ordinal))
        {
            // A slot may be spread over files: problem.jsonl, problem.zh.jsonl.
            var slot = Path.GetFileName(file).Split('.')[0];
            foreach (var line in File.ReadLines(file).Where(static line => line.Length > 0))
            {
                using var document = JsonDocument.Parse(line);
                var language = TextOf(document.RootElement, "lang") ?? "en";
                var key = (slot, language);
                if (!_fillers.TryGetValue(key, out var texts))
                {
                    _fillers.Add(key, texts = []);
                }

                texts.Add(Required(document.RootElement, "text", file));
            }
        }
    }

    private void AddFrame(SortedDictionary<string, PromptFamily> families, JsonElement frame, string file)
    {
        var name = Required(frame, "family", file);
        var kind = Required(frame, "kind", file);
        if (!families.TryGetValue(name, out var family))
        {
            family = new PromptFamily
            {
                Name = name,
                Group = name,
                Class = kind == "benign" ? "benign_" + (TextOf(frame, "class") ?? "other") : kind,
                KindMask = IntentKinds.MaskOf(kind),
                IsAuthored = true,
            };
            families.Add(name, family);
        }

        var id = Required(frame, "id", file);
        var template = new PromptTemplate { Name = id };
        var random = new Random(seed ^ (int)KeyHash.Of(id));
        var fillings = SlotPattern().IsMatch(Required(frame, "user", file)) ? fillingsMax : 1;
        for (var i = 0; i < fillings; i++)
        {
            template.Prompts.Add(Fill(frame, random, file, name));
        }

        family.Templates.Add(template);
    }

    private TrainingPrompt Fill(JsonElement frame, Random random, string file, string family)
    {
        var language = Required(frame, "lang", file);
        _exchange.Clear();
        AddSegment(SegmentRole.System, FillText(TextOf(frame, "system"), language, random));
        if (frame.TryGetProperty("history", out var history) && history.ValueKind == JsonValueKind.Array)
        {
            foreach (var turn in history.EnumerateArray())
            {
                var role = TextOf(turn, "role") == "assistant" ? SegmentRole.Assistant : SegmentRole.User;
                AddSegment(role, FillText(TextOf(turn, "content"), language, random));
            }
        }

        AddSegment(SegmentRole.User, FillText(Required(frame, "user", file), language, random));
        if (frame.TryGetProperty("params", out var parameters) && parameters.ValueKind == JsonValueKind.Object)
        {
            _exchange.SampleCount = parameters.TryGetProperty("n", out var n) && n.TryGetInt32(out var count)
                ? count
                : Exchange.Unknown;
            _exchange.Logprobs = parameters.TryGetProperty("logprobs", out var logprobs)
                && logprobs.ValueKind == JsonValueKind.True;
        }

        _reader.Read(_exchange, _reading, _row);
        return new TrainingPrompt
        {
            Language = language,
            IsDualUse = false,
            Features = [.. _row.TakeWhile(static id => id != 0)],
            Pieces = pieces?.Take(_reader, _exchange) ?? [],
        };
    }

    // A filler in the frame's language, else in English: people ask about English texts in every language.
    private string? FillText(string? text, string language, Random random) => text is null
        ? null
        : SlotPattern().Replace(text, match =>
        {
            var slot = match.Groups[1].Value;
            var isOwn = random.Next(5) > 0 && _fillers.ContainsKey((slot, language));
            return _fillers.TryGetValue((slot, isOwn ? language : "en"), out var texts)
                || _fillers.TryGetValue((slot, language), out texts)
                ? texts[random.Next(texts.Count)]
                : match.Value;
        });

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
