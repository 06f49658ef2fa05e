using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http;
using Sentinel.Api.Problems;
using Sentinel.Api.Review;
using Sentinel.Api.Security;

namespace Sentinel.Api.People;

/// <summary>What an endpoint of reviewing asks of its callers.</summary>
/// <param name="Permit">What they must be permitted.</param>
internal sealed record NeedsPermit(Permit Permit)
{
    /// <summary>Whether it is a page: who is not signed in is sent to sign in, instead of being told 401.</summary>
    public bool IsPage { get; init; }
}

/// <summary>
/// Stands before every endpoint that has <see cref="NeedsPermit"/>: finds out who asks, by a key's scopes or by a session,
/// and whether they may. A session's change must show the form's token, so that no other site can make it. Thread-safe.
/// </summary>
internal sealed class ReviewGate(CallerGate keys, Sessions sessions, ReviewStore store, IAntiforgery antiforgery)
{
    /// <summary>Where people sign in.</summary>
    public const string SignInPath = "/console/sign-in";

    private const string ReviewerItem = "sentinel.reviewer";
    private const int RetryAfterSeconds = 1;

    /// <summary>Who asks; to be used behind the gate.</summary>
    public static Reviewer ReviewerOf(HttpContext http) =>
        FindReviewer(http) ?? throw new InvalidOperationException("The endpoint does not say what it needs.");

    /// <summary>Who asks, or null where nobody is signed in.</summary>
    public static Reviewer? FindReviewer(HttpContext http) => http.Items[ReviewerItem] as Reviewer;

    /// <summary>Lets the request go on, or answers it.</summary>
    public async Task PassAsync(HttpContext http, RequestDelegate next)
    {
        if (http.GetEndpoint()?.Metadata.GetMetadata<NeedsPermit>() is not { } needs)
        {
            await next(http);
            return;
        }

        if (!store.IsOpen)
        {
            await ApiProblem.Unavailable("starting", "The store is not open.", RetryAfterSeconds).ExecuteAsync(http);
            return;
        }

        http.Response.Headers.CacheControl = "no-store";
        var caller = keys.FindCaller(http);
        var reviewer = caller is null ? await sessions.FindAsync(http) : OfKey(caller);
        if (reviewer is null)
        {
            await ChallengeAsync(http, needs, isKnown: caller is not null);
        }
        else if (!reviewer.May(needs.Permit))
        {
            await ApiProblem.Of(StatusCodes.Status403Forbidden, "not_permitted", "Your role does not hold this.")
                .ExecuteAsync(http);
        }
        else if (caller is null && !await IsOwnFormAsync(http))
        {
            await ApiProblem.Of(
                StatusCodes.Status400BadRequest, "bad_form_token",
                $"A change by a session shows the token of GET /v1/review/me in {Sessions.FormHeader}.").ExecuteAsync(http);
        }
        else
        {
            http.Items[ReviewerItem] = reviewer;
            await next(http);
        }
    }

    private static Reviewer? OfKey(CallerKey key)
    {
        ReviewRole? role =
            key.Scopes.HasFlag(CallerScopes.Admin) ? ReviewRole.Administrator
            : key.Scopes.HasFlag(CallerScopes.Lead) ? ReviewRole.Lead
            : key.Scopes.HasFlag(CallerScopes.Analyst) ? ReviewRole.Analyst
            : key.Scopes.HasFlag(CallerScopes.Viewer) ? ReviewRole.Viewer
            : key.Scopes.HasFlag(CallerScopes.Appeals) ? ReviewRole.Support
            : null;
        return role is { } known ? new Reviewer(Reviewer.KeyMark + key.Id, key.Id, known) : null;
    }

    private async Task<bool> IsOwnFormAsync(HttpContext http) =>
        HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method)
        || await antiforgery.IsRequestValidAsync(http);

    private static Task ChallengeAsync(HttpContext http, NeedsPermit needs, bool isKnown)
    {
        if (needs.IsPage && !isKnown)
        {
            // After a form one goes back to the page that has it: the browser kept what was typed.
            var back = HttpMethods.IsGet(http.Request.Method)
                ? $"{http.Request.Path}{http.Request.QueryString}"
                : http.Request.GetTypedHeaders().Referer?.PathAndQuery ?? "/console/queue";
            http.Response.StatusCode = StatusCodes.Status303SeeOther;
            http.Response.Headers.Location = $"{SignInPath}?return={Uri.EscapeDataString(back)}";
            return Task.CompletedTask;
        }

        return (isKnown
            ? ApiProblem.Of(StatusCodes.Status403Forbidden, "caller_not_allowed", "The key's scopes do not hold this.")
            : ApiProblem.Of(
                StatusCodes.Status401Unauthorized, "not_signed_in",
                $"Sign in, or show a key with a scope of reviewing in {CallerGate.KeyHeader}.")).ExecuteAsync(http);
    }
}
