using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace Sentinel.Streaming.Adapters;

/// <summary>
/// An exchange.v1 event in the making. Of two values for a property the first counts. What has no place in exchange.v1
/// but is needed to finish the event is kept under a name that begins with <c>~</c>. Not thread-safe.
/// </summary>
internal sealed class ExchangeDraft
{
    /// <summary>The gateway's id of the call.</summary>
    public const string CallId = "~id";

    /// <summary>The gateway's id of what the call belongs to.</summary>
    public const string TraceId = "~trace_id";

    /// <summary>Set where the request goes on from an earlier one, whose messages it does not repeat.</summary>
    public const string Continues = "~continues";

    /// <summary>When the response ended, milliseconds since 1970.</summary>
    public const string EndedAt = "~ended_at";

    /// <summary>When the request arrived, milliseconds since 1970.</summary>
    public const string StartedAt = "occurred_at";

    private readonly Dictionary<string, object> _values = new(StringComparer.Ordinal);

    /// <summary>Messages as role and content; the content is null where there is no text.</summary>
    public List<(string Role, string? Content)> Messages { get; } = [];

    /// <summary>Text of the response, of which only the sketch goes further.</summary>
    public StringBuilder ResponseText { get; } = new();

    /// <summary>Whether a property has a value.</summary>
    public bool Has(string property) => _values.ContainsKey(property);

    /// <summary>A value, or null.</summary>
    public object? Find(string property) => _values.GetValueOrDefault(property);

    /// <summary>A number, or null.</summary>
    public long? Number(string property) => Find(property) as long?;

    /// <summary>Sets a property that has no value yet.</summary>
    /// <returns>Always true: the value was good.</returns>
    public bool Set(string property, object value)
    {
        _values.TryAdd(property, value);
        return true;
    }

    /// <summary>Sets a property whatever it was.</summary>
    public void Replace(string property, object value) => _values[property] = value;

    /// <summary>Adds to a list.</summary>
    public void Add(string property, string item)
    {
        if (!_values.TryGetValue(property, out var list))
        {
            _values[property] = list = new List<string>();
        }

        var items = (List<string>)list;
        if (!items.Contains(item, StringComparer.Ordinal))
        {
            items.Add(item);
        }
    }

    /// <summary>Takes from another record of the same call what this one does not say.</summary>
    public void FillFrom(ExchangeDraft other)
    {
        foreach (var (property, value) in other._values)
        {
            _values.TryAdd(property, value);
        }

        if (Messages.Count == 0)
        {
            Messages.AddRange(other.Messages);
        }

        if (ResponseText.Length == 0)
        {
            ResponseText.Append(other.ResponseText);
        }
    }

    /// <summary>
    /// Whether the record tells how the call ended: an error, an end, tokens or text, or at least a status where
    /// nothing was streamed.
    /// </summary>
    public bool IsAnswered =>
        Number("response.status") >= 400 || Has("response.finish_reason") || Has("response.output_tokens")
        || ResponseText.Length > 0 || (Has("response.status") && !IsStream);

    /// <summary>Whether the response was streamed.</summary>
    public bool IsStream => Find("request.stream") is true;

    /// <summary>The same text for the same input everywhere: 128 bits of SHA-256 in hexadecimal.</summary>
    public static string HashOf(string prefix, ReadOnlySpan<byte> bytes) =>
        prefix + Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 16));

    /// <inheritdoc cref="HashOf(string, ReadOnlySpan{byte})"/>
    public static string HashOf(string prefix, string text) => HashOf(prefix, Encoding.UTF8.GetBytes(text));
}

/// <summary>What exchange.v1 holds, in the order in which it is written.</summary>
internal static class ExchangeProperties
{
    /// <summary>Every property with a value of its own.</summary>
    public static readonly ImmutableArray<string> All =
    [
        "event_id", "occurred_at", "account.id", "account.org_id", "account.created_at", "account.plan",
        "account.signup_route", "account.email_domain", "account.email_hash", "account.payment_hash",
        "account.phone_hash", "account.country", "client.ip", "client.asn", "client.country", "client.network",
        "client.user_agent", "client.ja4", "client.device_hash", "client.api_key_id", "request.model",
        "request.operation", "request.conversation_id", "request.turn", "request.system", "request.messages",
        "request.tools", "request.modalities", "request.max_tokens", "request.temperature", "request.n",
        "request.logprobs", "request.stream", "request.reasoning", "request.reasoning_refs_presented",
        "response.status", "response.finish_reason", "response.input_tokens", "response.output_tokens",
        "response.reasoning_tokens", "response.latency_ms", "response.refused", "response.reasoning_ref_issued",
        "response.output_sketch",
    ];
}
