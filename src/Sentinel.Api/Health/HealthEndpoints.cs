using System.ComponentModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Sentinel.Api.Problems;

namespace Sentinel.Api.Health;

/// <summary>How the program is.</summary>
internal sealed record HealthAnswer
{
    [Description("live or ready.")]
    public required string Status { get; init; }
}

/// <summary><c>/health/live</c> and <c>/health/ready</c>.</summary>
internal static class HealthEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var health = routes.MapGroup("/health").WithTags("Health");
        health.MapGet("/live", Live)
            .WithName("GetLive")
            .WithSummary("Is the process alive?")
            .WithDescription("200 as long as the process answers at all. Restart it when it does not.");
        health.MapGet("/ready", Ready)
            .WithName("GetReady")
            .WithSummary("Can it do its work?")
            .WithDescription("200 once everything that was made durable before has been judged again and the decisions "
                + "are in memory; 503 with the reasons before that, while it drains, and after its lane failed.")
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
    }

    private static Ok<HealthAnswer> Live() => TypedResults.Ok(new HealthAnswer { Status = "live" });

    private static Results<Ok<HealthAnswer>, ProblemHttpResult> Ready(Readiness readiness)
    {
        var state = readiness.Current;
        if (state.IsReady)
        {
            return TypedResults.Ok(new HealthAnswer { Status = "ready" });
        }

        return ApiProblem.Of(
            StatusCodes.Status503ServiceUnavailable, "not_ready", state.Reasons[0].Detail,
            [new("reasons", state.Reasons.Select(reason => new { reason.Code, reason.Detail }).ToArray())]);
    }
}
