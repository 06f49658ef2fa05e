using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Sentinel.Api.Console.Pages;
using Sentinel.Api.Console.Parts;
using Sentinel.Api.Console.Views;
using Sentinel.Api.Decisions;
using Sentinel.Api.Findings;
using Sentinel.Api.Health;
using Sentinel.Detection.Cases;
using Sentinel.Detection.Policy;
using Sentinel.Detection.Verdicts;
using Sentinel.Detection.Workloads;
using Sentinel.Storage.Queries;
using CampaignPage = Sentinel.Api.Console.Pages.CampaignPage;

namespace Sentinel.Api.Console;

/// <summary>Reads what a page shows, has it made into a view, and answers with the page.</summary>
internal static class FindingPages
{
    private const int QueueRowsMax = 50;
    private const int OthersMax = 200;
    private const int IdMax = 256;

    public static IResult Policies(HttpContext http, DetectionPolicy policy, TimeProvider clock) =>
        ConsoleEndpoints.Page<PoliciesPage, PoliciesView>(
            ConsoleShell.Of(http, clock, "Policies", "policies"), PolicyViews.Of(policy, ReviewPolicy.Default));

    public static IResult Workloads(HttpContext http, WorkloadsInForce workloads, TimeProvider clock) =>
        ConsoleEndpoints.Page<WorkloadsPage, WorkloadsView>(
            ConsoleShell.Of(http, clock, "Verified workloads", "workloads"),
            new WorkloadsView(
            [
                .. workloads.Current.Workloads.Where(static one => !one.IsWithdrawal)
                    .OrderByDescending(static one => one.Until).ThenBy(static one => one.Id, StringComparer.Ordinal),
            ]));

    public static async Task<IResult> QueueAsync(
        HttpContext http, [FromQuery] string? cursor, IFindingReader findings, TimeProvider clock, CancellationToken cancel) =>
        ConsoleEndpoints.Page<QueuePage, QueueView>(
            ConsoleShell.Of(http, clock, "Queue", "queue"), await ReadQueueAsync(cursor, findings, cancel));

    public static async Task<IResult> QueueRowsAsync(
        HttpContext http, [FromQuery] string? cursor, IFindingReader findings, TimeProvider clock, CancellationToken cancel)
    {
        var view = await ReadQueueAsync(cursor, findings, cancel);
        var tag = $"\"{view.Version}\"";
        http.Response.Headers.ETag = tag;
        return http.Request.Headers.IfNoneMatch == tag
            ? Results.StatusCode(StatusCodes.Status304NotModified)
            : new RazorComponentResult<QueueTable>(new Dictionary<string, object?>(StringComparer.Ordinal)
            {
                ["View"] = view,
                ["Now"] = clock.GetUtcNow(),
            })
            { PreventStreamingRendering = true };
    }

    public static async Task<IResult> CampaignAsync(
        string campaign, HttpContext http, [FromQuery] int? page, [FromServices] StoredFindings findings,
        WorkloadsInForce workloads, TimeProvider clock, CancellationToken cancel)
    {
        if (campaign.Length > IdMax || await findings.FindCampaignAsync(campaign, cancel) is not { } found)
        {
            return ConsoleEndpoints.NotFound(
                http, clock, "There is no such campaign", "No campaign of this id was ever reported.");
        }

        var pictures = findings.Pictures;
        var examples = pictures.ListExamplesAsync(campaign, CampaignViews.ExamplesMax, cancel);
        var others = findings.ListCampaignsAsync(OthersMax, after: null, cancel);
        var ties = await pictures.ListTiesAsync(campaign, cancel);
        var by = CampaignViews.GroupingOf(ties);
        var activity = await pictures.ReadActivityAsync(campaign, by, cancel);
        var read = new CampaignViews.Readings(
            found, ties, activity, by, await examples, (await others).Campaigns, workloads.Current.Workloads, Rulings: []);
        return ConsoleEndpoints.Page<CampaignPage, CampaignView>(
            ConsoleShell.Of(http, clock, campaign, "queue"), CampaignViews.Of(read, page ?? 1));
    }

