using System.Globalization;
using System.Text;
using System.Text.Json;
using Sentinel.Detection.Exchanges;
using Sentinel.Detection.Readings;
using Sentinel.Detection.Scoring;

namespace Sentinel.Inference.Training;

/// <summary>
/// Reads exchanges that analysts have ruled on, one JSON object a line: <c>exchange</c> (exchange.v1), <c>label</c>
/// (<c>harvest</c> or <c>benign</c>), <c>kinds</c> (names of content kinds; at least one for harvest, none for benign)
/// and optionally <c>group</c>, the account or campaign. Exchanges of one group are held out together; without one,
/// those of one frame, and where there is no frame those of one account. Keeps features, never text.
/// </summary>
internal sealed class RulingReader
{
    /// <summary>Rulings read: at a row of 1.5 KiB each, 150 MiB.</summary>
    public const int RulingsMax = 100_000;

    /// <summary>Longest group name, characters.</summary>
    public const int GroupLengthMax = 128;

    /// <summary>Faults told before giving up on a file.</summary>
    public const int FaultsMax = 20;

    // A line: an exchange and some words around it.
    private const int LineCharactersMax = ExchangeDecoder.LineBytesMax + 4096;

    private readonly PromptReader _reader = new();
    private readonly Reading _reading = new();
    private readonly Exchange _exchange = new();
    private readonly int[] _row = new int[FeatureLayout.Width];
    private readonly SortedDictionary<string, PromptFamily> _families = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Family, string Template), PromptTemplate> _templates = [];

    /// <summary>Reads a file.</summary>
    /// <exception cref="InvalidDataException">Lines are not as documented; the message names each by number.</exception>
    public List<PromptFamily> Read(string file, CancellationToken cancel)
    {
        var faults = new List<string>();
        var (number, count) = (0, 0);
        foreach (var line in File.ReadLines(file))
        {
            cancel.ThrowIfCancellationRequested();
            number++;
            if (string.IsNullOrWhiteSpace(line))
            {
                continue;
            }

            if (++count > RulingsMax)
            {
                faults.Add(Invariant($"line {number}: more than {RulingsMax} rulings"));
                break;
            }

            if (!TryAdd(line, out var fault))
            {
                faults.Add(Invariant($"line {number}: {fault}"));
                if (faults.Count == FaultsMax)
                {
                    break;
                }
            }
        }

        if (faults.Count > 0)
        {
            throw new InvalidDataException($"{Path.GetFileName(file)} has bad lines: {string.Join("; ", faults)}.");
        }

        return count > 0
            ? [.. _families.Values]
            : throw new InvalidDataException($"{Path.GetFileName(file)} holds no rulings.");
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private bool TryAdd(string line, out string fault)
    {
        if (line.Length > LineCharactersMax)
        {
            fault = "longer than an exchange may be";
            return false;
        }

        try
        {
            using var document = JsonDocument.Parse(line);
            return TryAdd(document.RootElement, out fault);
        }
        catch (JsonException)
        {
            fault = "no JSON";
            return false;
        }
    }

    private bool TryAdd(JsonElement ruling, out string fault)
    {
        if (ruling.ValueKind != JsonValueKind.Object)
        {
            fault = "no JSON object";
            return false;
        }

        if (!TryReadKinds(ruling, out var kinds, out fault) || !TryReadGroup(ruling, out var group, out fault))
        {
            return false;
        }

        if (!ruling.TryGetProperty("exchange", out var exchange) || exchange.ValueKind != JsonValueKind.Object)
        {
            fault = "exchange is missing or no object";
            return false;
        }

        if (!ExchangeDecoder.TryDecode(Encoding.UTF8.GetBytes(exchange.GetRawText()), _exchange, out var decodeFault))
        {
            fault = $"exchange: {decodeFault.Describe()}";
            return false;
        }

        _reader.Read(_exchange, _reading, _row);
        if (_reading.WordCount == 0)
        {
            fault = "exchange has no text to learn from";
            return false;
        }

        Add(kinds, group);
        return true;
    }

    private static bool TryReadKinds(JsonElement ruling, out int kinds, out string fault)
    {
        (kinds, fault) = (0, string.Empty);
        var label = ruling.TryGetProperty("label", out var named) && named.ValueKind == JsonValueKind.String
            ? named.GetString()
            : null;
        if (label is not ("harvest" or "benign"))
        {
            fault = "label is neither harvest nor benign";
            return false;
        }

        if (ruling.TryGetProperty("kinds", out var list) && list.ValueKind != JsonValueKind.Null)
        {
            if (list.ValueKind != JsonValueKind.Array)
            {
                fault = "kinds is no list";
                return false;
            }

            foreach (var item in list.EnumerateArray())
            {
                var kind = item.ValueKind == JsonValueKind.String ? ContentKinds.Names.IndexOf(item.GetString()!) : -1;
                if (kind < 0)
                {
                    fault = $"kinds may hold {string.Join(", ", ContentKinds.Names)}";
                    return false;
                }

                kinds |= 1 << kind;
            }
        }

        fault = label == "harvest" ? "harvest without kinds" : "benign with kinds";
        return label == "harvest" == (kinds != 0);
    }

    private static bool TryReadGroup(JsonElement ruling, out string? group, out string fault)
    {
        (group, fault) = (null, $"group is no text of 1 to {GroupLengthMax} characters");
        if (!ruling.TryGetProperty("group", out var named) || named.ValueKind == JsonValueKind.Null)
        {
            return true;
        }

        group = named.ValueKind == JsonValueKind.String ? named.GetString() : null;
        return group is { Length: > 0 and <= GroupLengthMax };
    }

    private void Add(int kinds, string? named)
    {
        ref var frame = ref _reading.Frame;
        var anchor = frame.HeadAnchor != 0 ? frame.HeadAnchor : frame.TailAnchor;
        anchor = anchor != 0 ? anchor : frame.SystemAnchor;
        var group = named is not null ? $"ruling group {named}"
            : anchor != 0 ? Invariant($"ruling frame {anchor:x16}")
            : Invariant($"ruling account {KeyHash.Of(_exchange.AccountId.Span):x16}");
        var name = Invariant($"{group} {kinds:x2}");
        if (!_families.TryGetValue(name, out var family))
        {
            family = new PromptFamily
            {
                Name = name,
                Group = group,
                Class = kinds == 0 ? "benign_ruled" : "ruled",
                KindMask = kinds,
                IsAuthored = false,
                IsRuled = true,
            };
            _families.Add(name, family);
        }

        var templateName = Invariant($"{anchor:x16}");
        if (!_templates.TryGetValue((name, templateName), out var template))
        {
            template = new PromptTemplate { Name = templateName };
            _templates.Add((name, templateName), template);
            family.Templates.Add(template);
        }

        template.Prompts.Add(new TrainingPrompt
        {
            Language = string.Empty,
            IsDualUse = false,
            Features = [.. _row.TakeWhile(static id => id != 0)],
        });
    }
}
