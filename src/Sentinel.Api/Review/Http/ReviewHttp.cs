using System.Globalization;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.DependencyInjection;
using Sentinel.Api.People;
using Sentinel.Api.Problems;
using Sentinel.Detection.Cases;

namespace Sentinel.Api.Review.Http;

/// <summary>Requests of the review API as HTTP has them, and what became of them as HTTP says it.</summary>
internal static class ReviewHttp
{
    /// <summary>Sends a request that changes a case, and answers the case.</summary>
    public static Task<IResult> ChangeAsync(HttpContext http, Func<Reviewer, int?, CaseCommand> commandOf) =>
        TryReadVersion(http.Request, out var version)
            ? SendAsync(
                http, commandOf(ReviewGate.ReviewerOf(http), version),
                state => CaseResult(http, state))
            : Task.FromResult<IResult>(ApiProblem.Of(
                StatusCodes.Status400BadRequest, "bad_if_match", "If-Match is one ETag of the case, such as \"5\"."));

    /// <summary>Sends a request and answers what it is answered.</summary>
    public static async Task<IResult> SendAsync<T>(HttpContext http, IReviewRequest<T> request, Func<T, IResult> answer)
    {
        var mediator = http.RequestServices.GetRequiredService<IMediator>();
        var reviewed = await mediator.Send(request, http.RequestAborted);
        return reviewed.IsDone ? answer(reviewed.Value!) : ProblemOf(reviewed);
    }

    /// <summary>The case, with its version as ETag.</summary>
    public static IResult CaseResult(HttpContext http, CaseState state)
    {
        http.Response.Headers.ETag = string.Create(CultureInfo.InvariantCulture, $"\"{state.Version}\"");
        var clock = http.RequestServices.GetRequiredService<TimeProvider>();
        return TypedResults.Ok(CaseAnswer.Of(state, clock.GetUtcNow()));
    }

    /// <summary>
    /// The account that a path names before its last words; empty where it can be none. The path that the server decoded will
    /// not do: see <see cref="AccountIdText.TryReadLastSegment"/>.
    /// </summary>
    public static string AccountOf(HttpContext http, string suffix)
    {
        var target = http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var end = target.IndexOf('?', StringComparison.Ordinal);
        var path = end < 0 ? target : target[..end];
        return path.EndsWith(suffix, StringComparison.OrdinalIgnoreCase)
            && AccountIdText.TryReadLastSegment(path[..^suffix.Length], out var account) ? account : "";
    }

    /// <summary>What is said of every operation that changes a case.</summary>
    public static RouteHandlerBuilder Changes(
        this RouteHandlerBuilder endpoint, string name, string summary, string description, Permit needs) => endpoint
        .Says(name, summary, description + " If-Match with the case's ETag makes it sure that nothing happened in between; "
            + "409 tells what did.", needs)
        .AddEndpointFilter<IdempotencyFilter>()
        .Produces<CaseAnswer>()
        .ProducesProblem(StatusCodes.Status404NotFound)
        .ProducesProblem(StatusCodes.Status409Conflict);

    /// <summary>What is said of every operation.</summary>
    public static RouteHandlerBuilder Says(
        this RouteHandlerBuilder endpoint, string name, string summary, string description, Permit needs) => endpoint
        .WithTags("Review")
        .WithName(name)
        .WithSummary(summary)
        .WithDescription(description)
        .WithMetadata(new NeedsPermit(needs))
        .ProducesProblem(StatusCodes.Status400BadRequest)
        .ProducesProblem(StatusCodes.Status401Unauthorized)
        .ProducesProblem(StatusCodes.Status403Forbidden);

    private static ProblemHttpResult ProblemOf<T>(Reviewed<T> reviewed) => ApiProblem.Of(
        reviewed.Status switch
        {
            ReviewStatus.Invalid => StatusCodes.Status400BadRequest,
            ReviewStatus.Forbidden => StatusCodes.Status403Forbidden,
            ReviewStatus.NotFound => StatusCodes.Status404NotFound,
            _ => StatusCodes.Status409Conflict,
        },
        reviewed.Code,
        reviewed.Detail,
        reviewed.Status == ReviewStatus.Conflict
            ? [new("since", reviewed.Since.Select(CaseEventAnswer.Of).ToArray())]
            : null);

    private static bool TryReadVersion(HttpRequest request, out int? version)
    {
        version = null;
        if (request.Headers.IfMatch.Count == 0 || request.Headers.IfMatch is ["*"])
        {
            return true;
        }

        var isRead = int.TryParse(
            request.Headers.IfMatch is [{ } tag] ? tag.Trim('"') : "", NumberStyles.None, CultureInfo.InvariantCulture, out var number);
        version = number;
        return isRead;
    }
}
