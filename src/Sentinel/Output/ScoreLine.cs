using System.Text.Json;
using Sentinel.Detection.Scoring;

namespace Sentinel.Hosting.Output;

/// <summary>A line of <c>score --out</c>.</summary>
internal static class ScoreLine
{
    /// <summary>Writes the object; the line end is the caller's.</summary>
    public static void Write(Utf8JsonWriter writer, ReadOnlySpan<byte> eventId, int tier, in ContentScores scores)
    {
        writer.WriteStartObject();
        writer.WriteString("event_id"u8, eventId);
        writer.WriteNumber("tier"u8, tier);
        writer.WriteStartObject("scores"u8);
        for (var i = 0; i < ContentKinds.Count; i++)
        {
            writer.WriteRounded(ContentKinds.Names[i], scores[(ContentKind)i], JsonLine.RiskDecimals);
        }

        writer.WriteRounded("harvest", scores.Harvest, JsonLine.RiskDecimals);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
