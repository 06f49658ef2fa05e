using System.Globalization;
using System.Text.Json;

namespace Sentinel.Simulation.Tests;

/// <summary>The lines keep to exchange.v1: its properties, their types, what is required and the ranges.</summary>
public sealed class ExchangeSchemaTests(DemoFixture demo) : IClassFixture<DemoFixture>
{
    // Name and type; '?' may be null, '*' is a list of it; capital is required.
    private static readonly Dictionary<string, string[]> Schema = new()
    {
        [""] = ["event_id:S", "occurred_at:T", "account:O", "client:o", "request:O", "response:O"],
        ["account"] =
        [
            "id:S", "org_id:s?", "created_at:t?", "plan:s?", "signup_route:s?", "email_domain:s?", "email_hash:s?",
            "payment_hash:s?", "phone_hash:s?", "country:s?",
        ],
        ["client"] =
        [
            "ip:s?", "asn:i?", "country:s?", "network:s?", "user_agent:s?", "ja4:s?", "device_hash:s?", "api_key_id:s?",
        ],
        ["request"] =
        [
            "model:S", "operation:s?", "conversation_id:s?", "turn:i?", "system:s?", "messages:o*", "tools:s*",
            "modalities:s*", "max_tokens:i?", "temperature:n?", "n:i?", "logprobs:b?", "stream:b?", "reasoning:s?",
            "reasoning_refs_presented:s*",
        ],
        ["response"] =
        [
            "status:I", "finish_reason:s?", "input_tokens:i?", "output_tokens:i?", "reasoning_tokens:i?",
            "latency_ms:i?", "refused:b?", "reasoning_ref_issued:s?", "output_sketch:i*",
        ],
    };

    [Fact]
    public void Write_DemoLines_KeepToTheSchema()
    {
        foreach (var exchange in demo.Played.Exchanges)
        {
            CheckObject("", exchange);
            foreach (var part in Schema.Keys.Where(part => part.Length > 0))
            {
                CheckObject(part, exchange.GetProperty(part));
            }
        }
    }

    [Fact]
    public void Write_BenchmarkLines_KeepToTheSchema()
    {
        using var traffic = new BenchmarkTraffic(100, 1024, 1_000, seed: 1);
        var line = new System.Buffers.ArrayBufferWriter<byte>();
        for (var i = 0; i < 200; i++)
        {
            line.ResetWrittenCount();
            traffic.WriteNext(line);
            using var document = JsonDocument.Parse(line.WrittenMemory);
            CheckObject("", document.RootElement);
            foreach (var part in Schema.Keys.Where(part => part.Length > 0))
            {
                CheckObject(part, document.RootElement.GetProperty(part));
            }
        }
    }

    [Fact]
    public void Write_DemoLines_KeepTheRanges()
    {
        string?[] networks =
            ["residential", "mobile", "hosting", "corporate", "education", "vpn", "proxy", "unknown"];
        foreach (var exchange in demo.Played.Exchanges)
        {
            Assert.InRange(exchange.GetProperty("event_id").GetString()!.Length, 1, 64);
            var (client, request, response) =
                (exchange.GetProperty("client"), exchange.GetProperty("request"), exchange.GetProperty("response"));
            Assert.Contains(client.GetProperty("network").GetString(), networks);
            Assert.True(System.Net.IPAddress.TryParse(client.GetProperty("ip").GetString(), out _));
            Assert.Equal(2, client.GetProperty("country").GetString()!.Length);
            Assert.Contains(request.GetProperty("reasoning").GetString(), new[] { "off", "low", "medium", "high" });
            Assert.True(request.GetProperty("messages").GetArrayLength() > 0);
            Assert.Contains(response.GetProperty("output_sketch").GetArrayLength(), new[] { 0, 64 });
            Assert.True(response.GetProperty("output_tokens").GetInt32()
                <= request.GetProperty("max_tokens").GetInt32());
            var created = exchange.GetProperty("account").GetProperty("created_at").GetDateTimeOffset();
            Assert.True(created <= exchange.GetProperty("occurred_at").GetDateTimeOffset());
        }
    }

    private static void CheckObject(string part, JsonElement element)
    {
        var properties = Schema[part].ToDictionary(row => row.Split(':')[0], row => row.Split(':')[1]);
        foreach (var (name, type) in properties.Where(row => char.IsUpper(row.Value[0])))
        {
            Assert.True(element.TryGetProperty(name, out _), $"{part}.{name} is required");
        }

        foreach (var property in element.EnumerateObject())
        {
            Assert.True(properties.TryGetValue(property.Name, out var type), $"{part}.{property.Name} is unknown");
            Assert.True(Fits(property.Value, type!), $"{part}.{property.Name} is {property.Value.GetRawText()}");
        }
    }

    private static bool Fits(JsonElement value, string type)
    {
        if (type.EndsWith('*'))
        {
            return value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(item => Fits(item, type[..1]));
        }

        return value.ValueKind switch
        {
            JsonValueKind.Null => type.EndsWith('?'),
            JsonValueKind.Object => type[0] is 'o' or 'O',
            JsonValueKind.True or JsonValueKind.False => type[0] == 'b',
            JsonValueKind.Number when type[0] is 'i' or 'I' => value.TryGetInt64(out var whole) && whole >= 0,
            JsonValueKind.Number => type[0] == 'n',
            JsonValueKind.String when type[0] is 't' or 'T' => DateTimeOffset.TryParse(
                value.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out _),
            _ => type[0] is 's' or 'S',
        };
    }
}
