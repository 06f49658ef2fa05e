using System.Text.Json.Nodes;
using Sentinel.Detection.Links;
using Sentinel.Detection.Verdicts;

namespace Sentinel.Reports.Siem;

/// <summary>OCSF 1.8: a Detection Finding (2004) for every campaign, and an Incident Finding (2005) over all of them.</summary>
internal static class OcsfFindings
{
    /// <summary>Version of OCSF.</summary>
    public const string Version = "1.8.0";

    /// <summary>Accounts and keys of a campaign that are evidence.</summary>
    public const int EvidencesMax = 500;

    private const int Detection = 2004;
    private const int Incident = 2005;

    /// <summary>The events, one a line.</summary>
    public static IEnumerable<JsonObject> Of(IncidentReport report)
    {
        foreach (var campaign in report.Campaigns)
        {
            yield return DetectionOf(report, campaign);
        }

        if (!report.Campaigns.IsEmpty)
        {
            yield return IncidentOf(report);
        }
    }

    private static JsonObject DetectionOf(IncidentReport report, ReportedCampaign campaign)
    {
        var item = EventOf(report, Detection, campaign.Version <= 1 ? 1 : 2, campaign.Risk);
        item["metadata"]!["uid"] = campaign.Id + "/" + campaign.Version.ToString(System.Globalization.CultureInfo.InvariantCulture);
        item["time"] = campaign.FirstDetectedAt.ToUnixTimeMilliseconds();
        item["start_time"] = campaign.Scale.FirstAt.ToUnixTimeMilliseconds();
        item["end_time"] = campaign.Scale.LastAt.ToUnixTimeMilliseconds();
        item["is_alert"] = true;
        item["status_id"] = 1;
        item["status"] = "New";
        item["finding_info"] = InfoOf(report, campaign);
        item["evidences"] = EvidencesOf(campaign);
        return item;
    }

    private static JsonObject IncidentOf(IncidentReport report)
    {
        var first = report.Campaigns[0];
        var item = EventOf(report, Incident, activity: 1, report.Campaigns.Max(static campaign => campaign.Risk));
        item["metadata"]!["uid"] = report.Id;
        item["metadata"]!["profiles"] = new JsonArray("incident");
        item["time"] = report.WrittenAt.ToUnixTimeMilliseconds();
        item["start_time"] = report.Campaigns.Min(static campaign => campaign.Scale.FirstAt).ToUnixTimeMilliseconds();
        item["end_time"] = report.Campaigns.Max(static campaign => campaign.Scale.LastAt).ToUnixTimeMilliseconds();
        item["desc"] = report.Title;
        item["status_id"] = 1;
        item["status"] = "New";
        item["verdict_id"] = 4;
        item["verdict"] = "Suspicious";
        item["assignee_group"] = new JsonObject { ["name"] = report.Handling.Publisher, ["uid"] = "trust-and-safety" };
        item["attacks"] = AttacksOf(first);
        item["finding_info_list"] = new JsonArray(
            [.. report.Campaigns.Select(campaign => (JsonNode)InfoOf(report, campaign))]);
        return item;
    }

