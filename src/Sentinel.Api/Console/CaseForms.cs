using System.Collections.Immutable;
using MediatR;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Sentinel.Api.Console.Views;
using Sentinel.Api.People;
using Sentinel.Api.Review;
using Sentinel.Detection.Cases;

namespace Sentinel.Api.Console;

/// <summary>What every form about a case says beside what it asks for.</summary>
/// <param name="Version">The version of the case that was seen.</param>
/// <param name="From">The queue that one came from, or empty.</param>
/// <param name="On"><c>queue</c> where the form stood in the queue.</param>
/// <param name="Reason">Why.</param>
internal sealed record CaseForm(
    [FromForm] int? Version, [FromForm] string? From, [FromForm] string? On, [FromForm] string? Reason)
{
    /// <summary>Whether one goes on in the queue.</summary>
    public bool IsOnQueue => On == "queue";
}

/// <summary>What forms about a case do: asks the slice, and goes on to a page, or says what is in the way.</summary>
internal static class CaseForms
{
    public static async Task<IResult> ClaimAsync(
        string id, HttpContext http, [AsParameters] CaseForm form, IMediator mediator, CancellationToken cancel) => Answer(
            http, id, form, form.IsOnQueue,
            await mediator.Send(new ClaimCase.Command(ReviewGate.ReviewerOf(http), id, form.Version), cancel), "");

    public static async Task<IResult> ReleaseAsync(
        string id, HttpContext http, [AsParameters] CaseForm form, IMediator mediator, CancellationToken cancel) => Answer(
            http, id, form, form.IsOnQueue,
            await mediator.Send(new ReleaseCase.Command(ReviewGate.ReviewerOf(http), id, form.Version), cancel), "");

    public static async Task<IResult> RuleAsync(
        string id, HttpContext http, [AsParameters] CaseForm form, [FromForm] string? ruling, [FromForm] string? policy,
        [FromForm] int? hours, IMediator mediator, TimeProvider clock, CancellationToken cancel)
    {
        var wished = WishedOf(ruling, form.Reason, policy, hours, form.From);
        var done = await mediator.Send(
            new RuleCase.Command(ReviewGate.ReviewerOf(http), id, form.Version, RulingOf(wished, clock.GetUtcNow())), cancel);
        return done.IsDone
            ? GoOn(id, form.From, toQueue: true, "last")
            : await CasePages.DecideAgainAsync(id, http, wished, StatusOf(done.Status), done.Detail, done.Since, mediator, cancel);
    }

    public static async Task<IResult> UndoAsync(
        string id, HttpContext http, [AsParameters] CaseForm form, IMediator mediator, CancellationToken cancel) => Answer(
            http, id, form, form.IsOnQueue,
            await mediator.Send(
                new UndoRuling.Command(ReviewGate.ReviewerOf(http), id, form.Version, form.Reason ?? ""), cancel),
            "last");

    public static async Task<IResult> ApproveAsync(
        string id, HttpContext http, [AsParameters] CaseForm form, IMediator mediator, CancellationToken cancel) => Answer(
            http, id, form, toQueue: true,
            await mediator.Send(new ApproveRuling.Command(ReviewGate.ReviewerOf(http), id, form.Version), cancel), "last");

    public static async Task<IResult> RejectAsync(
        string id, HttpContext http, [AsParameters] CaseForm form, IMediator mediator, CancellationToken cancel) => Answer(
            http, id, form, toQueue: true,
            await mediator.Send(
                new RejectRuling.Command(ReviewGate.ReviewerOf(http), id, form.Version, form.Reason ?? ""), cancel),
            "last");

    public static async Task<IResult> ReopenAsync(
        string id, HttpContext http, [AsParameters] CaseForm form, IMediator mediator, CancellationToken cancel) => Answer(
            http, id, form, toQueue: false,
            await mediator.Send(
                new ReopenCase.Command(ReviewGate.ReviewerOf(http), id, form.Version, form.Reason ?? ""), cancel),
            "");

    public static async Task<IResult> NoteAsync(
        string id, HttpContext http, [AsParameters] CaseForm form, [FromForm] string? text, IMediator mediator,
        CancellationToken cancel) => Answer(
            http, id, form, toQueue: false,
            await mediator.Send(new NoteCase.Command(ReviewGate.ReviewerOf(http), id, IfVersion: null, text ?? ""), cancel),
            "noted");

