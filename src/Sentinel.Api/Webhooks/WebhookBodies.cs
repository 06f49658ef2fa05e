using System.Text;
using System.Text.Json.Nodes;
using Sentinel.Api.Reports;
using Sentinel.Detection.Cases;
using Sentinel.Reports;
using Sentinel.Reports.Sharing;

namespace Sentinel.Api.Webhooks;

/// <summary>What a target is sent of an event. Thread-safe.</summary>
/// <param name="desk">Makes reports.</param>
internal sealed class WebhookBodies(ReportDesk desk)
{
    private const string CasePrefix = "case-";
    private const string CampaignCase = CasePrefix + "cmp-";

    private static readonly ReportFormat Splunk = ReportFormat.All.Single(static format => format.Name == "hec");

    /// <summary>The body, or null where the target is told nothing of it. A report for a recipient is logged as shared.</summary>
    public async Task<byte[]?> OfAsync(WebhookTarget target, WebhookEvent happened, CancellationToken cancel)
    {
        if (!target.IsSplunk)
        {
            return Encoding.UTF8.GetBytes(happened.ToJson().ToJsonString());
        }

        if (happened.Subject.StartsWith(CampaignCase, StringComparison.Ordinal)
            && await desk.FindAsync(happened.Subject[CasePrefix.Length..], cancel) is { } report)
        {
            return await ReportAsync(target.Recipient, report, happened, cancel);
        }

        // What is no report names cases and people: for the house alone.
        return target.Recipient is not null
            ? null
            : Encoding.UTF8.GetBytes(new JsonObject
            {
                ["time"] = happened.At.ToUnixTimeMilliseconds() / 1000.0,
                ["sourcetype"] = "llm-sentinel:event",
                ["event"] = happened.ToJson(),
            }.ToJsonString());
    }

    private async Task<byte[]> ReportAsync(
        Recipient? recipient, IncidentReport report, WebhookEvent happened, CancellationToken cancel)
    {
        var told = recipient is null
            ? SharingFilter.Apply(report, SharingProfile.Internal, SharingProfile.Internal.Name, key: null)
            : ReportDesk.For(recipient, report);
        using var content = new MemoryStream();
        Splunk.Write(told, content);
        var body = content.ToArray();
        if (recipient is not null)
        {
            await desk.ShareAsync(
                recipient, happened.Subject[CasePrefix.Length..], told, Splunk, body, CaseEvent.Machine, $"webhook {happened.Id}",
                canBeFetched: false, cancel);
        }

        return body;
    }
}
