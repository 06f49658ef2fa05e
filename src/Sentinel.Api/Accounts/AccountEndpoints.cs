using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Sentinel.Api.Findings;
using Sentinel.Api.Problems;

namespace Sentinel.Api.Accounts;

/// <summary><c>GET /v1/accounts/{id}</c>.</summary>
internal static class AccountEndpoints
{
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
