using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using Sentinel.Api.Health;
using Sentinel.Api.Observability;
using Sentinel.Api.Problems;

namespace Sentinel.Api.Ingest;

/// <summary><c>POST /v1/exchanges</c>: answers only once what it accepted is durable.</summary>
internal sealed partial class IngestEndpoint(
    IExchangeIntake intake,
    Readiness readiness,
    IOptions<ApiOptions> options,
    ApiTelemetry telemetry,
    ILogger<IngestEndpoint> logger) : IDisposable
{
    /// <summary>Media types of newline-delimited JSON, by their several names.</summary>
    public static readonly string[] MediaTypes =
    [
        "application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines",
        "application/json-lines",
    ];

    private const int RetryAfterSeconds = 1;

    private readonly ApiOptions _options = options.Value;
    private readonly SemaphoreSlim _bodies = new(options.Value.IngestBodiesMax);

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

    public void Dispose() => _bodies.Dispose();

    private async Task<IResult> PostAsync(HttpContext http, CancellationToken cancel)
    {
        if (!TryReadHeaders(http, out var isGzip, out var problem))
        {
            return problem!;
        }

        if (readiness.Current is { IsServing: false } state)
        {
            return ApiProblem.Unavailable(state.Reasons[0].Code, state.Reasons[0].Detail, RetryAfterSeconds);
        }

        if (!_bodies.Wait(0, CancellationToken.None))
        {
            return Busy();
        }

        try
        {
            // The limit of this endpoint is its own: compressed and decompressed alike.
            if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            {
                limit.MaxRequestBodySize = _options.IngestBytesMax;
            }

            using var body = new BodyReader();
            var fault = await body.ReadAsync(http.Request, isGzip, _options.IngestBytesMax, cancel);
            return fault == BodyFault.None ? await TakeAsync(body.Bytes, cancel) : ProblemOf(fault);
        }
        finally
        {
            _bodies.Release();
        }
    }

    private static bool TryReadHeaders(HttpContext http, out bool isGzip, out ProblemHttpResult? problem)
    {
        var encoding = http.Request.Headers.ContentEncoding.ToString();
        isGzip = encoding.Equals("gzip", StringComparison.OrdinalIgnoreCase);
        problem = null;
        if (!MediaTypeHeaderValue.TryParse(http.Request.ContentType, out var type)
            || !MediaTypes.Contains(type.MediaType.ToString(), StringComparer.OrdinalIgnoreCase))
        {
            http.Response.Headers["Accept-Post"] = MediaTypes[0];
            problem = ApiProblem.Of(
                StatusCodes.Status415UnsupportedMediaType, "unsupported_media_type",
                "Send newline-delimited JSON with Content-Type: application/x-ndjson.");
        }
        else if (!isGzip && encoding.Length > 0 && !encoding.Equals("identity", StringComparison.OrdinalIgnoreCase))
        {
            http.Response.Headers.AcceptEncoding = "gzip, identity";
            problem = ApiProblem.Of(
                StatusCodes.Status415UnsupportedMediaType, "unsupported_content_encoding",
                "Content-Encoding may be gzip or absent.");
        }

        return problem is null;
    }

    private async Task<IResult> TakeAsync(ReadOnlyMemory<byte> lines, CancellationToken cancel)
    {
        if (await intake.TakeAsync(lines, cancel) is not { } receipt)
        {
            return Busy();
        }

        telemetry.Ingested(receipt.Accepted, receipt.Duplicate, receipt.Rejected);
        var reasons = receipt.Reasons
            .Take(_options.IngestReasonsMax)
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

    private IResult Busy()
    {
        telemetry.TurnedAway();
        Log.IngestBusy(logger);
        return ApiProblem.Unavailable(
            "busy", "There is no room for more exchanges at the moment; post the same body again.", RetryAfterSeconds);
    }

    private ProblemHttpResult ProblemOf(BodyFault fault) => fault switch
    {
        BodyFault.TooLarge => ApiProblem.Of(
            StatusCodes.Status413PayloadTooLarge, "body_too_large",
            string.Create(CultureInfo.InvariantCulture,
                $"A body is at most {_options.IngestBytesMax} bytes, also when decompressed. Split it at line ends.")),
        BodyFault.BadGzip => ApiProblem.Of(
            StatusCodes.Status400BadRequest, "bad_gzip", "The body is not whole gzip. Nothing of it was taken."),
        _ => ApiProblem.Of(StatusCodes.Status400BadRequest, "bad_body", "The body broke off. Nothing of it was taken."),
    };

    private static partial class Log
    {
        [LoggerMessage(EventIds.IngestBusy, LogLevel.Warning, "Turned exchanges away: no room.")]
        public static partial void IngestBusy(ILogger logger);
    }
}
