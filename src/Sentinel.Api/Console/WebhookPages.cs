using MediatR;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Sentinel.Api.Console.Pages;
using Sentinel.Api.Console.Views;
using Sentinel.Api.People;
using Sentinel.Api.Webhooks;

namespace Sentinel.Api.Console;

/// <summary>Who is told what happens, and what they did not take.</summary>
internal static class WebhookPages
{
    private const int LettersMax = 200;

    public static async Task<IResult> ListAsync(
        HttpContext http, [FromQuery] string? sent, IMediator mediator, [FromServices] WebhookBook book,
        CancellationToken cancel) => await ShowAsync(http, mediator, book, sent ?? "", "", StatusCodes.Status200OK, cancel);

    public static async Task<IResult> RetryAsync(
        string letter, HttpContext http, IMediator mediator, [FromServices] WebhookBook book, CancellationToken cancel)
    {
        var retried = await mediator.Send(new RetryDeadLetter.Command(ReviewGate.ReviewerOf(http), letter), cancel);
        return retried.IsDone
            ? Results.LocalRedirect("/console/webhooks?sent=" + Uri.EscapeDataString(letter))
            : await ShowAsync(http, mediator, book, "", retried.Detail, CaseForms.StatusOf(retried.Status), cancel);
    }

    private static async Task<IResult> ShowAsync(
        HttpContext http, IMediator mediator, WebhookBook book, string sent, string fault, int status,
        CancellationToken cancel)
    {
        var letters = await mediator.Send(new ListDeadLetters.Query(ReviewGate.ReviewerOf(http), LettersMax), cancel);
        return ConsoleEndpoints.Page<WebhooksPage>(
            status,
            ConsoleShell.Of(http, "Webhooks", "webhooks"),
            new WebhooksView(
                [
                    .. book.Targets.Select(static target => new TargetView(
                        target.Name, target.IsSplunk ? "Splunk" : "webhook", target.Url.Authority, EventsOf(target),
                        target.Recipient?.Name ?? "")),
                ],
                letters.IsDone
                    ? [
                        .. letters.Value.Select(one => new DeadLetterView(
                            RetryDeadLetter.IdOf(one), one.Target, one.Kind, one.Subject, one.Reason, one.Attempts,
                            one.FailedAt, book.Targets.Any(target => target.Name == one.Target))),
                    ]
                    : [],
                sent,
                fault));
    }

    private static string EventsOf(WebhookTarget target) => target.Events.Count == WebhookEvent.Kinds.Length
        ? "all"
        : string.Join(", ", target.Events.Order(StringComparer.Ordinal));
}
