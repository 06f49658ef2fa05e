using System.Globalization;
using MediatR;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using Sentinel.Api.Console.Pages;
using Sentinel.Api.Console.Parts;
using Sentinel.Api.Console.Views;
using Sentinel.Api.Decisions;
using Sentinel.Api.Findings;
using Sentinel.Api.Health;
using Sentinel.Api.People;
using Sentinel.Api.Review;
using Sentinel.Detection.Cases;
using Sentinel.Detection.Policy;
using Sentinel.Detection.Workloads;

namespace Sentinel.Api.Console;

/// <summary>What the machine found, and how it goes.</summary>
internal static class FindingPages
{
    private const int RevealMax = 100;

    public static IResult Policies(HttpContext http, DetectionPolicy policy, IOptions<ReviewOptions> review) =>
        ConsoleEndpoints.Page<PoliciesPage>(
            ConsoleShell.Of(http, "Policies", "policies"), PolicyViews.Of(policy, review.Value.ToPolicy()));

    public static IResult Workloads(HttpContext http, WorkloadsInForce workloads) =>
        ConsoleEndpoints.Page<WorkloadsPage>(
            ConsoleShell.Of(http, "Verified workloads", "workloads"),
            new WorkloadsView(
            [
                .. workloads.Current.Workloads.Where(static one => !one.IsWithdrawal)
                    .OrderByDescending(static one => one.Until).ThenBy(static one => one.Id, StringComparer.Ordinal),
            ]));

    public static async Task<IResult> CampaignAsync(
        string campaign, HttpContext http, [FromQuery] string? after, IMediator mediator, [FromServices] FindingDesk desk,
        CancellationToken cancel) => await desk.CampaignAsync(
            http, campaign, after, await FindCaseAsync(http, CaseOpener.CampaignCase(campaign), mediator, cancel), cancel);

    public static async Task<IResult> AccountAsync(
        string account, HttpContext http, IMediator mediator, [FromServices] FindingDesk desk, CancellationToken cancel) =>
        await desk.AccountAsync(
            http, account, await FindCaseAsync(http, CaseOpener.AccountCase(account), mediator, cancel), revealed: null, cancel);

    public static async Task<IResult> RevealAsync(
        string account, HttpContext http, [FromForm] string? reason, IMediator mediator, [FromServices] FindingDesk desk,
        CancellationToken cancel)
    {
        var revealed = await mediator.Send(
            new RevealExcerpts.Command(ReviewGate.ReviewerOf(http), account, reason ?? "", RevealMax), cancel);
        return revealed.IsDone
            ? await desk.AccountAsync(
                http, account, await FindCaseAsync(http, CaseOpener.AccountCase(account), mediator, cancel), revealed.Value, cancel)
            : ConsoleEndpoints.Message(http, CaseForms.StatusOf(revealed.Status), "Not revealed", revealed.Detail);
    }

    public static async Task<IResult> OverviewAsync(
        HttpContext http, [FromServices] StoredFindings findings, DetectionPolicy policy, DecisionBoard board,
        Readiness readiness, IMediator mediator, TimeProvider clock, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var counts = findings.Status.CountAsync(cancel);
        var from = now - TimeSpan.FromDays(OverviewViews.DaysMax);
        var flagged = findings.Summaries.CountDetectionsAsync(from, now, cancel);
        var hours = findings.Summaries.CountHoursAsync(from, now, cancel);
        var calibration = findings.ListCalibrationAsync(OverviewViews.CalibrationRowsMax, cancel);
        var load = await mediator.Send(new GetLoad.Query(ReviewGate.ReviewerOf(http)), cancel);
        return ConsoleEndpoints.Page<OverviewPage>(
            ConsoleShell.Of(http, "Overview", "overview"),
            OverviewViews.Of(
                await counts, await flagged, await hours, await calibration, policy,
                new OverviewViews.Parts(readiness.Current, board.Count, board.AccountsMax, board.StaleFor(now))),
            load.IsDone ? [("LoadPart", PartOf(load.Value!))] : []);
    }

    private static RenderFragment PartOf(ReviewLoad load) => builder =>
    {
        builder.OpenComponent<Load>(0);
        builder.AddComponentParameter(1, nameof(Load.View), new LoadView(
            [
                .. load.Cases.OrderBy(static one => one.Key).Select(static one =>
                    new FigureView($"Cases {CaseWords.Of(one.Key)}", Shown.Count(one.Value), "")),
            ],
            [.. load.Rulings.Select(static one => new FigureView(one.By, one.Ruled.ToString("N0", CultureInfo.InvariantCulture), ""))]));
        builder.CloseComponent();
    };

    private static async Task<CaseDetail?> FindCaseAsync(
        HttpContext http, string caseId, IMediator mediator, CancellationToken cancel) =>
        (await mediator.Send(new GetCase.Query(ReviewGate.ReviewerOf(http), caseId), cancel)).Value;
}
