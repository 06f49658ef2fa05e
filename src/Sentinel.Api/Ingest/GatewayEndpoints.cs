using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;
using Sentinel.Api.Observability;
using Sentinel.Streaming.Adapters;

namespace Sentinel.Api.Ingest;

/// <summary>
/// <c>POST /v1/ingest/{gateway}</c>: a gateway's own records, made exchanges and then taken like any others. Also the
/// standard addresses of OTLP/HTTP, whose answer is OTLP's own.
/// </summary>
internal sealed class GatewayEndpoints(IExchangeIntake intake, BodyGate gate, IOptions<ApiOptions> options, ApiTelemetry telemetry)
{
    private static readonly string[] MediaTypes = ["application/json", .. IngestEndpoint.MediaTypes];

    public static void Map(IEndpointRouteBuilder routes)
    {
        MapGateway(
            routes, GatewayFormat.LiteLlm, "PostLiteLlm", "Hand over LiteLLM's logs",
            "StandardLoggingPayload as LiteLLM's generic_api callback posts it: json_array, ndjson or single.");
        MapGateway(
            routes, GatewayFormat.Otlp, "PostOtlp", "Hand over OpenTelemetry's GenAI logs and spans",
            "OTLP/JSON export requests of logs or traces; other telemetry in them is skipped.");
        MapGateway(
            routes, GatewayFormat.OpenAi, "PostOpenAiLogs", "Hand over access logs of the OpenAI API",
            "One call an object: time, account, headers and bodies of request and response.");
        MapGateway(
            routes, GatewayFormat.Anthropic, "PostAnthropicLogs", "Hand over access logs of the Anthropic API",
            "One call an object: time, account, headers and bodies of request and response.");
        MapOtlp(routes, "/v1/logs", "PostOtlpLogs", "OTLP/HTTP logs", isLogs: true);
        MapOtlp(routes, "/v1/traces", "PostOtlpTraces", "OTLP/HTTP traces", isLogs: false);
    }

    private static void MapGateway(
        IEndpointRouteBuilder routes, GatewayFormat format, string name, string summary, string description) =>
        Finish(
            routes.MapPost(
                $"/v1/ingest/{GatewayFormats.NameOf(format)}",
                (HttpContext http, GatewayEndpoints self, CancellationToken cancel) =>
                    self.PostAsync(http, format, Results.Ok, cancel)),
            name, summary, $"{description} A list, one object a line, or a single object; at most 64 MiB, gzip "
                + "accepted. schemas/adapters.md shows what becomes of every field. Answers when everything accepted "
                + "is durable; post again after an error: what is known counts as duplicate and changes nothing.")
            .Produces<GatewayAnswer>(StatusCodes.Status200OK);

    private static void MapOtlp(IEndpointRouteBuilder routes, string route, string name, string summary, bool isLogs) =>
        Finish(
            routes.MapPost(route, (HttpContext http, GatewayEndpoints self, CancellationToken cancel) =>
                self.PostAsync(http, GatewayFormat.Otlp, answer => Results.Ok(OtlpOf(answer, isLogs)), cancel)),
            name, summary, "What an OTLP/HTTP exporter with encoding json posts; the same as /v1/ingest/otlp but for "
                + "the answer, which is OTLP's. Telemetry of anything but model calls is skipped.")
            .Produces<OtlpAnswer>(StatusCodes.Status200OK);

    private static RouteHandlerBuilder Finish(
        RouteHandlerBuilder route, string name, string summary, string description) =>
        route.WithTags("Ingest").WithName(name).WithSummary(summary).WithDescription(description)
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);

    private Task<IResult> PostAsync(
        HttpContext http, GatewayFormat format, Func<GatewayAnswer, IResult> answer, CancellationToken cancel) =>
        gate.PassAsync(
            http,
            MediaTypes,
            async (body, stop) => await TakeAsync(format, body, stop) is { } taken ? answer(taken) : null,
            cancel);

    private async Task<GatewayAnswer?> TakeAsync(
        GatewayFormat format, ReadOnlyMemory<byte> body, CancellationToken cancel)
    {
        var reader = new GatewayReader(format, body);
        var lines = new AdaptedLines();
        var tally = new GatewayTally(options.Value.IngestReasonsMax);
        while (reader.TryFill(lines))
        {
            tally.Add(lines.Skipped);
            if (lines.LineCount == 0)
            {
                continue;
            }

            if (await intake.TakeAsync(lines.Bytes, cancel) is not { } receipt)
            {
                return null; // What was taken before counts as duplicate when it is posted again.
            }

            telemetry.Ingested(receipt.Accepted, receipt.Duplicate, receipt.Rejected);
            tally.Add(receipt, lines);
        }

        return tally.Answer(reader.RecordCount);
    }

    private static OtlpAnswer OtlpOf(GatewayAnswer answer, bool isLogs)
    {
        if (answer.Rejected == 0)
        {
            return new OtlpAnswer();
        }

        var rejected = answer.Rejected.ToString(CultureInfo.InvariantCulture);
        return new OtlpAnswer
        {
            PartialSuccess = new OtlpPartialSuccess
            {
                RejectedLogRecords = isLogs ? rejected : null,
                RejectedSpans = isLogs ? null : rejected,
                ErrorMessage = answer.Reasons.Count > 0 ? answer.Reasons[0].Detail : "",
            },
        };
    }
}
