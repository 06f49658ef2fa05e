using System.ComponentModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Sentinel.Api.Findings;
using Sentinel.Api.Problems;
using Sentinel.Api.Security;
using Sentinel.Detection.Verdicts;
using Sentinel.Reports;
using Sentinel.Storage.Exports;
using Sentinel.Storage.Queries;

namespace Sentinel.Api.Reports;

/// <summary><c>GET /v1/reports/{campaign}.{format}</c>, and over a period.</summary>
internal sealed class ReportEndpoints(IReportSource source, SharingBook sharing, TimeProvider clock)
{
    /// <summary>In place of a campaign: those of a period.</summary>
    public const string Period = "period";

    private const int TextMax = 256;
    private const int PeriodDaysDefault = 30;

    /// <summary>Media type of reports that are files.</summary>
    public const string FileMediaType = "application/octet-stream";

    private const string CsvMediaType = "text/csv; charset=utf-8";

    private static readonly string[] MediaTypes =
        [.. ReportFormat.All.Select(static format => format.MediaType).Append(CsvMediaType).Append(FileMediaType).Distinct()];

    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/v1/reports/{campaign}.{format}", GetAsync)
        .WithStoreGate()
        .WithTags("Reports")
        .WithName("GetReport")
        .WithSummary("Write an incident report")
        .WithDescription("One model in every format: json, stix, ocsf, ecs, hec, cef, html, pdf and pdf-letter, over one campaign or "
            + "those of a period; csv, parquet and arrow are tables of one campaign. For a recipient it goes through the "
            + "recipient's profile and is logged as shared.")
        .Produces<string>(StatusCodes.Status200OK, MediaTypes[0], MediaTypes[1..])
        .ProducesProblem(StatusCodes.Status400BadRequest)
        .ProducesProblem(StatusCodes.Status404NotFound)
        .ProducesProblem(StatusCodes.Status503ServiceUnavailable);

    /// <summary>The desk over the open database.</summary>
    public ReportDesk Desk() => new(
        source.ClickHouse ?? throw new InvalidOperationException("The store is not open."), sharing, clock);

    private static Task<IResult> GetAsync(
        [Description("A campaign's id, or 'period'.")] string campaign,
        [Description("How it is written.")] string format,
        [Description("accounts, exchanges or links: which table, for csv, parquet and arrow.")] string? table,
        [Description("For whom; a recipient of the configuration.")] string? recipient,
        [Description("Of a period: its beginning; 30 days before its end when absent.")] DateTimeOffset? from,
        [Description("Of a period: its end; now when absent.")] DateTimeOffset? until,
        [FromQuery(Name = "risk_min"), Description("Of a period: least risk, 0 to 1.")] double? riskMin,
        [FromQuery(Name = "abuse_type"), Description("Of a period: an abuse type.")] string? abuseType,
        HttpContext http,
        ReportEndpoints reports,
        CancellationToken cancel)
    {
        if (ExportOf(format) is { } export)
        {
            return reports.ExportAsync(campaign, export, format, table, recipient, http, cancel);
        }

        return reports.WriteAsync(
            campaign, format, recipient, new PeriodQuestion(from, until, riskMin, abuseType), http, cancel);
    }

    private static ExportFormat? ExportOf(string format) => format switch
    {
        "csv" => ExportFormat.Csv,
        "parquet" => ExportFormat.Parquet,
        "arrow" => ExportFormat.Arrow,
        _ => null,
    };

    private async Task<IResult> WriteAsync(
        string campaign, string name, string? recipientName, PeriodQuestion period, HttpContext http, CancellationToken cancel)
    {
        if (!ReportFormat.TryFind(name, out var format))
        {
            return Bad("bad_format", "The format is json, stix, ocsf, ecs, hec, cef, html, pdf, pdf-letter, csv, parquet or arrow.");
        }

        var recipient = recipientName is null ? null : sharing.FindRecipient(recipientName);
        if (recipientName is not null && recipient is null)
        {
            return Bad("no_such_recipient", "No recipient of this name is configured; Sharing:Recipients of the settings names them.");
        }

        var desk = Desk();
        IncidentReport? report;
        if (campaign != Period)
        {
            report = campaign.Length <= TextMax ? await desk.FindAsync(campaign, cancel) : null;
        }
        else if (QueryOf(period) is { } query)
        {
            report = await desk.FindAsync(query, cancel);
        }
        else
        {
            return Bad("bad_period", "from lies before until, risk_min is 0 to 1, and abuse_type is one of the abuse types.");
        }

        if (report is null)
        {
            return NoSuchCampaign();
        }

        var told = recipient is null ? report : ReportDesk.For(recipient, report);
        var content = new MemoryStream();
        format!.Write(told, content);
        if (recipient is not null)
        {
            await desk.ShareAsync(
                recipient, campaign, told, format, content.ToArray(), CallerGate.CallerOf(http), "download", canBeFetched: false,
                cancel);
        }

        http.Response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; sandbox";
        content.Position = 0; // The answer disposes of it.
        return Results.File(content, format.MediaType, FileName(told.Id, format.Extension));
    }

    private async Task<IResult> ExportAsync(
        string campaign, ExportFormat export, string format, string? table, string? recipient, HttpContext http,
        CancellationToken cancel)
    {
        if (recipient is not null)
        {
            return Bad("internal_only", "Tables hold what nothing was taken out of; they are written for nobody else.");
        }

        if (campaign == Period)
        {
            return Bad("bad_format", "Tables are of one campaign; a period is written in the other formats.");
        }

        if (!IncidentExport.TryFind(table ?? "accounts", out var which))
        {
            return Bad("bad_table", "table is accounts, exchanges or links.");
        }

        if (campaign.Length > TextMax || await new CampaignReader(source.ClickHouse!).FindAsync(campaign, cancel) is null)
        {
            return NoSuchCampaign();
        }

        var fileName = FileName($"{campaign}-{IncidentExport.NameOf(which)}", format);
        return Results.Stream(
            output => Desk().Tables.WriteAsync(which, export, campaign, output, http.RequestAborted),
            export == ExportFormat.Csv ? CsvMediaType : FileMediaType, fileName);
    }

    private IncidentQuery? QueryOf(PeriodQuestion period)
    {
        var until = period.Until ?? clock.GetUtcNow();
        var from = period.From ?? until.AddDays(-PeriodDaysDefault);
        var risk = period.RiskMin ?? 0;
        var abuse = period.AbuseType is null ? -1 : WireNames.AbuseTypes.IndexOf(period.AbuseType);
        var isRight = from < until && risk is >= 0 and <= 1 && (period.AbuseType is null || abuse >= 0);
        return isRight ? new IncidentQuery(from, until, risk, abuse < 0 ? null : (AbuseType)abuse) : null;
    }

    private static string FileName(string id, string extension) =>
        string.Concat(id.Select(static c => char.IsAsciiLetterOrDigit(c) || c is '-' ? c : '_')) + "." + extension;

    private static ProblemHttpResult Bad(string code, string detail) => ApiProblem.Of(StatusCodes.Status400BadRequest, code, detail);

    private static ProblemHttpResult NoSuchCampaign() =>
        ApiProblem.Of(StatusCodes.Status404NotFound, "no_such_campaign", "There is no campaign with this id.");

    private sealed record PeriodQuestion(
        DateTimeOffset? From, DateTimeOffset? Until, double? RiskMin, string? AbuseType);
}
