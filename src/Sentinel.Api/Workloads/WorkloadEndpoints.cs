using System.ComponentModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Sentinel.Api.Findings;
using Sentinel.Api.Problems;

namespace Sentinel.Api.Workloads;

/// <summary><c>/v1/workloads</c>: verified workloads, declared, listed and withdrawn.</summary>
internal static class WorkloadEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var workloads = routes.MapGroup("/v1/workloads").WithTags("Workloads").WithStoreGate();
        workloads.MapGet("/", List)
            .WithName("ListWorkloads")
            .WithSummary("Which workloads are declared?")
            .WithDescription("Verified workloads that hold or will hold, those of the file too.")
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        workloads.MapGet("/{id}", Find)
            .WithName("GetWorkload")
            .WithSummary("What is declared of a workload?")
            .WithDescription("The latest declaration of this id, also when it has ended.")
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        workloads.MapPut("/{id}", DeclareAsync)
            .WithName("PutWorkload")
            .WithSummary("Declare a workload")
            .WithDescription("Takes the place of an earlier declaration of the id. It explains only the evidence that it "
                + "names, never more than its kind can, and takes effect a little ahead of now, which from tells: so "
                + "every exchange is judged under the same declarations whenever it is judged.")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        workloads.MapDelete("/{id}", WithdrawAsync)
            .WithName("DeleteWorkload")
            .WithSummary("Withdraw a workload")
            .WithDescription("It ends a little ahead of now, which until tells, and stays on record.")
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
    }

    private static Ok<WorkloadListAnswer> List(
        [Description("Whether to list those that have ended too.")] bool? ended, WorkloadBook book, TimeProvider clock)
    {
        var now = clock.GetUtcNow();
        return TypedResults.Ok(new WorkloadListAnswer
        {
            Workloads =
            [
                .. book.Current.Workloads.Where(workload => ended == true || workload.Until > now)
                    .OrderBy(static workload => workload.Id, StringComparer.Ordinal)
                    .ThenBy(static workload => workload.From)
                    .Select(workload => WorkloadAnswer.Of(workload, now)),
            ],
        });
    }

    private static Results<Ok<WorkloadAnswer>, ProblemHttpResult> Find(string id, WorkloadBook book, TimeProvider clock) =>
        book.Find(id) is { } workload ? TypedResults.Ok(WorkloadAnswer.Of(workload, clock.GetUtcNow())) : NoSuch();

    private static async Task<Results<Ok<WorkloadAnswer>, ProblemHttpResult>> DeclareAsync(
        string id, WorkloadDeclaration declaration, WorkloadBook book, TimeProvider clock, CancellationToken cancel)
    {
        var (workload, fault) = await book.DeclareAsync(id, declaration, cancel);
        return workload is null
            ? ApiProblem.Of(StatusCodes.Status400BadRequest, "bad_workload", fault)
            : TypedResults.Ok(WorkloadAnswer.Of(workload, clock.GetUtcNow()));
    }

    private static async Task<Results<Ok<WorkloadAnswer>, ProblemHttpResult>> WithdrawAsync(
        string id, WorkloadBook book, TimeProvider clock, CancellationToken cancel) =>
        await book.WithdrawAsync(id, cancel) is { } workload
            ? TypedResults.Ok(WorkloadAnswer.Of(workload, clock.GetUtcNow()))
            : NoSuch();

    private static ProblemHttpResult NoSuch() => ApiProblem.Of(
        StatusCodes.Status404NotFound, "no_such_workload", "There is no such declaration, or it has ended.");
}
