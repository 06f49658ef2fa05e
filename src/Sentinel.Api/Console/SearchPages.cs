using MediatR;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Sentinel.Api.Console.Pages;
using Sentinel.Api.Console.Views;
using Sentinel.Api.People;
using Sentinel.Api.Review;

namespace Sentinel.Api.Console;

/// <summary>Finds what a text is, and keeps views of the queue.</summary>
internal static class SearchPages
{
    public static async Task<IResult> SearchAsync(
        HttpContext http, [FromQuery] string? q, IMediator mediator, TimeProvider clock, CancellationToken cancel)
    {
        var text = q?.Trim() ?? "";
        var shell = ConsoleShell.Of(http, "Search", "queue");
        if (text.Length == 0)
        {
            return ConsoleEndpoints.Page<SearchPage>(shell, new SearchView("", "", false, "", [], []));
        }

        var found = await mediator.Send(new SearchKey.Query(ReviewGate.ReviewerOf(http), text), cancel);
        return found.IsDone
            ? ConsoleEndpoints.Page<SearchPage>(shell, SearchViews.Of(text, found.Value!, clock.GetUtcNow()))
            : ConsoleEndpoints.Page<SearchPage>(
                CaseForms.StatusOf(found.Status), shell, new SearchView(text, found.Detail, false, "", [], []));
    }

    public static async Task<IResult> KeepViewAsync(
        HttpContext http, [FromForm] string? name, [FromForm] string? query, [FromForm] string? from, IMediator mediator,
        CancellationToken cancel)
    {
        var kept = await mediator.Send(
            new PutView.Command(ReviewGate.ReviewerOf(http), name?.Trim() ?? "", query ?? ""), cancel);
        return kept.IsDone
            ? Results.LocalRedirect(ConsoleShell.OwnPath(CameFrom.QueueOf(from)))
            : ConsoleEndpoints.Message(http, CaseForms.StatusOf(kept.Status), "Not kept", kept.Detail);
    }
}