    public static async Task<IResult> TagAsync(
        string id, HttpContext http, [AsParameters] CaseForm form, [FromForm] string? tags, IMediator mediator,
        CancellationToken cancel) => Answer(
            http, id, form, toQueue: false,
            await mediator.Send(
                new TagCase.Command(
                    ReviewGate.ReviewerOf(http), id, form.Version,
                    [.. (tags ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)]),
                cancel),
            "");

    public static async Task<IResult> AssignAsync(
        string id, HttpContext http, [AsParameters] CaseForm form, [FromForm] string? to, IMediator mediator,
        CancellationToken cancel) => Answer(
            http, id, form, toQueue: false,
            await mediator.Send(
                new AssignCase.Command(
                    ReviewGate.ReviewerOf(http), id, form.Version, string.IsNullOrWhiteSpace(to) ? null : to.Trim()),
                cancel),
            "");

    public static async Task<IResult> MergeAsync(
        string id, HttpContext http, [AsParameters] CaseForm form, [FromForm] string? other, IMediator mediator,
        CancellationToken cancel) => Answer(
            http, id, form, toQueue: false,
            await mediator.Send(
                new MergeCases.Command(
                    ReviewGate.ReviewerOf(http), id, form.Version, other?.Trim() ?? "", form.Reason ?? ""),
                cancel),
            "");

    public static async Task<IResult> DecideAppealAsync(
        string id, string appeal, HttpContext http, [AsParameters] CaseForm form, [FromForm] string? decision,
        IMediator mediator, CancellationToken cancel) => decision is not ("uphold" or "overturn")
            ? ConsoleEndpoints.Message(
                http, StatusCodes.Status400BadRequest, "Not done", "An appeal is upheld or overturned.")
            : Answer(
                http, id, form, toQueue: false,
                await mediator.Send(
                    new DecideAppeal.Command(
                        ReviewGate.ReviewerOf(http), id, form.Version, appeal, decision == "uphold", form.Reason ?? ""),
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

    /// <summary>What was filled in of a ruling.</summary>
    public static WishedView WishedOf(string? ruling, string? reason, string? policy, int? hours, string? from)
    {
        const int HoursMax = 24 * 366;
        return new WishedView(
            ruling ?? "", reason ?? "", policy ?? "", Math.Clamp(hours ?? 0, 0, HoursMax), CameFrom.QueueOf(from));
    }

    /// <summary>The ruling that was filled in; what is none is told by the request's own check.</summary>
    public static WishedRuling RulingOf(WishedView wished, DateTimeOffset now)
    {
        var kind = CaseWords.Rulings.IndexOf(wished.Kind);
        return new WishedRuling(
            kind < 0 ? (RulingKind)byte.MaxValue : (RulingKind)kind, wished.Reason.Trim(), wished.Policy.Trim(),
            wished.Hours > 0 ? now.AddHours(wished.Hours) : null);
    }

    /// <summary>Goes on where a form was, or says what is in the way.</summary>
    public static IResult Answer(
        HttpContext http, string id, CaseForm form, bool toQueue, Reviewed<CaseState> done, string said) =>
        done.IsDone
            ? GoOn(done.Value!.Id, form.From, toQueue, said)
            : ConsoleEndpoints.Page<Pages.MessagePage>(
                StatusOf(done.Status),
                ConsoleShell.Of(http, "Not done", "queue"),
                new MessageView(
                    "Not done", TextOf(done.Detail, done.Since),
                    CameFrom.Carry(CaseViews.HrefOf(id), CameFrom.QueueOf(form.From)), "The case as it is now"));

    private static string TextOf(string detail, ImmutableArray<CaseEvent> since) => since.IsEmpty
        ? detail
        : $"{detail} {string.Join("; ", since.Take(10).Select(static one => $"{one.By} {CaseViews.Of(one).Text}"))}.";

    private static IResult GoOn(string id, string? from, bool toQueue, string said)
    {
        var queue = CameFrom.QueueOf(from);
        return Results.LocalRedirect(
            toQueue && queue.Length > 0
                ? said.Length > 0 ? CameFrom.After(queue, id) : queue
                : CameFrom.Carry(CaseViews.HrefOf(id) + (said.Length > 0 ? "?said=" + said : ""), queue));
    }
}
