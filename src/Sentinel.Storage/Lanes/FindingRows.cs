using System.Collections.Immutable;
using Sentinel.Detection.Campaigns;
using Sentinel.Detection.Links;
using Sentinel.Detection.Ports;
using Sentinel.Detection.Verdicts;
using Sentinel.Storage.Formats;

namespace Sentinel.Storage.Lanes;

// The rows of verdicts, campaigns, links and dead letters: which values, in the order of the insert's columns.
internal static class FindingRows
{
    public const string IntoLinks = "INSERT INTO links (kind, key, account_id, partition, offset, at)";

    public const string IntoVerdicts =
        """
        INSERT INTO verdicts (partition, offset, policy_version, account_id, level, risk, action, abuse_types,
          campaign_id, first_flagged_at, exchanges_seen, exchanges_at_flag, reason_codes, reason_summaries,
          reason_weights, model_version, feature_layout, at, origin)
        """;

    public const string IntoCampaigns =
        """
        INSERT INTO campaigns (partition, campaign_id, version, accounts, risk, abuse_types, first_detected_at,
          exchanges_at_detection, exchanges, template, link_kinds, link_accounts, link_strengths, reason_codes,
          reason_summaries, reason_weights, policy_version, offset, at, merged_into)
        """;

    public const string IntoDeadLetters =
        "INSERT INTO dead_letters (source, line, byte_offset, code, detail, head)";

    public static void Append(RowBinaryRows rows, Link link)
    {
        rows.Put((byte)link.Kind);
        rows.Put(link.Key);
        rows.PutText(link.AccountId);
        rows.Put((uint)link.Partition);
        rows.Put((ulong)link.Offset);
        rows.PutTime(link.At);
        rows.EndRow();
    }

    public static void Append(RowBinaryRows rows, Verdict verdict)
    {
        rows.Put((uint)verdict.Id.Partition);
        rows.Put((ulong)verdict.Id.Offset);
        rows.Put((uint)verdict.Id.PolicyVersion);
        rows.PutText(verdict.AccountId);
        rows.Put((byte)verdict.Level);
        rows.Put(verdict.Risk);
        rows.Put((byte)verdict.Action);
        rows.PutArray(verdict.AbuseTypes);
        rows.PutText(verdict.CampaignId);
        rows.PutTime(verdict.FirstFlaggedAt);
        rows.Put(verdict.ExchangesSeen);
        rows.PutNumber(verdict.ExchangesAtFlag);
        PutReasons(rows, verdict.Reasons);
        rows.PutText(verdict.ModelVersion);
        rows.Put((ushort)verdict.FeatureLayout);
        rows.PutTime(verdict.At);
        rows.Put((byte)verdict.Origin);
        rows.EndRow();
    }

    public static void Append(RowBinaryRows rows, int partition, Campaign campaign)
    {
        rows.Put((uint)partition);
        rows.PutText(campaign.Id);
        rows.Put((uint)campaign.Version);
        rows.PutCount(campaign.Accounts.Length);
        foreach (var account in campaign.Accounts)
        {
            rows.PutText(account);
        }

        rows.Put(campaign.Risk);
        rows.PutArray(campaign.AbuseTypes);
        rows.PutTime(campaign.FirstDetectedAt);
        rows.Put(campaign.ExchangesAtDetection);
        rows.Put(campaign.Exchanges);
        rows.PutText(campaign.Template);
        PutLinks(rows, campaign.Links);
        PutReasons(rows, campaign.Reasons);
        rows.Put((uint)campaign.PolicyVersion);
        rows.Put((ulong)campaign.Offset);
        rows.PutTime(campaign.At);
        rows.PutText(campaign.MergedInto);
        rows.EndRow();
    }

    public static void Append(RowBinaryRows rows, DeadLetter letter)
    {
        rows.PutText(letter.Source);
        rows.Put((ulong)letter.Line);
        rows.Put((ulong)letter.ByteOffset);
        rows.PutText(letter.Code);
        rows.PutText(letter.Detail);
        rows.PutText(letter.Head);
        rows.EndRow();
    }

    private static void PutLinks(RowBinaryRows rows, ImmutableArray<CampaignLink> links)
    {
        rows.PutCount(links.Length);
        foreach (var link in links)
        {
            rows.Put((byte)link.Kind);
        }

        rows.PutCount(links.Length);
        foreach (var link in links)
        {
            rows.Put((uint)link.Accounts);
        }

        rows.PutCount(links.Length);
        foreach (var link in links)
        {
            rows.Put(link.Strength);
        }
    }

    private static void PutReasons(RowBinaryRows rows, ImmutableArray<Reason> reasons)
    {
        rows.PutCount(reasons.Length);
        foreach (var reason in reasons)
        {
            rows.PutText(reason.Code);
        }

        rows.PutCount(reasons.Length);
        foreach (var reason in reasons)
        {
            rows.PutText(reason.Summary);
        }

        rows.PutCount(reasons.Length);
        foreach (var reason in reasons)
        {
            rows.Put(reason.Weight);
        }
    }
}
