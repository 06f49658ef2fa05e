using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace Sentinel.Streaming.Adapters;

/// <summary>All that is said of one call.</summary>
internal sealed class OtlpCall(string? name, JsonElement resource)
{
    private const int NumberedMax = 1024; // Messages of a conversation that are attributes with numbers.

    private readonly Dictionary<string, JsonElement> _attributes = new(StringComparer.Ordinal);
    private readonly List<(string Role, JsonElement Body)> _messages = [];
    private readonly List<JsonElement> _choices = [];

    public List<JsonElement> Spans { get; } = [];

    public List<JsonElement> Logs { get; } = [];

    /// <summary>Why the call is none, or nothing.</summary>
    public SkipReason? Skip
    {
        get
        {
            var isGenAi = _messages.Count + _choices.Count > 0 || _attributes.Keys.Any(static name =>
                name.StartsWith("gen_ai.", StringComparison.Ordinal)
                || name.StartsWith("llm.", StringComparison.Ordinal));
            return !isGenAi ? SkipReason.NotGenAi
                : _attributes.TryGetValue("gen_ai.operation.name", out var operation)
                    && OtlpRecords.IsNoModelCall(OtlpRecords.TextAt(operation, "stringValue"))
                    ? SkipReason.NotModelCall
                    : null;
        }
    }

    /// <summary>Reads the attributes; to be called once, before what follows.</summary>
    public void Gather()
    {
        foreach (var item in Spans.Concat(Logs))
        {
            Take(item);
            foreach (var happened in OtlpRecords.Objects(item, "events"))
            {
                TakeEvent(OtlpRecords.TextAt(happened, "name"), happened);
            }
        }

        foreach (var log in Logs)
        {
            TakeEvent(OtlpRecords.TextAt(log, "eventName"), log);
        }

        foreach (var attribute in OtlpRecords.List(ResourceOf(), "attributes"))
        {
            Keep(attribute);
        }
    }

    /// <summary>Writes the call as one flat JSON object.</summary>
    public void Write(IBufferWriter<byte> target)
    {
        using var json = new Utf8JsonWriter(target);
        json.WriteStartObject();
        WriteText(json, OtlpRecords.Call, name);
        WriteText(json, OtlpRecords.Started, First(Spans, "startTimeUnixNano"));
        WriteText(json, OtlpRecords.Ended, First(Spans, "endTimeUnixNano"));
        WriteText(json, OtlpRecords.Logged, First(Logs, "timeUnixNano") ?? First(Logs, "observedTimeUnixNano"));
        foreach (var span in Spans)
        {
            var hasStatus = span.TryGetProperty("status", out var status);
            WriteText(json, OtlpRecords.StatusCode, hasStatus ? OtlpRecords.TextAt(status, "code") : null);
        }

        if (HasEnded)
        {
            json.WriteString(OtlpRecords.Ok, "ok");
        }

        foreach (var (key, value) in _attributes)
        {
            if (!IsNumbered(key))
            {
                json.WritePropertyName(key);
                OtlpValue.Write(json, value, depth: 0);
            }
        }

        WriteMessages(json);
        json.WriteEndObject();
    }

    // A span with an end, or anything that only a response tells.
    private bool HasEnded => First(Spans, "endTimeUnixNano") is not null || _choices.Count > 0
        || _attributes.Keys.Any(static name =>
            name is "gen_ai.output.messages" or "gen_ai.completion" or "gen_ai.completion.0.content"
            || name.StartsWith("gen_ai.response.", StringComparison.Ordinal)
            || name.StartsWith("gen_ai.usage.", StringComparison.Ordinal));

    private JsonElement ResourceOf() =>
        resource.ValueKind == JsonValueKind.Object && resource.TryGetProperty("resource", out var inner)
            ? inner
            : default;

    private void Take(JsonElement item)
    {
        foreach (var attribute in OtlpRecords.List(item, "attributes"))
        {
            Keep(attribute);
        }
    }

    private void Keep(JsonElement attribute)
    {
        if (OtlpRecords.TextAt(attribute, "key") is { } key && attribute.TryGetProperty("value", out var value)
            && value.ValueKind == JsonValueKind.Object)
        {
            _attributes.TryAdd(key, value);
        }
    }

    private void TakeEvent(string? called, JsonElement item)
    {
        if (called is null && _attributes.TryGetValue("event.name", out var attribute))
        {
            called = OtlpRecords.TextAt(attribute, "stringValue");
        }

        var hasBody = item.TryGetProperty("body", out var body);
        if (called == "gen_ai.choice")
        {
            _choices.Add(hasBody ? body : item);
        }
        else if (called?.StartsWith("gen_ai.", StringComparison.Ordinal) == true
            && called.EndsWith(".message", StringComparison.Ordinal))
        {
            _messages.Add((called["gen_ai.".Length..^".message".Length], hasBody ? body : item));
        }
        else
        {
            Take(item);
        }
    }

    private void WriteMessages(Utf8JsonWriter json)
    {
        json.WriteStartArray(OtlpRecords.Messages);
        foreach (var (role, body) in _messages)
        {
            OtlpValue.WriteEvent(json, body, role);
        }

        WriteNumbered(json, "gen_ai.prompt.");
        json.WriteEndArray();
        json.WriteStartArray(OtlpRecords.Choices);
        foreach (var body in _choices)
        {
            OtlpValue.WriteEvent(json, body, role: null);
        }

        WriteNumbered(json, "gen_ai.completion.");
        json.WriteEndArray();
    }

    private void WriteNumbered(Utf8JsonWriter json, string prefix)
    {
        for (var i = 0; i < NumberedMax; i++)
        {
            var begin = string.Create(CultureInfo.InvariantCulture, $"{prefix}{i}.");
            if (!_attributes.ContainsKey(begin + "role") && !_attributes.ContainsKey(begin + "content"))
            {
                return;
            }

            json.WriteStartObject();
            foreach (var part in (ReadOnlySpan<string>)["role", "content", "finish_reason"])
            {
                if (_attributes.TryGetValue(begin + part, out var value))
                {
                    json.WritePropertyName(part);
                    OtlpValue.Write(json, value, depth: 0);
                }
            }

            json.WriteEndObject();
        }
    }

    private static bool IsNumbered(string key) =>
        key.StartsWith("gen_ai.prompt.", StringComparison.Ordinal)
        || key.StartsWith("gen_ai.completion.", StringComparison.Ordinal);

    private static string? First(List<JsonElement> items, string property) =>
        items.Select(item => OtlpRecords.TextAt(item, property))
            .FirstOrDefault(static text => text is not (null or "0"));

    private static void WriteText(Utf8JsonWriter json, string property, string? text)
    {
        if (text is not null)
        {
            json.WriteString(property, text);
        }
    }
}
