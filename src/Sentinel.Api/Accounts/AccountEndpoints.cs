using System.ComponentModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;
using Sentinel.Api.Findings;
using Sentinel.Api.Problems;

namespace Sentinel.Api.Accounts;

/// <summary><c>GET /v1/accounts/{id}</c>.</summary>
internal static class AccountEndpoints
{
    private const string DecisionsSuffix = "/decisions";
    private const int DecisionsDefault = 100;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/accounts/{account}", FindAsync)
            .WithTags("Accounts")
            .WithName("GetAccount")
            .WithSummary("What is known of an account?")
            .WithDescription("The verdict in force with its reasons, and the linkable keys that the account used, from "
                + "the store. 404 when no exchange of the account was ever taken. Ids are percent-encoded.")
            .WithStoreGate()
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        routes.MapGet("/v1/accounts/{account}" + DecisionsSuffix, ListDecisionsAsync)
            .WithTags("Accounts")
            .WithName("GetAccountDecisions")
            .WithSummary("What were gateways answered about an account?")
            .WithDescription("The latest first, from the store: every answer but allow, and a sample of those, each with the "
                + "share of its kind that is kept. Written about a second after it was given.")
            .WithStoreGate()
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
    }

    private static async Task<Results<Ok<LoggedDecisionsAnswer>, ProblemHttpResult>> ListDecisionsAsync(
        string account, [Description("Answers to show, 1 to 1,000; 100 when absent.")] int? limit, HttpContext http, IFindingReader findings, IOptions<ApiOptions> options,
        CancellationToken cancel)
    {
        var target = http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var end = target.IndexOf('?', StringComparison.Ordinal);
        var path = end < 0 ? target : target[..end];
        if (!path.EndsWith(DecisionsSuffix, StringComparison.OrdinalIgnoreCase)
            || !AccountIdText.TryReadLastSegment(path[..^DecisionsSuffix.Length], out var id))
        {
            return ApiProblem.BadAccountId();
        }

        if (!PageLimit.TryTake(limit, DecisionsDefault, options.Value.DecisionPageMax, out var rows, out var wrong))
        {
            return wrong;
        }

        var found = await findings.ListDecisionsAsync(id, rows, cancel);
        return TypedResults.Ok(LoggedDecisionsAnswer.From(id, found));
    }

    private static async Task<Results<Ok<AccountAnswer>, ProblemHttpResult>> FindAsync(
        string account, HttpContext http, IFindingReader findings, CancellationToken cancel)
    {
        var target = http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        if (!AccountIdText.TryReadLastSegment(target, out var id))
        {
            return ApiProblem.BadAccountId();
        }

        if (await findings.FindAccountAsync(id, cancel) is { } found)
        {
            return TypedResults.Ok(AccountAnswer.From(found));
        }

        return ApiProblem.Of(
            StatusCodes.Status404NotFound, "no_such_account", "No exchange of this account was ever taken.");
    }
}
