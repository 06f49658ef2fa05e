using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using Sentinel.Detection.Incidents;
using Sentinel.Detection.Links;
using Sentinel.Detection.Verdicts;

namespace Sentinel.Reports;

/// <summary>The facts of incidents as canonical bytes: the same facts give the same bytes, whoever asks and whenever.</summary>
internal static class EvidenceBytes
{
    public static ReadOnlySpan<byte> Of(ImmutableArray<CampaignIncident> incidents)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(bytes);
        json.WriteStartArray();
        foreach (var incident in incidents)
        {
            Write(json, incident);
        }

        json.WriteEndArray();
        json.Flush();
        return bytes.WrittenSpan;
    }

    private static void Write(Utf8JsonWriter json, CampaignIncident incident)
    {
        var campaign = incident.Campaign;
        var scale = incident.Scale;
        json.WriteStartArray();
        json.WriteStringValue(campaign.Id);
        json.WriteNumberValue(campaign.Version);
        json.WriteNumberValue(campaign.Risk);
        json.WriteNumberValue(campaign.PolicyVersion);
        json.WriteStringValue(campaign.Template);
        campaign.Accounts.ToList().ForEach(json.WriteStringValue);
        WriteNumbers(
            json, scale.Exchanges, scale.FirstAt.ToUnixTimeMilliseconds(), scale.LastAt.ToUnixTimeMilliseconds(),
            scale.InputTokens, scale.OutputTokens, scale.Models, scale.Refused);
        foreach (var link in campaign.Links)
        {
            json.WriteStringValue(LinkKinds.Names[(int)link.Kind]);
            json.WriteNumberValue(link.Accounts);
            json.WriteNumberValue(link.Strength);
        }

        foreach (var reason in campaign.Reasons)
        {
            json.WriteStringValue(reason.Code);
            json.WriteStringValue(reason.Summary);
            json.WriteNumberValue(reason.Weight);
        }

        foreach (var key in incident.Keys)
        {
            json.WriteStringValue(LinkKinds.Names[(int)key.Kind]);
            json.WriteNumberValue(key.Key);
            WriteNumbers(json, key.Members, key.AllAccounts);
        }

        foreach (var account in incident.Accounts)
        {
            json.WriteStringValue(account.Id);
            json.WriteStringValue(WireNames.Of(account.Level));
            WriteNumbers(json, account.Exchanges, account.FirstAt.ToUnixTimeMilliseconds());
        }

        foreach (var step in incident.Timeline)
        {
            WriteNumbers(json, step.At.ToUnixTimeMilliseconds(), step.Exchanges, step.Accounts, step.OutputTokens);
        }

        json.WriteEndArray();
    }

    private static void WriteNumbers(Utf8JsonWriter json, params ReadOnlySpan<long> numbers)
    {
        foreach (var number in numbers)
        {
            json.WriteNumberValue(number);
        }
    }
}
