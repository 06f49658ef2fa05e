using System.Text;
using System.Text.Json;
using Sentinel.Api.Decisions;
using Sentinel.Detection.Verdicts;
using Sentinel.Streaming.Partitions;

namespace Sentinel.EndToEnd.Tests;

/// <summary>Records of the compacted topics are what their schemas say, and those of old are read for good.</summary>
public sealed class RecordSchemaTests
{
    private const string VerdictOfOld = """
        {"account_id":"acct-1","level":"abusive","risk":0.998,"action":"block","abuse_types":["grading_harvest"],
        "campaign_id":"cmp-2","first_flagged_at":"2026-10-05T10:00:00Z","exchanges_seen":412,"exchanges_at_flag":23,
        "reasons":[{"code":"campaign.device","summary":"the same device as 9 others","weight":13.125}],
        "origin":"campaigns","partition":0,"offset":12345678901,"policy_version":1,
        "model_version":"content-tier1/1","feature_layout":1,"at":"2026-10-05T11:00:00Z"}
        """;

    private const string RulingOfOld = """
        {"ruling_id":"r-1","account_id":"acct-1","action":"strip_reasoning","expires_at":"2026-10-05T11:00:00Z"}
        """;

    [Fact]
    public void VerdictRecord_HasExactlyTheKeysOfItsSchema()
    {
        Assert.True(VerdictRecord.TryRead(Encoding.UTF8.GetBytes(VerdictOfOld), out var verdict));
        Assert.Equal(12_345_678_901, verdict.Id.Offset);
        using var schema = Schema("verdict-record.v1.schema.json");
        using var written = JsonDocument.Parse(new VerdictRecord().Write(verdict));
        var keys = written.RootElement.EnumerateObject().Select(static property => property.Name).ToArray();
        Assert.Equal(Strings(schema.RootElement.GetProperty("required")), keys);
        var properties = schema.RootElement.GetProperty("properties");
        Assert.Equal(properties.EnumerateObject().Select(static property => property.Name), keys);
        using var old = JsonDocument.Parse(VerdictOfOld);
        Assert.Equal(keys, old.RootElement.EnumerateObject().Select(static property => property.Name));
        Assert.Equal(WireNames.Levels, Strings(properties.GetProperty("level").GetProperty("enum")));
        Assert.Equal(WireNames.Actions, Strings(properties.GetProperty("action").GetProperty("enum")));
        Assert.Equal(WireNames.Origins, Strings(properties.GetProperty("origin").GetProperty("enum")));
        Assert.Equal(
            WireNames.AbuseTypes, Strings(properties.GetProperty("abuse_types").GetProperty("items").GetProperty("enum")));
    }

    [Fact]
    public void Ruling_WithoutAnyRequiredProperty_IsNone()
    {
        Assert.True(Ruling.TryRead(Encoding.UTF8.GetBytes(RulingOfOld), out var ruling));
        Assert.Equal(
            new Ruling(
                "r-1", new RulingKey(KeyKind.Account, "acct-1"), DecisionAction.StripReasoning, new DateTimeOffset(2026, 10, 5, 11, 0, 0, TimeSpan.Zero)),
            ruling);
        using var schema = Schema("ruling.v1.schema.json");
        using var old = JsonDocument.Parse(RulingOfOld);
        var properties = schema.RootElement.GetProperty("properties");
        Assert.Empty(old.RootElement.EnumerateObject().Select(static property => property.Name).Except(
            properties.EnumerateObject().Select(static property => property.Name)));
        var kinds = properties.GetProperty("subject").GetProperty("properties").GetProperty("kind").GetProperty("enum");
        Assert.Equal(RulingKey.Names, Strings(kinds));
        Assert.Equal(WireNames.Actions, Strings(properties.GetProperty("action").GetProperty("enum")));
        foreach (var required in Strings(schema.RootElement.GetProperty("required")).Append("account_id"))
        {
            var rest = old.RootElement.EnumerateObject().Where(property => property.Name != required)
                .ToDictionary(static property => property.Name, static property => property.Value);
            Assert.False(Ruling.TryRead(JsonSerializer.SerializeToUtf8Bytes(rest), out _), required);
        }
    }

    private static JsonDocument Schema(string name) =>
        JsonDocument.Parse(File.ReadAllText(Path.Combine(BuiltProgram.Root, "schemas", name)));

    private static IEnumerable<string> Strings(JsonElement array) =>
        array.EnumerateArray().Select(static item => item.GetString()!);
}
