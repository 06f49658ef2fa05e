using System.Text.Json.Nodes;

namespace Sentinel.Streaming.Tests.Adapters;

/// <summary>Whatever a gateway sends, nothing throws and every line is one that the decoder can judge.</summary>
public sealed class GatewayFuzzTests
{
    private const string Half = "@half";

    private static readonly string[] OddValues =
    [
        "null", "true", "0", "-1", "1e400", "12345678901234567890", "\"\"", "\"text\"", "\"[{}]\"", "\"{\\\"a\\\":\"",
        "\"data: {\"", "[]", "{}", "[null]", "[[[]]]", "[{\"type\":7}]", "{\"role\":null}", "\"@half\"", "[\"@half\"]",
    ];

    public static TheoryData<string> Cases => [.. GoldenFiles.Cases()];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Case_CutAtEveryByte_NeverThrows(string name)
    {
        var body = File.ReadAllBytes(GoldenFiles.PathOf(name + ".in.json"));
        var start = 0;
        for (var end = 0; end < body.Length; end++)
        {
            GoldenFiles.Read(name, body.AsMemory(start, end - start));
            start = body[end] == '\n' ? end + 1 : start; // Lines know nothing of each other: each is cut by itself.
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Case_FieldsRemovedOrOfAnotherType_NeverThrows(string name)
    {
        var random = new Random(20261122);
        // Half a surrogate pair is JSON, but the writer here would not write it.
        var golden = File.ReadAllText(GoldenFiles.PathOf(name + ".in.json"))
            .Replace("\\ud83d half", Half, StringComparison.Ordinal).Replace("\\udc00", Half, StringComparison.Ordinal);
        var bodies = Split(golden);
        for (var round = 0; round < 150; round++)
        {
            var body = bodies[random.Next(bodies.Length)].DeepClone();
            for (var steps = random.Next(1, 4); steps > 0; steps--)
            {
                Change(body, random);
            }

            var text = body.ToJsonString().Replace(Half, "\\ud800", StringComparison.Ordinal);
            GoldenFiles.Adapt(name, System.Text.Encoding.UTF8.GetBytes(text));
        }
    }

    [Fact]
    public void RandomBytes_NeverThrow()
    {
        var random = new Random(7);
        for (var round = 0; round < 2_000; round++)
        {
            var body = new byte[random.Next(200)];
            random.NextBytes(body);
            GoldenFiles.Adapt("litellm", body);
            GoldenFiles.Adapt("otlp", body);
        }
    }

    private static JsonNode[] Split(string body)
    {
        try
        {
            return [JsonNode.Parse(body)!];
        }
        catch (System.Text.Json.JsonException)
        {
            var lines = body.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            return lines.All(line => line.StartsWith('{') && line.EndsWith('}'))
                ? [.. lines.Select(line => JsonNode.Parse(line)!)]
                : [new JsonObject()];
        }
    }

    private static void Change(JsonNode root, Random random)
    {
        var all = new List<JsonNode>();
        Collect(root, all);
        switch (all[random.Next(all.Count)])
        {
            case JsonObject { Count: > 0 } item:
                var name = item.ElementAt(random.Next(item.Count)).Key;
                item.Remove(name);
                if (random.Next(3) > 0)
                {
                    item[name] = Odd(random);
                }

                break;
            case JsonArray { Count: > 0 } list:
                list[random.Next(list.Count)] = Odd(random);
                break;
            default:
                break;
        }
    }

    private static JsonNode? Odd(Random random) => JsonNode.Parse(OddValues[random.Next(OddValues.Length)]);

    private static void Collect(JsonNode node, List<JsonNode> all)
    {
        all.Add(node);
        var children = node switch
        {
            JsonObject item => item.Select(property => property.Value),
            JsonArray list => list,
            _ => [],
        };
        foreach (var child in children.OfType<JsonNode>().Where(child => child is not JsonValue))
        {
            Collect(child, all);
        }
    }
}
