using System.Globalization;
using System.Text.Json.Nodes;
using Sentinel.Detection.Links;
using Sentinel.Detection.Verdicts;

namespace Sentinel.Reports.Siem;

/// <summary>Elastic Common Schema: an alert for every campaign, and its keys as threat indicators.</summary>
internal static class EcsDocuments
{
    /// <summary>Version of ECS.</summary>
    public const string Version = "8.17.0";

    /// <summary>Keys of a campaign that become indicators.</summary>
    public const int IndicatorsMax = 500;

    /// <summary>The documents, one a line.</summary>
    public static IEnumerable<JsonObject> Of(IncidentReport report)
    {
        foreach (var campaign in report.Campaigns)
        {
            yield return AlertOf(report, campaign);
            foreach (var key in campaign.Keys.Take(IndicatorsMax))
            {
                yield return IndicatorOf(report, campaign, key);
            }
        }
    }

    private static JsonObject AlertOf(IncidentReport report, ReportedCampaign campaign)
    {
        var techniques = AtlasTechnique.Of(campaign);
        var item = Document(report, campaign, "alert", campaign.FirstDetectedAt);
        item["message"] = string.Join(' ', campaign.Facts.Select(static fact => fact.Text));
        item["event"]!["severity"] = SiemProduct.SeverityOf(campaign.Risk) * 10;
        item["event"]!["risk_score"] = Math.Round(campaign.Risk * 100, 2);
        item["event"]!["start"] = ReportWords.Instant(campaign.Scale.FirstAt);
        item["event"]!["end"] = ReportWords.Instant(campaign.Scale.LastAt);
        item["event"]!["reason"] = ReportWords.Sentences(campaign.Inferences.Select(static item => item.Text));
        item["rule"] = new JsonObject
        {
            ["name"] = "campaign judge",
            ["version"] = campaign.PolicyVersion.ToString(CultureInfo.InvariantCulture),
        };
        item["threat"] = new JsonObject
        {
            ["framework"] = "MITRE ATLAS",
            ["tactic"] = new JsonObject
            {
                ["id"] = ReportJson.Texts(techniques.Select(static technique => technique.TacticId).Distinct()),
                ["name"] = ReportJson.Texts(techniques.Select(static technique => technique.Tactic).Distinct()),
            },
            ["technique"] = new JsonObject
            {
                ["id"] = ReportJson.Texts(techniques.Select(static technique => technique.ParentId)),
                ["name"] = ReportJson.Texts(techniques.Select(static technique =>
                    technique.ParentName ?? technique.Name)),
            },
        };
        item["related"] = new JsonObject
        {
            ["user"] = ReportJson.Texts(campaign.Accounts.Take(IndicatorsMax).Select(static account => account.Id)),
        };
        return item;
    }

    private static JsonObject IndicatorOf(IncidentReport report, ReportedCampaign campaign, ReportedKey key)
    {
        var item = Document(report, campaign, "enrichment", key.FirstAt);
        item["message"] = $"{ReportWords.Of(key.Kind)} shared by {ReportWords.Number(key.Members)} accounts";
        item["threat"] = new JsonObject
        {
            ["indicator"] = new JsonObject
            {
                ["type"] = "user-account",
                ["id"] = new JsonArray(key.Value),
                ["name"] = $"{LinkKinds.Names[(int)key.Kind]}:{key.Value}",
                ["first_seen"] = ReportWords.Instant(key.FirstAt),
                ["last_seen"] = ReportWords.Instant(key.LastAt),
                ["sightings"] = key.Members,
                ["confidence"] = campaign.Risk >= 0.9 ? "High" : campaign.Risk >= 0.5 ? "Medium" : "Low",
                ["provider"] = report.Handling.Publisher,
                ["marking"] = new JsonObject { ["tlp"] = ReportWords.Of(report.Handling.Tlp)[4..] },
            },
        };
        return item;
    }

    // What ECS has no field for is under a name of our own, as ECS asks for it.
    private static JsonObject Document(
        IncidentReport report, ReportedCampaign campaign, string kind, DateTimeOffset at) => new()
    {
        ["@timestamp"] = ReportWords.Instant(at),
        ["ecs"] = new JsonObject { ["version"] = Version },
        ["event"] = new JsonObject
        {
            ["kind"] = kind,
            ["category"] = new JsonArray("threat"),
            ["type"] = new JsonArray("indicator"),
            ["module"] = SiemProduct.Name,
            ["dataset"] = SiemProduct.Name + ".reports",
            ["provider"] = SiemProduct.Vendor,
            ["id"] = campaign.Id + "/" + campaign.Version.ToString(CultureInfo.InvariantCulture),
            ["created"] = ReportWords.Instant(report.WrittenAt),
        },
        ["observer"] = new JsonObject
        {
            ["product"] = SiemProduct.Name,
            ["vendor"] = SiemProduct.Vendor,
            ["version"] = report.ProgramVersion,
        },
        ["tags"] = new JsonArray(
            ReportWords.Of(report.Handling.Tlp), "expires:" + ReportWords.Day(report.Handling.ExpiresAt)),
        ["llm_sentinel"] = new JsonObject
        {
            ["campaign"] = campaign.Id,
            ["abuse_types"] = ReportJson.Texts(campaign.AbuseTypes.Select(WireNames.Of)),
            ["accounts"] = campaign.Scale.Accounts,
            ["exchanges"] = campaign.Scale.Exchanges,
            ["output_tokens"] = campaign.Scale.OutputTokens,
            ["evidence_sha256"] = report.EvidenceHash,
        },
    };
}
