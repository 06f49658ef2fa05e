using System.Collections.Immutable;
using System.Text.Json;
using Sentinel.Detection.Verdicts;

namespace Sentinel.Hosting.Output;

/// <summary>A line of <c>--verdicts</c>, keys in the order of the outside contract (verdict.v1).</summary>
internal static class VerdictLine
{
    /// <summary>Writes the object; the line end is the caller's.</summary>
    public static void Write(Utf8JsonWriter writer, Verdict verdict)
    {
        writer.WriteStartObject();
        writer.WriteString("account_id", verdict.AccountId);
        writer.WriteString("level", WireNames.Of(verdict.Level));
        writer.WriteRounded("risk", verdict.Risk, JsonLine.RiskDecimals);
        writer.WriteString("action", WireNames.Of(verdict.Action));
        WriteAbuseTypes(writer, verdict.AbuseTypes);
        writer.WriteString("campaign_id", verdict.CampaignId);
        writer.WriteTime("first_flagged_at", verdict.FirstFlaggedAt);
        writer.WriteNumber("exchanges_seen", verdict.ExchangesSeen);
        if (verdict.ExchangesAtFlag is { } atFlag)
        {
            writer.WriteNumber("exchanges_at_flag", atFlag);
        }
        else
        {
            writer.WriteNull("exchanges_at_flag");
        }

        writer.WriteStartArray("reasons");
        foreach (var reason in verdict.Reasons)
        {
            writer.WriteStartObject();
            writer.WriteString("code", reason.Code);
            writer.WriteString("summary", reason.Summary);
            writer.WriteRounded("weight", reason.Weight, JsonLine.WeightDecimals);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    /// <summary>The list that verdicts and campaigns have in common.</summary>
    public static void WriteAbuseTypes(Utf8JsonWriter writer, ImmutableArray<AbuseType> types)
    {
        writer.WriteStartArray("abuse_types");
        foreach (var type in types)
        {
            writer.WriteStringValue(WireNames.Of(type));
        }

        writer.WriteEndArray();
    }
}
