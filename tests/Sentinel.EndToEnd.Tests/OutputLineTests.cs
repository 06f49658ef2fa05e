using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Sentinel.Detection.Campaigns;
using Sentinel.Detection.Links;
using Sentinel.Detection.Ports;
using Sentinel.Detection.Verdicts;
using Sentinel.Hosting;
using Sentinel.Hosting.Output;
using Sentinel.Streaming.Lanes;

namespace Sentinel.EndToEnd.Tests;

/// <summary>Output lines, byte for byte.</summary>
public sealed class OutputLineTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 2, 10, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Verdict_Flagged_IsTheContractsExample() => Assert.Equal(
        Joined("""
            {"account_id":"acct-1","level":"abusive","risk":0.998,"action":"block",
            "abuse_types":["reasoning_extraction"],"campaign_id":"cmp-3","first_flagged_at":"2026-11-02T10:00:00Z",
            "exchanges_seen":412,"exchanges_at_flag":23,"reasons":[{"code":"campaign.template",
            "summary":"the same instruction frame as 118 other accounts","weight":4.1}]}
            """),
        LineOf(Flagged, VerdictLine.Write));

    [Fact]
    public void Verdict_NothingFound_HasEveryKey() => Assert.Equal(
        Joined("""
            {"account_id":"a \"b\" <é数据>","level":"none","risk":0.000001,"action":"allow","abuse_types":[],
            "campaign_id":null,"first_flagged_at":null,"exchanges_seen":1,"exchanges_at_flag":null,"reasons":[]}
            """),
        LineOf(
            Flagged with
            {
                AccountId = "a \"b\" <é数据>",
                Level = VerdictLevel.None,
                Risk = 1.4e-6,
                Action = DecisionAction.Allow,
                AbuseTypes = [],
                CampaignId = null,
                FirstFlaggedAt = null,
                ExchangesSeen = 1,
                ExchangesAtFlag = null,
                Reasons = [],
            },
            VerdictLine.Write));

    [Fact]
    public void Campaign_IsTheContractsExample() => Assert.Equal(
        Joined("""
            {"campaign_id":"cmp-3","accounts":["acct-1","acct-7"],"risk":0.999,"abuse_types":["reasoning_extraction"],
            "first_detected_at":"2026-11-02T10:00:00.250Z","exchanges_at_detection":940,
            "template":"You are an expert … ⟨…⟩ … show every step",
            "links":[{"kind":"template","accounts":119,"strength":11.2},{"kind":"payment","accounts":14,"strength":6}]}
            """),
        LineOf(Found, CampaignLine.Write));

    [Fact]
    public void DeadLetter_KeepsItsKeysInOrder() => Assert.Equal(
        """{"source":"a.jsonl","line":7,"byte_offset":123,"code":"not_json","detail":"d","head":"{\u0000\"x\"\uFFFD"}"""
            .Replace("\\uFFFD", "\uFFFD", StringComparison.Ordinal),
        LineOf(new DeadLetter("a.jsonl", 7, 123, "not_json", "d", "{\0\"x\"\uFFFD"), DeadLetterLine.Write));

    [Fact]
    public void Summary_IsTheContractsObject() => Assert.Equal(
        Joined("""
            {"exchanges":10,"rejected":1,"duplicates":2,"accounts":3,"flagged":1,"campaigns":1,"elapsed_seconds":0.5,
            "exchanges_per_second":26,"models":{"content-tier1":"1"}}
            """),
        LineOf(
            new ReplaySummary(
                0, new LaneCounts(10, 2, 1, ImmutableSortedDictionary<string, long>.Empty), 10, 3, 1, 1,
                TimeSpan.FromSeconds(0.5)),
            static (json, summary) => SummaryObject.Write(json, summary, "content-tier1/1")));

    [Theory]
    [InlineData(0.0, "0")]
    [InlineData(-1e-9, "0")]
    [InlineData(1.0, "1")]
    [InlineData(0.9999996, "1")]
    [InlineData(1e-9, "0")]
    [InlineData(0.1234565, "0.123456")]
    [InlineData(123456.75, "123456.75")]
    public void Rounded_Number_HasNoExponentAndNoZerosAtItsEnd(double value, string expected) => Assert.Equal(
        $$"""{"x":{{expected}}}""",
        LineOf(value, static (json, item) =>
        {
            json.WriteStartObject();
            json.WriteRounded("x", item, JsonLine.RiskDecimals);
            json.WriteEndObject();
        }));

    [Theory]
    [InlineData("verdict.v1.schema.json")]
    [InlineData("campaign.v1.schema.json")]
    public void Line_HasExactlyTheKeysOfItsSchema(string name)
    {
        using var schema = JsonDocument.Parse(File.ReadAllText(Path.Combine(BuiltProgram.Root, "schemas", name)));
        var line = name.StartsWith('v') ? LineOf(Flagged, VerdictLine.Write) : LineOf(Found, CampaignLine.Write);
        using var written = JsonDocument.Parse(line);
        var keys = written.RootElement.EnumerateObject().Select(property => property.Name).ToArray();
        var (required, properties) =
            (schema.RootElement.GetProperty("required"), schema.RootElement.GetProperty("properties"));
        Assert.Equal(required.EnumerateArray().Select(item => item.GetString()), keys);
        Assert.Equal(properties.EnumerateObject().Select(item => item.Name), keys);
    }

    [Fact]
    public void Schemas_NameEveryWordThatIsWritten()
    {
        Assert.Equal(WireNames.Levels, WordsOf("verdict.v1.schema.json", "level"));
        Assert.Equal(WireNames.Actions, WordsOf("verdict.v1.schema.json", "action"));
        Assert.Equal(WireNames.AbuseTypes, WordsOf("verdict.v1.schema.json", "abuse_types"));
        Assert.Equal(WireNames.AbuseTypes, WordsOf("campaign.v1.schema.json", "abuse_types"));
    }

    [Fact]
    public void LineFile_NotCompleted_LeavesWhatWasThere()
    {
        using var scratch = new Scratch();
        File.WriteAllText(scratch["out.jsonl"], "before");
        using (var file = LineFile.Open(scratch["out.jsonl"])!)
        {
            file.Write(Flagged, VerdictLine.Write);
        }

        Assert.Equal("before", File.ReadAllText(scratch["out.jsonl"]));
        Assert.False(File.Exists(scratch["out.jsonl.partial"]));
        using (var file = LineFile.Open(scratch["out.jsonl"])!)
        {
            file.Write(Flagged, VerdictLine.Write);
            file.Complete();
        }

        Assert.Equal(LineOf(Flagged, VerdictLine.Write) + "\n", File.ReadAllText(scratch["out.jsonl"]));
        var refused = Assert.Throws<CommandException>(() => LineFile.Open(Path.GetTempPath()));
        Assert.Equal(ExitCodes.Usage, refused.ExitCode);
    }

    private static Verdict Flagged { get; } = new(
        new VerdictId(0, 1, 1), "acct-1", VerdictLevel.Abusive, 0.9980004, DecisionAction.Block,
        [AbuseType.ReasoningExtraction], "cmp-3", At, 412, 23,
        [new Reason("campaign.template", "the same instruction frame as 118 other accounts", 4.10049)],
        "content-tier1/1", 1, At);

    private static Campaign Found { get; } = new(
        "cmp-3", 1, ["acct-1", "acct-7"], 0.999, [AbuseType.ReasoningExtraction], At.AddMilliseconds(250), 940, 2000,
        "You are an expert … ⟨…⟩ … show every step",
        [new CampaignLink(LinkKind.Template, 119, 11.2), new CampaignLink(LinkKind.Payment, 14, 6)],
        [], 1, 1, At, null);

    private static string Joined(string lines) => lines.ReplaceLineEndings("");

    private static string LineOf<T>(T item, Action<Utf8JsonWriter, T> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = JsonLine.Into(buffer);
        write(json, item);
        json.Flush();
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static IEnumerable<string> WordsOf(string schema, string property)
    {
        using var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(BuiltProgram.Root, "schemas", schema)));
        var found = json.RootElement.GetProperty("properties").GetProperty(property);
        var list = found.TryGetProperty("items", out var items) ? items : found;
        return [.. list.GetProperty("enum").EnumerateArray().Select(word => word.GetString()!)];
    }
}