    private static JsonObject EventOf(IncidentReport report, int classId, int activity, double risk)
    {
        var (severity, severityId) = SiemProduct.SeverityOf(risk) switch
        {
            >= 9 => ("Critical", 5),
            >= 7 => ("High", 4),
            >= 5 => ("Medium", 3),
            _ => ("Low", 2),
        };
        var confidence = Math.Clamp((int)(risk * 100), 0, 100);
        return new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["version"] = Version,
                ["log_name"] = "incident reports",
                ["product"] = new JsonObject
                {
                    ["name"] = SiemProduct.Name,
                    ["vendor_name"] = SiemProduct.Vendor,
                    ["version"] = report.ProgramVersion,
                },
                ["labels"] = ReportJson.Texts(
                    [ReportWords.Of(report.Handling.Tlp), "expires:" + ReportWords.Day(report.Handling.ExpiresAt)]),
            },
            ["category_uid"] = 2,
            ["category_name"] = "Findings",
            ["class_uid"] = classId,
            ["class_name"] = classId == Detection ? "Detection Finding" : "Incident Finding",
            ["activity_id"] = activity,
            ["activity_name"] = activity == 1 ? "Create" : "Update",
            ["type_uid"] = (classId * 100) + activity,
            ["severity_id"] = severityId,
            ["severity"] = severity,
            ["confidence_score"] = confidence,
            ["confidence_id"] = confidence >= 90 ? 3 : confidence >= 50 ? 2 : 1,
            ["confidence"] = confidence >= 90 ? "High" : confidence >= 50 ? "Medium" : "Low",
        };
    }

    private static JsonObject InfoOf(IncidentReport report, ReportedCampaign campaign) => new()
    {
        ["uid"] = campaign.Id,
        ["title"] = "Distillation of a model over an API: " + campaign.Name,
        ["desc"] = string.Join(' ', campaign.Facts.Select(static fact => fact.Text)),
        ["types"] = ReportJson.Texts(campaign.AbuseTypes.Select(WireNames.Of)),
        ["first_seen_time"] = campaign.Scale.FirstAt.ToUnixTimeMilliseconds(),
        ["last_seen_time"] = campaign.Scale.LastAt.ToUnixTimeMilliseconds(),
        ["created_time"] = campaign.FirstDetectedAt.ToUnixTimeMilliseconds(),
        ["modified_time"] = campaign.UpdatedAt.ToUnixTimeMilliseconds(),
        ["related_events_count"] = Math.Min(campaign.Scale.Exchanges, int.MaxValue),
        ["analytic"] = new JsonObject
        {
            ["name"] = "campaign judge",
            ["type_id"] = 3,
            ["type"] = "Statistical",
            ["version"] = campaign.PolicyVersion.ToString(System.Globalization.CultureInfo.InvariantCulture),
        },
        ["attacks"] = AttacksOf(campaign),
        ["data_sources"] = new JsonArray("LLM API exchanges", "evidence sha-256 " + report.EvidenceHash),
    };

    private static JsonArray AttacksOf(ReportedCampaign campaign)
    {
        var attacks = new JsonArray();
        foreach (var technique in AtlasTechnique.Of(campaign))
        {
            var attack = new JsonObject
            {
                ["version"] = AtlasTechnique.Version,
                ["tactic"] = new JsonObject { ["name"] = technique.Tactic, ["uid"] = technique.TacticId },
                ["technique"] = new JsonObject
                {
                    ["name"] = technique.ParentName ?? technique.Name,
                    ["uid"] = technique.ParentId,
                },
            };
            if (technique.ParentName is not null)
            {
                attack["sub_technique"] = new JsonObject { ["name"] = technique.Name, ["uid"] = technique.Id };
            }

            attacks.Add((JsonNode)attack);
        }

        return attacks;
    }

    private static JsonArray EvidencesOf(ReportedCampaign campaign)
    {
        var evidences = new JsonArray();
        foreach (var item in campaign.Inferences)
        {
            evidences.Add((JsonNode)new JsonObject
            {
                ["name"] = item.Code,
                ["data"] = new JsonObject
                {
                    ["text"] = item.Text,
                    ["nats"] = Math.Round(item.Nats, 3),
                    ["confidence"] = ReportWords.Of(item.Confidence),
                },
            });
        }

        foreach (var key in campaign.Keys.Take(EvidencesMax))
        {
            evidences.Add((JsonNode)new JsonObject
            {
                ["name"] = "shared_key",
                ["data"] = new JsonObject
                {
                    ["kind"] = LinkKinds.Names[(int)key.Kind],
                    ["form"] = Stix.StixKeys.NameOf(key.Form),
                    ["value"] = key.Value,
                    ["accounts"] = key.Members,
                },
            });
        }

        foreach (var account in campaign.Accounts.Take(EvidencesMax))
        {
            evidences.Add((JsonNode)new JsonObject
            {
                ["name"] = "account",
                ["user"] = new JsonObject { ["uid"] = account.Id },
                ["verdict_id"] = account.Level >= VerdictLevel.Suspect ? 4 : 7,
                ["verdict"] = account.Level >= VerdictLevel.Suspect ? "Suspicious" : "Insufficient Data",
            });
        }

        return evidences;
    }
}
