using System.Collections.Immutable;
using MediatR;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Sentinel.Api.Console.Views;
using Sentinel.Api.People;
using Sentinel.Api.Review;
using Sentinel.Detection.Cases;

namespace Sentinel.Api.Console;

/// <summary>What forms about a case do: asks the slice, and goes on to a page, or says what is in the way.</summary>
internal static class CaseForms
{
    private const string FromQueue = "queue";

    public static async Task<IResult> ClaimAsync(
        string id, HttpContext http, [FromForm] int? version, [FromForm] string? from, IMediator mediator, CancellationToken cancel) =>
        Answer(http, id, from, await mediator.Send(new ClaimCase.Command(ReviewGate.ReviewerOf(http), id, version), cancel), "");

    public static async Task<IResult> ReleaseAsync(
        string id, HttpContext http, [FromForm] int? version, [FromForm] string? from, IMediator mediator, CancellationToken cancel) =>
        Answer(http, id, from, await mediator.Send(new ReleaseCase.Command(ReviewGate.ReviewerOf(http), id, version), cancel), "");

    public static async Task<IResult> RuleAsync(
        string id, HttpContext http, [FromForm] int? version, [FromForm] string? ruling, [FromForm] string? reason,
        [FromForm] string? policy, [FromForm] int? hours, [FromForm] string? from, IMediator mediator, TimeProvider clock,
        CancellationToken cancel)
    {
        const int HoursMax = 24 * 366;
        var kind = CaseWords.Rulings.IndexOf(ruling ?? "");
        var length = Math.Clamp(hours ?? 0, 0, HoursMax);
        var wished = new WishedView(ruling ?? "", reason ?? "", policy ?? "", length, from == FromQueue ? FromQueue : "case");
        var done = await mediator.Send(
            new RuleCase.Command(
                ReviewGate.ReviewerOf(http), id, version,
                new WishedRuling(
                    kind < 0 ? (RulingKind)byte.MaxValue : (RulingKind)kind, wished.Reason.Trim(), wished.Policy.Trim(),
                    length > 0 ? clock.GetUtcNow().AddHours(length) : null)),
            cancel);
        return done.IsDone
            ? GoOn(id, from, "last")
            : await CasePages.DecideAgainAsync(id, http, wished, StatusOf(done.Status), done.Detail, done.Since, mediator, cancel);
    }

    public static async Task<IResult> UndoAsync(
        string id, HttpContext http, [FromForm] int? version, [FromForm] string? reason, [FromForm] string? from,
        IMediator mediator, CancellationToken cancel) => Answer(
            http, id, from,
            await mediator.Send(new UndoRuling.Command(ReviewGate.ReviewerOf(http), id, version, reason ?? ""), cancel), "last");

    public static async Task<IResult> ApproveAsync(
        string id, HttpContext http, [FromForm] int? version, IMediator mediator, CancellationToken cancel) => Answer(
            http, id, "", await mediator.Send(new ApproveRuling.Command(ReviewGate.ReviewerOf(http), id, version), cancel), "");

    public static async Task<IResult> RejectAsync(
        string id, HttpContext http, [FromForm] int? version, [FromForm] string? reason, IMediator mediator,
        CancellationToken cancel) => Answer(
            http, id, "",
            await mediator.Send(new RejectRuling.Command(ReviewGate.ReviewerOf(http), id, version, reason ?? ""), cancel), "");

    public static async Task<IResult> ReopenAsync(
        string id, HttpContext http, [FromForm] int? version, [FromForm] string? reason, IMediator mediator,
        CancellationToken cancel) => Answer(
            http, id, "",
            await mediator.Send(new ReopenCase.Command(ReviewGate.ReviewerOf(http), id, version, reason ?? ""), cancel), "");

    public static async Task<IResult> NoteAsync(
        string id, HttpContext http, [FromForm] string? text, IMediator mediator, CancellationToken cancel) => Answer(
            http, id, "",
            await mediator.Send(new NoteCase.Command(ReviewGate.ReviewerOf(http), id, IfVersion: null, text ?? ""), cancel), "noted");

    public static async Task<IResult> DecideAppealAsync(
        string id, string appeal, HttpContext http, [FromForm] int? version, [FromForm] string? decision,
        [FromForm] string? reason, IMediator mediator, CancellationToken cancel) => decision is not ("uphold" or "overturn")
            ? ConsoleEndpoints.Message(
                http, StatusCodes.Status400BadRequest, "Not done", "An appeal is upheld or overturned.")
            : Answer(
                http, id, "",
                await mediator.Send(
                    new DecideAppeal.Command(
                        ReviewGate.ReviewerOf(http), id, version, appeal, decision == "uphold", reason ?? ""),
                    cancel),
                "");

    /// <summary>The status of an answer that says why something was not done.</summary>
    public static int StatusOf(ReviewStatus status) => status switch
    {
        ReviewStatus.Forbidden => StatusCodes.Status403Forbidden,
        ReviewStatus.NotFound => StatusCodes.Status404NotFound,
        ReviewStatus.Refused or ReviewStatus.Conflict => StatusCodes.Status409Conflict,
        _ => StatusCodes.Status400BadRequest,
    };

    private static IResult Answer(HttpContext http, string id, string? from, Reviewed<CaseState> done, string said) =>
        done.IsDone
            ? GoOn(id, from, said)
            : ConsoleEndpoints.Page<Pages.MessagePage>(
                StatusOf(done.Status),
                ConsoleShell.Of(http, "Not done", "queue"),
                new MessageView("Not done", TextOf(done.Detail, done.Since), CaseViews.HrefOf(id), "The case as it is now"));

    private static string TextOf(string detail, ImmutableArray<CaseEvent> since) => since.IsEmpty
        ? detail
        : $"{detail} {string.Join("; ", since.Take(10).Select(static one => $"{one.By} {CaseViews.Of(one).Text}"))}.";

    private static IResult GoOn(string id, string? from, string said) => Results.LocalRedirect(
        from == FromQueue
            ? said.Length > 0 ? "/console/queue?last=" + Uri.EscapeDataString(id) : "/console/queue"
            : CaseViews.HrefOf(id) + (said.Length > 0 ? "?said=" + said : ""));
}
