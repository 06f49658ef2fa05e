using System.Collections.Immutable;
using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.Json.Nodes;
using Sentinel.Detection.Cases;
using Sentinel.Detection.Incidents;
using Sentinel.Reports;
using Sentinel.Reports.Sharing;
using Sentinel.Storage;
using Sentinel.Storage.Cases;
using Sentinel.Storage.Exports;
using Sentinel.Storage.Queries;
using Sentinel.Storage.Sharing;

namespace Sentinel.Api.Reports;

/// <summary>Makes reports from a store, and keeps account of those that leave. Thread-safe.</summary>
/// <param name="clickHouse">The migrated database.</param>
/// <param name="sharing">Who gets what.</param>
/// <param name="clock">Says when a report is written.</param>
public sealed class ReportDesk(IClickHouse clickHouse, SharingBook sharing, TimeProvider clock)
{
    private const int IdLetters = 24;

    private readonly IncidentReader _incidents = new(clickHouse);
    private readonly ImportLog _imports = new(clickHouse);

    /// <summary>What left.</summary>
    public ShareLog Shares { get; } = new(clickHouse);

    /// <summary>Tables for files.</summary>
    public IncidentExport Tables { get; } = new(clickHouse);

    private DateTimeOffset Now => clock.GetUtcNow();

    /// <summary>The whole report on one campaign, or null when there is none of that id.</summary>
    public async Task<IncidentReport?> FindAsync(string campaign, CancellationToken cancel) =>
        await _incidents.ReadAsync(campaign, cancel) is { } incident
            ? await BuildAsync(campaign, $"Distillation campaign {campaign}", $"The campaign {campaign}.", [incident], cancel)
            : null;

    /// <summary>The whole report on the campaigns that a period and a query name.</summary>
    public async Task<IncidentReport> FindAsync(IncidentQuery query, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(query);
        var incidents = ImmutableArray.CreateBuilder<CampaignIncident>();
        foreach (var id in await _incidents.FindAsync(query, cancel))
        {
            if (await _incidents.ReadAsync(id, cancel) is { } incident)
            {
                incidents.Add(incident);
            }
        }

        var period = string.Create(
            CultureInfo.InvariantCulture, $"{query.From.UtcDateTime:yyyy-MM-dd HH:mm} to {query.Until.UtcDateTime:yyyy-MM-dd HH:mm} UTC");
        var risk = string.Create(CultureInfo.InvariantCulture, $"{query.RiskMin:0.###}");
        var kind = query.Abuse is { } abuse ? $", {Detection.Verdicts.WireNames.Of(abuse)}" : "";
        var least = query.RiskMin > 0 ? $", of risk {risk} and more" : "";
        return await BuildAsync(
            "period-" + Digest.HexOf($"{period} {risk} {kind}", letters: 12), $"Distillation campaigns, {period}",
            $"Campaigns first reported from {period}{least}{kind}.", incidents.DrainToImmutable(), cancel);
    }

    /// <summary>A report as a recipient gets it.</summary>
    public static IncidentReport For(Recipient recipient, IncidentReport report)
    {
        ArgumentNullException.ThrowIfNull(recipient);
        return SharingFilter.Apply(report, recipient.Profile, recipient.Name, recipient.Key);
    }

    /// <summary>Writes down that a report leaves. What can be fetched again goes with it.</summary>
    public async Task<SharedReport> ShareAsync(
        Recipient recipient, string subject, IncidentReport told, ReportFormat format, byte[] content, string sharedBy,
        string note, bool canBeFetched, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(recipient);
        ArgumentNullException.ThrowIfNull(told);
        ArgumentNullException.ThrowIfNull(format);
        var now = Now;
        var hash = Digest.HexOf(content);
        var share = new SharedReport(
            now, Digest.HexOf($"{recipient.Name} {subject} {now.UtcTicks} {hash}", IdLetters), recipient.Name, recipient.Profile.Name, subject,
            format.Name, told.EvidenceHash, hash, content.Length, told.Handling.ExpiresAt, sharedBy, note);
        await Shares.AppendAsync(share, canBeFetched ? Encoding.UTF8.GetString(content) : "", cancel);
        using var audit = new AuditLog(clickHouse);
        await audit.AppendAsync(
            [new AuditEntry(now, sharedBy, AuditKind.Manual, "report.shared", subject, "done", DetailOf(share))], cancel);
        return share;
    }

    /// <summary>Takes in what a source told.</summary>
    public Task ImportAsync(ImmutableArray<ImportedKey> keys, string token, CancellationToken cancel) =>
        _imports.AppendAsync(keys, token, cancel);

    /// <summary>What others told that still holds.</summary>
    public Task<ImmutableArray<ImportedKey>> ListImportsAsync(CancellationToken cancel) => _imports.ListAsync(Now, cancel);

    private async Task<IncidentReport> BuildAsync(
        string id, string title, string question, ImmutableArray<CampaignIncident> incidents, CancellationToken cancel)
    {
        var told = new ToldKeys(await ListImportsAsync(cancel), sharing.SourceKeys);
        var version = typeof(ReportDesk).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!
            .InformationalVersion.Split('+')[0];
        return told.AddTo(ReportBuilder.Build(
            new ReportQuestion(id, title, question, Now, sharing.Publisher, version), incidents));
    }

    private static string DetailOf(SharedReport share) => new JsonObject
    {
        ["share"] = share.Id, ["recipient"] = share.Recipient, ["format"] = share.Format,
    }.ToJsonString();
}
