using System.Globalization;
using System.Text.Json.Nodes;
using Sentinel.Testing;

namespace Sentinel.Detection.Tests.Exchanges;

/// <summary>Events of exchange.v1 by chance: any property there, missing, null or odd, and any of them good.</summary>
internal sealed class RandomExchange(Random random)
{
    private static readonly string[] Texts =
    [
        "", "a", "Hello there", "Straße ÉCOLE", "数据 а б", "😀 smile", "line\nbreak \"quoted\" \\ back",
        "\u0000\u001f", "Example.COM", "ÄB.Example", new string('x', 700),
    ];

    private static readonly string[] Addresses =
        ["198.51.100.7", "2001:db8::1", "::ffff:198.51.100.7", "fe80::1%eth0", "not an address", ""];

    private static readonly string[] Roles =
        ["user", "assistant", "system", "developer", "tool", "function", "Human", "model", "critic", ""];

    private static readonly string[] Efforts = ["off", "low", "medium", "high", "max", ""];

    /// <summary>The next event.</summary>
    public ExchangeJson Next()
    {
        var json = ExchangeJson.Minimal().Set("event_id", Id(64)).Set("account.id", Id(128)).Set("occurred_at", Time());
        json.Set("request.model", Text()).Set("response.status", random.Next(100, 600));
        SetTexts(json, "account", "org_id", "plan", "signup_route", "email_domain", "email_hash", "payment_hash",
            "phone_hash", "country");
        SetTexts(json, "client", "country", "network", "user_agent", "ja4", "device_hash", "api_key_id");
        SetTexts(json, "request", "operation", "conversation_id", "system");
        SetTexts(json, "response", "finish_reason", "reasoning_ref_issued");
        Maybe(json, "account.created_at", () => Time());
        Maybe(json, "client.ip", () => Addresses[random.Next(Addresses.Length)]);
        Maybe(json, "client.asn", () => (long)random.Next() * random.Next(1, 3));
        Maybe(json, "request.turn", () => random.Next(1, 9));
        Maybe(json, "request.n", () => random.Next(1, 9));
        Maybe(json, "request.temperature", () => random.Next(0, 200) / 100.0);
        Maybe(json, "request.reasoning", () => Efforts[random.Next(Efforts.Length)]);
        Counts(json, "request.max_tokens", "response.input_tokens", "response.output_tokens",
            "response.reasoning_tokens", "response.latency_ms");
        Flags(json, "request.logprobs", "request.stream", "response.refused");
        Maybe(json, "request.messages", () => Messages());
        Maybe(json, "request.tools", () => List(8));
        Maybe(json, "request.modalities", () => List(3));
        Maybe(json, "request.reasoning_refs_presented", () => List(80));
        Maybe(json, "response.output_sketch", () => Sketch());
        return json;
    }

    private void SetTexts(ExchangeJson json, string parent, params string[] names)
    {
        foreach (var name in names)
        {
            Maybe(json, $"{parent}.{name}", () => Text());
        }
    }

    private void Counts(ExchangeJson json, params string[] paths)
    {
        foreach (var path in paths)
        {
            Maybe(json, path, () => random.Next(0, int.MaxValue));
        }
    }

    private void Flags(ExchangeJson json, params string[] paths)
    {
        foreach (var path in paths)
        {
            Maybe(json, path, () => random.Next(2) == 0);
        }
    }

    private void Maybe(ExchangeJson json, string path, Func<JsonNode?> value)
    {
        if (random.Next(4) > 0)
        {
            json.Set(path, random.Next(12) == 0 ? null : value());
        }
    }

    private string Text() => Texts[random.Next(Texts.Length)];

    private string Id(int charsMax) =>
        string.Concat(Enumerable.Repeat(random.Next(2) == 0 ? "é" : "7", random.Next(1, charsMax + 1)));

    private string Time() => DateTimeOffset.FromUnixTimeMilliseconds(random.NextInt64(0, 7_258_118_400_000))
        .ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);

    private JsonArray List(int max) =>
        [.. Enumerable.Range(0, random.Next(max)).Select(_ => (JsonNode?)JsonValue.Create(Text()))];

    private JsonArray Messages() => [.. Enumerable.Range(0, random.Next(6)).Select(_ => Message())];

    private JsonObject Message()
    {
        var message = new JsonObject { ["role"] = Roles[random.Next(Roles.Length)] };
        if (random.Next(8) > 0)
        {
            message["content"] = random.Next(8) == 0 ? null : Text();
        }

        return message;
    }

    private JsonArray Sketch() =>
    [
        .. Enumerable.Range(0, random.Next(3) == 0 ? random.Next(70) : 64)
            .Select(_ => (JsonNode?)JsonValue.Create((uint)random.NextInt64(uint.MaxValue + 1L))),
    ];
}
