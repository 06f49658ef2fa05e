using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;
using Sentinel.Api.Observability;

namespace Sentinel.Api.Ingest;

/// <summary><c>POST /v1/exchanges</c>: answers only once what it accepted is durable.</summary>
internal sealed class IngestEndpoint(
    IExchangeIntake intake, BodyGate gate, IOptions<ApiOptions> options, ApiTelemetry telemetry)
{
    /// <summary>Media types of newline-delimited JSON, by their several names.</summary>
    public static readonly string[] MediaTypes =
    [
        "application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines",
        "application/json-lines",
    ];

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/exchanges", static (HttpContext http, IngestEndpoint self, CancellationToken cancel) =>
                self.PostAsync(http, cancel))
            .WithTags("Ingest")
            .WithName("PostExchanges")
            .WithSummary("Hand over exchanges")
            .WithDescription("NDJSON: one exchange.v1 object a line, at most 64 MiB, gzip accepted. Answers when "
                + "everything accepted is durable. Lines that cannot be used are counted, kept aside and do not stop "
                + "the rest. Post again after an error or a broken connection: an event_id that is known counts as "
                + "duplicate and changes nothing.")
            .Produces<IngestAnswer>(StatusCodes.Status200OK)
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
    }

    private Task<IResult> PostAsync(HttpContext http, CancellationToken cancel) =>
        gate.PassAsync(http, MediaTypes, TakeAsync, cancel);

    private async ValueTask<IResult?> TakeAsync(ReadOnlyMemory<byte> lines, CancellationToken cancel)
    {
        if (await intake.TakeAsync(lines, cancel) is not { } receipt)
        {
            return null;
        }

        telemetry.Ingested(receipt.Accepted, receipt.Duplicate, receipt.Rejected);
        var reasons = receipt.Reasons
            .Take(options.Value.IngestReasonsMax)
            .Select(letter => new IngestReason { Line = letter.Line, Code = letter.Code, Detail = letter.Detail })
            .ToArray();
        return TypedResults.Ok(new IngestAnswer
        {
            Accepted = receipt.Accepted,
            Duplicate = receipt.Duplicate,
            Rejected = receipt.Rejected,
            Reasons = reasons,
            ReasonsOmitted = receipt.Rejected - reasons.Length,
        });
    }
}
