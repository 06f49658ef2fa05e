using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;

namespace Sentinel.Streaming.Adapters;

/// <summary>Conversions of single values. Gateways mix types, so a number may be text and a text a number.</summary>
internal static class Conversions
{
    /// <summary>What LiteLLM writes in place of a text that it was told not to log.</summary>
    private const string Redacted = "redacted-by-litellm";

    public static readonly Conversion Text = new(
        "text", "Text; a number as its digits; of a list the first item. Blank is unknown.",
        static (value, draft, target) => TextOf(value) is { } text && draft.Set(target, text));

    public static readonly Conversion AccountId = new(
        "account id", "Text of at most 128 characters; a longer one becomes `h-` and 128 bits of its SHA-256.",
        static (value, draft, target) => TextOf(value) is { } text
            && draft.Set(target, text.EnumerateRunes().Count() <= 128 ? text : ExchangeDraft.HashOf("h-", text)));

    public static readonly Conversion Secret = new(
        "fingerprint", "`k-` and 128 bits of the SHA-256 of the text after `Bearer `. The text itself goes no further.",
        static (value, draft, target) =>
        {
            var text = TextOf(value);
            text = text?.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) == true ? text[7..].Trim() : text;
            return !string.IsNullOrEmpty(text) && draft.Set(target, ExchangeDraft.HashOf("k-", text));
        });

    public static readonly Conversion EmailDomain = new(
        "e-mail domain", "What follows the last `@`, in lower case. The address itself goes no further.",
        static (value, draft, target) =>
        {
            var text = TextOf(value);
            var at = text?.LastIndexOf('@') ?? -1;
            return at >= 0 && at + 1 < text!.Length && draft.Set(target, text[(at + 1)..].ToLowerInvariant());
        });

    public static readonly Conversion Address = new(
        "address", "The first address of a list with commas, without brackets and port.",
        static (value, draft, target) =>
        {
            var text = TextOf(value)?.Split(',')[0].Trim() ?? "";
            return (IPAddress.TryParse(text, out _) && draft.Set(target, text.Trim('[', ']')))
                || (IPEndPoint.TryParse(text, out var point) && draft.Set(target, point.Address.ToString()));
        });

    public static readonly Conversion UserAgentTag = new(
        "user agent tag", "Of the tags that begin with `User-Agent: ` the longest, without its beginning.",
        static (value, draft, target) =>
        {
            const string Begin = "User-Agent: ";
            var longest = Items(value).Select(TextOf)
                .Where(static tag => tag?.StartsWith(Begin, StringComparison.OrdinalIgnoreCase) == true)
                .MaxBy(static tag => tag!.Length);
            return longest is not null && draft.Set(target, longest[Begin.Length..].Trim());
        });

    public static readonly Conversion Time = new(
        "time", "Seconds, milliseconds, microseconds or nanoseconds since 1970, told apart by their size, or an ISO "
            + "8601 text, which is UTC where it names no offset.",
        static (value, draft, target) => TryTime(value, out var ms) && draft.Set(target, ms));

    public static readonly Conversion Count = new(
        "count", "A number of at least 0, rounded down.",
        static (value, draft, target) =>
            TryReal(value, out var real) && real is >= 0 and < int.MaxValue && draft.Set(target, (long)real));

    public static readonly Conversion AtLeastOne = new(
        "count from 1", "A number of at least 1, rounded down.",
        static (value, draft, target) =>
            TryReal(value, out var real) && real is >= 1 and < int.MaxValue && draft.Set(target, (long)real));

    public static readonly Conversion Tokens = new(
        "tokens", "A number above 0: gateways write 0 for what they did not count.",
        static (value, draft, target) =>
            TryReal(value, out var real) && real is >= 1 and < int.MaxValue && draft.Set(target, (long)real));

    public static readonly Conversion SystemNumber = new(
        "system number", "A number of 32 bits, with or without `AS` before it.",
        static (value, draft, target) =>
            uint.TryParse(TextOf(value)?.ToUpperInvariant().Replace("AS", "", StringComparison.Ordinal),
                NumberStyles.None, CultureInfo.InvariantCulture, out var number) && draft.Set(target, (long)number));

    public static readonly Conversion Seconds = new(
        "seconds", "Seconds with a fraction, as milliseconds.",
        static (value, draft, target) =>
            TryReal(value, out var real) && real is >= 0 and < int.MaxValue / 1000
            && draft.Set(target, (long)Math.Round(real * 1000)));

    public static readonly Conversion Real = new(
        "number", "A finite number.",
        static (value, draft, target) => TryReal(value, out var real) && draft.Set(target, real));

    public static readonly Conversion Flag = new(
        "flag", "true or false, also as text or 1 and 0; of a number whether it is above 0.",
        static (value, draft, target) => value.ValueKind switch
        {
            JsonValueKind.True => draft.Set(target, true),
            JsonValueKind.False => draft.Set(target, false),
            JsonValueKind.String when bool.TryParse(value.GetString(), out var flag) => draft.Set(target, flag),
            _ => TryReal(value, out var real) && draft.Set(target, real > 0),
        });

    public static readonly Conversion Intervened = new(
        "intervened", "True where a guardrail intervened or blocked.",
        static (value, draft, target) =>
            TextOf(value) is { } text
            && (text.Contains("intervened", StringComparison.OrdinalIgnoreCase)
                || text.Contains("blocked", StringComparison.OrdinalIgnoreCase)) && draft.Set(target, true));

    public static readonly Conversion PolicyError = new(
        "policy error", "True where the error's name speaks of a content policy or a guardrail.",
        static (value, draft, target) =>
            TextOf(value) is { } text
            && (text.Contains("ContentPolicy", StringComparison.OrdinalIgnoreCase)
                || text.Contains("content_filter", StringComparison.OrdinalIgnoreCase)
                || text.Contains("Guardrail", StringComparison.OrdinalIgnoreCase)) && draft.Set(target, true));

    public static readonly Conversion Status = new(
        "HTTP status", "A number from 100 to 599.",
        static (value, draft, target) =>
            TryReal(value, out var real) && real is >= 100 and < 600 && draft.Set(target, (long)real));

    public static readonly Conversion Success = new(
        "success", "200 where the text is `success` or `ok`.",
        static (value, draft, target) =>
            TextOf(value)?.ToLowerInvariant() is "success" or "ok" && draft.Set(target, 200L));

    public static readonly Conversion Failure = new(
        "failure", "500 for an error without a status: any text but `success`, or the code 2 of a span.",
        static (value, draft, target) =>
            TextOf(value)?.ToLowerInvariant() is not (null or "success" or "ok" or "0" or "1" or "unset")
            && draft.Set(target, 500L));

    public static readonly Conversion Answered = new(
        "answered", "200 where there is a response at all.",
        static (value, draft, target) => value.ValueKind is JsonValueKind.Object or JsonValueKind.Array
            && draft.Set(target, 200L));

    public static readonly Conversion Effort = new(
        "effort", "`off`, `low`, `medium`, `high`: by name (`none`, `minimal` and `disabled` are off, `xhigh` and "
            + "`max` high), or by a budget in tokens (below 4,096 low, below 16,384 medium).",
        static (value, draft, target) => EffortOf(value) is { } effort && draft.Set(target, effort));

    public static readonly Conversion Operation = new(
        "operation", "`chat`, `completion`, `embedding`, `image`, `audio`, `batch` by the name of the call or by its "
            + "address; another name stays as it is.",
        static (value, draft, target) => TextOf(value) is { } text && draft.Set(target, Operations.Of(text)));

    public static readonly Conversion Names = new(
        "tool names", "Names of tools, of functions, or the types of tools without a name.",
        static (value, draft, target) =>
        {
            foreach (var name in Items(value).Select(ToolName).OfType<string>())
            {
                draft.Add(target, name);
            }

            return draft.Has(target);
        });

    /// <summary>A text that says something, or null.</summary>
    public static string? TextOf(JsonElement value)
    {
        var text = value.ValueKind switch
        {
            JsonValueKind.String => value.GetString()!.Trim(),
            JsonValueKind.Number => Encoding.UTF8.GetString(ForeignJson.RawOf(value)),
            JsonValueKind.Array when value.GetArrayLength() > 0 && value[0].ValueKind == JsonValueKind.String =>
                value[0].GetString()!.Trim(),
            _ => "",
        };
        return text.Length == 0 || text == Redacted ? null : text;
    }

    /// <summary>Whether the text stands in place of one that was not logged.</summary>
    public static bool IsRedacted(JsonElement text) => text.ValueEquals(Redacted);

    /// <summary>The items of a list; none where it is no list.</summary>
    public static IEnumerable<JsonElement> Items(JsonElement value) =>
        value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : [];

    /// <summary>A finite number, also written as text.</summary>
    public static bool TryReal(JsonElement value, out double real)
    {
        real = 0;
        var isNumber = value.ValueKind switch
        {
            JsonValueKind.Number => value.TryGetDouble(out real),
            JsonValueKind.String => double.TryParse(
                value.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out real),
            _ => false,
        };
        return isNumber && double.IsFinite(real);
    }

    private static bool TryTime(JsonElement value, out long milliseconds)
    {
        const double SecondsMax = 1e11; // Seconds reach the year 5138 below it, milliseconds begin in 1973 above it.
        milliseconds = 0;
        if (TryReal(value, out var real))
        {
            while (real >= SecondsMax)
            {
                real /= 1000;
            }

            milliseconds = (long)Math.Round(real * 1000);
            return real > 0;
        }

        var isTime = DateTimeOffset.TryParse(
            TextOf(value), CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time);
        milliseconds = isTime ? time.ToUnixTimeMilliseconds() : 0;
        return milliseconds > 0;
    }

    private static string? EffortOf(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            return TextOf(value)?.ToLowerInvariant() switch
            {
                "none" or "off" or "minimal" or "disabled" => "off",
                "low" => "low",
                "medium" => "medium",
                "high" or "xhigh" or "max" => "high",
                _ => null,
            };
        }

        if (value.TryGetProperty("effort", out var effort))
        {
            return EffortOf(effort.ValueKind == JsonValueKind.Object ? default : effort);
        }

        if (value.TryGetProperty("budget_tokens", out var budget) && TryReal(budget, out var tokens))
        {
            return tokens < 4096 ? "low" : tokens < 16_384 ? "medium" : "high";
        }

        return value.TryGetProperty("type", out var type) && TextOf(type) == "disabled" ? "off" : null;
    }

    private static string? ToolName(JsonElement tool)
    {
        if (tool.ValueKind != JsonValueKind.Object)
        {
            return tool.ValueKind == JsonValueKind.String ? TextOf(tool) : null;
        }

        if (tool.TryGetProperty("function", out var function) && function.ValueKind == JsonValueKind.Object
            && function.TryGetProperty("name", out var inner))
        {
            return TextOf(inner);
        }

        return (tool.TryGetProperty("name", out var name) ? TextOf(name) : null)
            ?? (tool.TryGetProperty("type", out var type) ? TextOf(type) : null);
    }
}
