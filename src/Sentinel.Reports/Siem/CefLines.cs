using System.Globalization;
using System.Text;
using Sentinel.Detection.Links;
using Sentinel.Detection.Verdicts;

namespace Sentinel.Reports.Siem;

/// <summary>Common Event Format: a line for every campaign, each of its keys and each of its accounts.</summary>
internal static class CefLines
{
    /// <summary>Keys, and accounts, of a campaign that become lines.</summary>
    public const int LinesMax = 1_000;

    /// <summary>The lines, each without its end.</summary>
    public static IEnumerable<string> Of(IncidentReport report)
    {
        foreach (var campaign in report.Campaigns)
        {
            yield return CampaignLine(report, campaign);
            foreach (var key in campaign.Keys.Take(LinesMax))
            {
                yield return KeyLine(report, campaign, key);
            }

            foreach (var account in campaign.Accounts.Take(LinesMax))
            {
                yield return AccountLine(report, campaign, account);
            }
        }
    }

    private static string CampaignLine(IncidentReport report, ReportedCampaign campaign) => Line(
        report, "campaign", "Distillation campaign", campaign.Risk,
        ("rt", Milliseconds(campaign.FirstDetectedAt)),
        ("start", Milliseconds(campaign.Scale.FirstAt)),
        ("end", Milliseconds(campaign.Scale.LastAt)),
        ("externalId", campaign.Id),
        ("cat", string.Join(',', campaign.AbuseTypes.Select(WireNames.Of))),
        ("cnt", Number(campaign.Scale.Exchanges)),
        ("cn1", Number(campaign.Scale.Accounts)),
        ("cn1Label", "accounts"),
        ("cn2", Number(campaign.Scale.OutputTokens)),
        ("cn2Label", "outputTokens"),
        ("cs1", string.Join(',', AtlasTechnique.Of(campaign).Select(static technique => technique.Id))),
        ("cs1Label", "atlasTechniques"),
        ("cs2", ReportWords.Of(report.Handling.Tlp)),
        ("cs2Label", "tlp"),
        ("cs3", report.EvidenceHash),
        ("cs3Label", "evidenceSha256"),
        ("cs4", campaign.Frame ?? ""),
        ("cs4Label", "frame"),
        ("deviceCustomDate1", Milliseconds(report.Handling.ExpiresAt)),
        ("deviceCustomDate1Label", "expires"),
        ("msg", ReportWords.Sentences(campaign.Inferences.Select(static item => item.Text))));

    private static string KeyLine(IncidentReport report, ReportedCampaign campaign, ReportedKey key) => Line(
        report, "shared_key", "Key shared by accounts of a campaign", campaign.Risk,
        ("rt", Milliseconds(key.FirstAt)),
        ("externalId", campaign.Id),
        ("cnt", Number(key.Members)),
        ("cs1", LinkKinds.Names[(int)key.Kind]),
        ("cs1Label", "keyKind"),
        ("cs2", key.Value),
        ("cs2Label", "key"));

    private static string AccountLine(IncidentReport report, ReportedCampaign campaign, ReportedAccount account) => Line(
        report, "account", "Account of a campaign", account.Risk,
        ("rt", Milliseconds(account.FirstFlaggedAt ?? account.FirstAt)),
        ("externalId", campaign.Id),
        ("suid", account.Id),
        ("act", WireNames.Of(account.Action)),
        ("outcome", WireNames.Of(account.Level)),
        ("cnt", Number(account.Exchanges)));

    private static string Line(
        IncidentReport report, string signature, string name, double risk, params ReadOnlySpan<(string Key, string Value)> fields)
    {
        var line = new StringBuilder("CEF:0");
        foreach (var part in new[] { SiemProduct.Vendor, SiemProduct.Name, report.ProgramVersion, signature, name })
        {
            line.Append('|').Append(Header(part));
        }

        line.Append('|').Append(Number(SiemProduct.SeverityOf(risk))).Append('|');
        var isFirst = true;
        foreach (var (key, value) in fields)
        {
            if (value.Length == 0)
            {
                continue;
            }

            line.Append(isFirst ? "" : " ").Append(key).Append('=').Append(Extension(value));
            isFirst = false;
        }

        return line.ToString();
    }

    // In the header a line break is not allowed at all.
    private static string Header(string text) => Plain(text)
        .Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("|", "\\|", StringComparison.Ordinal)
        .Replace("\r", " ", StringComparison.Ordinal)
        .Replace("\n", " ", StringComparison.Ordinal);

    private static string Extension(string text) => Plain(text)
        .Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("=", "\\=", StringComparison.Ordinal)
        .Replace("\r", "\\r", StringComparison.Ordinal)
        .Replace("\n", "\\n", StringComparison.Ordinal);

    // Characters that end a line for some reader or steer a terminal.
    private static string Plain(string text) => string.Create(text.Length, text, static (to, from) =>
    {
        for (var i = 0; i < from.Length; i++)
        {
            var isOdd = (char.IsControl(from[i]) && from[i] is not '\r' and not '\n') || from[i] is '\u2028' or '\u2029';
            to[i] = isOdd ? ' ' : from[i];
        }
    });

    private static string Milliseconds(DateTimeOffset time) => Number(time.ToUnixTimeMilliseconds());

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