    public static async Task<IResult> AccountAsync(
        string account, HttpContext http, [FromServices] StoredFindings findings, DetectionPolicy policy, TimeProvider clock,
        CancellationToken cancel)
    {
        if (account.Length > IdMax || await findings.FindAccountAsync(account, cancel) is not { } found)
        {
            return ConsoleEndpoints.NotFound(
                http, clock, "There is no such account", "No exchange of an account of this id was ever taken.");
        }

        var pictures = findings.Pictures;
        var concluded = pictures.ListConclusionsAsync(account, AccountViews.ConclusionsMax, cancel);
        var exchanges = pictures.ListExchangesAsync(account, AccountViews.RowsMax, cancel);
        var week = pictures.CountWeekHoursAsync(account, cancel);
        var decisions = findings.ListDecisionsAsync(account, AccountViews.RowsMax, cancel);
        return ConsoleEndpoints.Page<AccountPage, AccountView>(
            ConsoleShell.Of(http, clock, account, "queue"),
            AccountViews.Of(found, await concluded, await exchanges, await week, await decisions, policy));
    }

    public static async Task<IResult> OverviewAsync(
        HttpContext http, [FromServices] StoredFindings findings, DetectionPolicy policy, DecisionBoard board,
        Readiness readiness, TimeProvider clock, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var counts = findings.Status.CountAsync(cancel);
        var from = now - TimeSpan.FromDays(OverviewViews.DaysMax);
        var flagged = findings.Summaries.CountDetectionsAsync(from, now, cancel);
        var hours = findings.Summaries.CountHoursAsync(from, now, cancel);
        var calibration = findings.ListCalibrationAsync(OverviewViews.CalibrationRowsMax, cancel);
        return ConsoleEndpoints.Page<OverviewPage, OverviewView>(
            ConsoleShell.Of(http, clock, "Overview", "overview"),
            OverviewViews.Of(
                await counts, await flagged, await hours, await calibration, policy,
                new OverviewViews.Parts(readiness.Current, board.Count, board.AccountsMax, board.StaleFor(now))));
    }

    private static async Task<QueueView> ReadQueueAsync(
        string? cursor, IFindingReader findings, CancellationToken cancel)
    {
        CampaignCursor? after = CampaignCursor.TryParse(cursor, out var parsed) && parsed.Order == CampaignOrder.Riskiest
            ? parsed : null;
        var page = await findings.ListCampaignsAsync(QueueRowsMax, after, cancel);
        ImmutableArray<QueueRow> rows =
        [
            .. page.Campaigns.Select(RowOf).OrderByDescending(static row => row.Priority)
                .ThenBy(static row => row.Href, StringComparer.Ordinal),
        ];
        var query = after is null ? "" : "?cursor=" + after;
        return new QueueView(
            rows,
            [new QueueLink("All findings", "/console/queue", IsCurrent: true)],
            new QueueFilter("", "", "", "priority"),
            page.Next is { } next ? "/console/queue?cursor=" + next : "",
            "/console/queue/rows" + query,
            VersionOf(rows));
    }

    private static QueueRow RowOf(CampaignSummary one)
    {
        var headline = CampaignViews.HeadlineOf(one.AccountCount, one.AbuseTypes, one.Links, one.Exchanges);
        var facts = new CaseFacts(
            VerdictLevel.Abusive, one.Risk, one.AbuseTypes, one.AccountCount, one.Exchanges, one.FirstDetectedAt, headline);
        return new QueueRow(
            "", Shown.CampaignHref(one.Id), "campaign", headline, [.. one.AbuseTypes.Select(WireNames.Of)], facts.Priority,
            one.Risk, "abusive", one.AccountCount, one.Exchanges, "open", "", one.FirstDetectedAt, 0);
    }

    private static string VersionOf(ImmutableArray<QueueRow> rows)
    {
        var text = string.Join('\n', rows.Select(static row => string.Create(
            CultureInfo.InvariantCulture,
            $"{row.Id} {row.Href} {row.Version} {row.Stage} {row.Claimer} {row.Accounts} {row.Exchanges} {row.Priority}")));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..16];
    }
}
