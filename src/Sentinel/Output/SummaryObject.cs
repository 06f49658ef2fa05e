using System.Text.Json;
using Sentinel.Streaming.Lanes;

namespace Sentinel.Hosting.Output;

/// <summary>The object of <c>--summary</c>, keys in the order of the outside contract.</summary>
internal static class SummaryObject
{
    /// <summary>Decimals of seconds.</summary>
    private const int SecondDecimals = 3;

    /// <summary>Writes the object.</summary>
    public static void Write(Utf8JsonWriter writer, ReplaySummary summary, string modelVersion)
    {
        var model = modelVersion.Split('/', 2);
        writer.WriteStartObject();
        writer.WriteNumber("exchanges", summary.Exchanges);
        writer.WriteNumber("rejected", summary.Counts.Rejected);
        writer.WriteNumber("duplicates", summary.Counts.Duplicates);
        writer.WriteNumber("accounts", summary.Accounts);
        writer.WriteNumber("flagged", summary.Flagged);
        writer.WriteNumber("campaigns", summary.Campaigns);
        writer.WriteRounded("elapsed_seconds", summary.Elapsed.TotalSeconds, SecondDecimals);
        writer.WriteRounded("exchanges_per_second", RateOf(summary), 1);
        writer.WriteStartObject("models");
        writer.WriteString(model[0], model[^1]);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    /// <summary>Lines dealt with a second.</summary>
    public static double RateOf(ReplaySummary summary)
    {
        var lines = summary.Counts.Accepted + summary.Counts.Duplicates + summary.Counts.Rejected;
        return lines / Math.Max(summary.Elapsed.TotalSeconds, 0.001);
    }
}
