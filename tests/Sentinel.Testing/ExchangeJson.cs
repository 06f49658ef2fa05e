using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sentinel.Testing;

/// <summary>
/// Builds events of <c>exchange.v1</c> as JSON. Every property of the schema is set; tests change what they mean.
/// </summary>
public sealed class ExchangeJson
{
    private static readonly JsonSerializerOptions Plain = new(
        ) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly JsonObject _root;

    private ExchangeJson(JsonObject root) => _root = root;

    /// <summary>An event with every property.</summary>
    public static ExchangeJson Full(string eventId = "ev-1", string accountId = "acct-1", long atMs = 1_790_000_000_000)
    {
        var at = DateTimeOffset.FromUnixTimeMilliseconds(atMs).ToString("yyyy-MM-ddTHH:mm:ss.fffZ",
            CultureInfo.InvariantCulture);
        return new ExchangeJson(JsonNode.Parse(Template)!.AsObject()).Set("event_id", eventId).Set("account.id",
            accountId).Set("occurred_at", at);
    }

    /// <summary>An event with the required properties only.</summary>
    public static ExchangeJson Minimal() => new(JsonNode.Parse(
        """
        {"event_id":"ev-1","occurred_at":"2026-10-05T01:14:14Z","account":{"id":"acct-1"},"request":{"model":"m"},
        "response":{"status":200}}
        """)!.AsObject());

    /// <summary>Sets a property; the path is dotted, and an object on it that is missing is made.</summary>
    public ExchangeJson Set(string path, JsonNode? value)
    {
        var parts = path.Split('.');
        var node = _root;
        foreach (var part in parts[..^1])
        {
            node[part] ??= new JsonObject();
            node = node[part]!.AsObject();
        }

        node[parts[^1]] = value;
        return this;
    }

    /// <summary>Sets a property to JSON as written.</summary>
    public ExchangeJson SetRaw(string path, string json) => Set(path, JsonNode.Parse(json));

    /// <summary>Takes a property out.</summary>
    public ExchangeJson Remove(string path)
    {
        var parts = path.Split('.');
        var node = parts[..^1].Aggregate(_root, (inner, part) => inner[part]!.AsObject());
        node.Remove(parts[^1]);
        return this;
    }

    /// <summary>One user message.</summary>
    public ExchangeJson Prompt(string text) =>
        Set("request.messages", new JsonArray(new JsonObject { ["role"] = "user", ["content"] = text }));

    /// <summary>The event on one line, without its newline.</summary>
    public override string ToString() => _root.ToJsonString(Plain);

    /// <summary>The event on one line, without its newline, UTF-8.</summary>
    public byte[] ToUtf8() => Encoding.UTF8.GetBytes(ToString());

    private const string Template =
        """
        {"event_id":"ev-1","occurred_at":"2026-10-05T01:14:14.846Z","account":{"id":"acct-1","org_id":"org-1",
        "created_at":"2026-09-27T01:23:15.046460Z","plan":"payg",
        "signup_route":"self_serve","email_domain":"Example.COM",
        "email_hash":"e1","payment_hash":"p1","phone_hash":"t1","country":"JP"},
        "client":{"ip":"198.51.100.7","asn":64500,
        "country":"JP","network":"residential","user_agent":"curl/8.5","ja4":"j1","device_hash":"d1","api_key_id":"k1"},
        "request":{"model":"m-large","operation":"chat","conversation_id":"c1","turn":2,"system":"You are terse.",
        "messages":[{"role":"user","content":"Hello there"},{"role":"assistant","content":"Hi"},
        {"role":"user","content":"Name three rivers"}],"tools":["search","run"],"modalities":["text"],"max_tokens":2048,
        "temperature":0.5,"n":2,"logprobs":true,"stream":false,"reasoning":"high",
        "reasoning_refs_presented":["r0","r1"]},
        "response":{"status":200,"finish_reason":"stop","input_tokens":96,"output_tokens":294,"reasoning_tokens":782,
        "latency_ms":2942,"refused":true,"reasoning_ref_issued":"r2","output_sketch":[]}}
        """;
}
