using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Sentinel.Reports.Sharing;

namespace Sentinel.Reports.Tests;

public sealed partial class SiemTests
{
    private static readonly HashSet<string> CefKeys = new(StringComparer.Ordinal)
    {
        "rt", "start", "end", "externalId", "cat", "cnt", "cn1", "cn1Label", "cn2", "cn2Label", "cs1", "cs1Label", "cs2",
        "cs2Label", "cs3", "cs3Label", "cs4", "cs4Label", "deviceCustomDate1", "deviceCustomDate1Label", "msg", "suid", "act", "outcome",
    };

    // Field names of ECS 8.17 that the documents may use, and the name that is ours.
    private static readonly string[] EcsFields =
    [
        "@timestamp", "ecs.version", "message", "tags", "event.kind", "event.category", "event.type", "event.module", "event.dataset",
        "event.provider", "event.id", "event.created", "event.severity", "event.risk_score", "event.start", "event.end", "event.reason",
        "observer.product", "observer.vendor", "observer.version", "rule.name", "rule.version", "threat.framework", "threat.tactic.id",
        "threat.tactic.name", "threat.technique.id", "threat.technique.name", "threat.indicator.type", "threat.indicator.id",
        "threat.indicator.name", "threat.indicator.first_seen", "threat.indicator.last_seen", "threat.indicator.sightings",
        "threat.indicator.confidence", "threat.indicator.provider", "threat.indicator.marking.tlp", "related.user",
    ];

    [StandardsFact]
    public void Ocsf_OfManyCampaigns_IsAsOcsfSays()
    {
        var schema = new OcsfSchema(Standards.PathOf("ocsf"));
        for (var seed = 0; seed < 200; seed++)
        {
            var report = Incidents.ReportFor(seed, SharingProfile.BuiltIn[seed % 4]);
            var events = LinesOf(Incidents.Write("ocsf", report)).ToArray();
            Assert.Equal(report.Campaigns.Length + 1, events.Length);
            foreach (var item in events)
            {
                var classId = item.GetProperty("class_uid").GetInt32();
                var faults = schema.CheckEvent(classId == 2004 ? "detection_finding" : "incident_finding", item);
                Assert.True(faults.Count == 0, $"seed {seed}: {string.Join("; ", faults)}");
                Assert.Equal((classId * 100) + item.GetProperty("activity_id").GetInt32(), item.GetProperty("type_uid").GetInt32());
            }
        }
    }

    [StandardsFact]
    public void OcsfSchema_OfABrokenEvent_FindsTheFaults()
    {
        using var item = JsonDocument.Parse("""{"class_uid":2005,"status_id":17,"assigne":1}""");
        var faults = new OcsfSchema(Standards.PathOf("ocsf")).CheckEvent("incident_finding", item.RootElement);
        Assert.Contains(faults, static fault => fault.Contains("lacks finding_info_list", StringComparison.Ordinal));
        Assert.Contains(faults, static fault => fault.Contains("status_id is 17", StringComparison.Ordinal));
        Assert.Contains(faults, static fault => fault.Contains("assigne,", StringComparison.Ordinal));
        Assert.Contains(faults, static fault => fault.Contains("has none of", StringComparison.Ordinal));
    }

    [Fact]
    public void Ecs_OfManyCampaigns_HasFieldsOfEcsAlone()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var documents = LinesOf(Incidents.Write("ecs", Incidents.ReportOf(seed))).ToArray();
            Assert.Contains(documents, static item => item.GetProperty("event").GetProperty("kind").GetString() == "alert");
            var names = documents.SelectMany(static item => FieldsOf(item, "")).Distinct()
                .Where(static name => !name.StartsWith("llm_sentinel.", StringComparison.Ordinal));
            Assert.Empty(names.Except(EcsFields));
        }
    }

    [Fact]
    public void Cef_OfManyCampaigns_ReadsBackWhole()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var report = Incidents.ReportOf(seed);
            var text = Encoding.UTF8.GetString(Incidents.Write("cef", report));
            var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            var entries = report.Campaigns.Sum(static campaign => 1 + campaign.Keys.Length + campaign.Accounts.Length);
            Assert.Equal(entries, lines.Length); // A line break in a value would make more.
            foreach (var line in lines)
            {
                var header = CefHeader().Match(line);
                Assert.True(header.Success, line);
                var fields = CefField().Matches(header.Groups["rest"].Value);
                Assert.Equal(header.Groups["rest"].Value, string.Join(' ', fields.Select(static field => field.Value.TrimEnd(' '))), ignoreAllWhiteSpace: true);
                Assert.All(fields, static field => Assert.Contains(field.Groups["key"].Value, CefKeys));
            }
        }
    }

    [Fact]
    public void Hec_EveryEvent_CarriesItsTimeAndFinding()
    {
        var events = LinesOf(Incidents.Write("hec", Incidents.ReportOf(2))).ToArray();
        Assert.NotEmpty(events);
        Assert.All(events, static item => Assert.Equal(
            item.GetProperty("event").GetProperty("time").GetInt64() / 1000.0, item.GetProperty("time").GetDouble()));
    }

    [GeneratedRegex(@"^CEF:0(\|([^|\\\n]|\\[|\\])*){5}\|(10|[0-9])\|(?<rest>.*)$")]
    private static partial Regex CefHeader();

    [GeneratedRegex(@"(?<key>[A-Za-z][A-Za-z0-9]*)=(?<value>([^=\\]|\\[=\\nr])*?)(?=( [A-Za-z][A-Za-z0-9]*=)|$)")]
    private static partial Regex CefField();

    private static IEnumerable<JsonElement> LinesOf(byte[] lines) => Encoding.UTF8.GetString(lines)
        .Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => JsonDocument.Parse(line).RootElement);

    private static IEnumerable<string> FieldsOf(JsonElement item, string path) => item.ValueKind == JsonValueKind.Object
        ? item.EnumerateObject().SelectMany(property => FieldsOf(property.Value, path.Length == 0 ? property.Name : $"{path}.{property.Name}"))
        : [path];
}
