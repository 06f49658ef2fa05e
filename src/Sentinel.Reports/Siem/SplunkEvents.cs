using System.Text.Json.Nodes;

namespace Sentinel.Reports.Siem;

/// <summary>OCSF events as Splunk's HTTP Event Collector takes them, one after another.</summary>
internal static class SplunkEvents
{
    /// <summary>The events.</summary>
    public static IEnumerable<JsonObject> Of(IncidentReport report) =>
        OcsfFindings.Of(report).Select(static item => new JsonObject
        {
            ["time"] = (long)item["time"]! / 1000.0,
            ["source"] = SiemProduct.Name,
            ["sourcetype"] = "ocsf:finding",
            ["event"] = item,
        });
}
