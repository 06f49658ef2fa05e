using System.Collections.Immutable;
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
