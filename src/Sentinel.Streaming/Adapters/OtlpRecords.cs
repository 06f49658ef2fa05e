using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace Sentinel.Streaming.Adapters;

/// <summary>
/// Makes the log records and spans of one export request flat records, one a model call: all that is said of one span,
/// by itself, its events and the log records that name it, is one call.
/// </summary>
internal static class OtlpRecords
{
    /// <summary>Trace and span, which name the call.</summary>
    public const string Call = "trace_id:span_id";

    /// <summary>Beginning of the span.</summary>
    public const string Started = "span.start_time";

    /// <summary>End of the span.</summary>
    public const string Ended = "span.end_time";

    /// <summary>Time of the log record, else when it was observed.</summary>
    public const string Logged = "log.time";

    /// <summary>Status code of the span.</summary>
    public const string StatusCode = "span.status_code";

    /// <summary>That the call is told of as something that has been.</summary>
    public const string Ok = "call.completed";

    /// <summary>Messages of older conventions: an event each, or attributes with numbers.</summary>
    public const string Messages = "gen_ai.*.message";

    /// <summary>Choices of older conventions.</summary>
    public const string Choices = "gen_ai.choice";

    private static readonly ImmutableArray<string> NoModelCalls = ["execute_tool", "invoke_agent", "create_agent",
        "invoke_workflow"];

    /// <summary>The calls of a request, in the order in which they are first named.</summary>
    public static IEnumerable<OtlpCall> Read(JsonElement request)
    {
        var calls = new List<OtlpCall>();
        var bySpan = new Dictionary<string, OtlpCall>(StringComparer.Ordinal);
        foreach (var (resource, span) in Each(request, "resourceSpans", "scopeSpans", "spans"))
        {
            CallOf(span, resource, calls, bySpan).Spans.Add(span);
        }

        foreach (var (resource, log) in Each(request, "resourceLogs", "scopeLogs", "logRecords"))
        {
            CallOf(log, resource, calls, bySpan).Logs.Add(log);
        }

        return calls;
    }

    private static IEnumerable<(JsonElement Resource, JsonElement Item)> Each(
        JsonElement request, string resources, string scopes, string items)
    {
        foreach (var resource in List(request, resources))
        {
            foreach (var scope in List(resource, scopes))
            {
                foreach (var item in Objects(scope, items))
                {
                    yield return (resource, item);
                }
            }
        }
    }

    private static OtlpCall CallOf(
        JsonElement item, JsonElement resource, List<OtlpCall> calls, Dictionary<string, OtlpCall> bySpan)
    {
        var trace = TextAt(item, "traceId");
        var span = TextAt(item, "spanId");
        var name = trace is not null && span is not null ? $"{trace}:{span}" : null;
        if (name is null || !bySpan.TryGetValue(name, out var call))
        {
            calls.Add(call = new OtlpCall(name, resource));
            if (name is not null)
            {
                bySpan[name] = call;
            }
        }

        return call;
    }

    /// <summary>Items of a list below a property; none where there is no such list.</summary>
    public static IEnumerable<JsonElement> List(JsonElement from, string name) =>
        from.ValueKind == JsonValueKind.Object && from.TryGetProperty(name, out var list)
            ? Conversions.Items(list)
            : [];

    /// <summary>Those items of a list that are objects.</summary>
    public static IEnumerable<JsonElement> Objects(JsonElement from, string name) =>
        List(from, name).Where(static item => item.ValueKind == JsonValueKind.Object);

    /// <summary>A text below a property, or null.</summary>
    public static string? TextAt(JsonElement from, string name) =>
        from.ValueKind == JsonValueKind.Object && from.TryGetProperty(name, out var value)
            ? Conversions.TextOf(value)
            : null;

    /// <summary>Whether an operation is work around a model, and not a call of one.</summary>
    public static bool IsNoModelCall(string? operation) => operation is not null && NoModelCalls.Contains(operation);
}

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
