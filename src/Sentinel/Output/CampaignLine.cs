using System.Text.Json;
using Sentinel.Detection.Campaigns;
using Sentinel.Detection.Links;

namespace Sentinel.Hosting.Output;

/// <summary>A line of <c>--campaigns</c>, keys in the order of the outside contract (campaign.v1).</summary>
internal static class CampaignLine
{
    /// <summary>Writes the object; the line end is the caller's.</summary>
    public static void Write(Utf8JsonWriter writer, Campaign campaign)
    {
        writer.WriteStartObject();
        writer.WriteString("campaign_id", campaign.Id);
        writer.WriteStartArray("accounts");
        foreach (var account in campaign.Accounts)
        {
            writer.WriteStringValue(account);
        }

        writer.WriteEndArray();
        writer.WriteRounded("risk", campaign.Risk, JsonLine.RiskDecimals);
        VerdictLine.WriteAbuseTypes(writer, campaign.AbuseTypes);
        writer.WriteTime("first_detected_at", campaign.FirstDetectedAt);
        writer.WriteNumber("exchanges_at_detection", campaign.ExchangesAtDetection);
        writer.WriteString("template", campaign.Template);
        writer.WriteStartArray("links");
        foreach (var link in campaign.Links)
        {
            writer.WriteStartObject();
            writer.WriteString("kind", LinkKinds.Names[(int)link.Kind]);
            writer.WriteNumber("accounts", link.Accounts);
            writer.WriteRounded("strength", link.Strength, JsonLine.WeightDecimals);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
