using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using Sentinel.Api.Health;
using Sentinel.Api.Observability;
using Sentinel.Api.Problems;

namespace Sentinel.Api.Ingest;

/// <summary>
/// What every body that is handed over goes through first: its media type and encoding are known, the program takes
/// exchanges, there is room, and it is no larger than allowed. Thread-safe.
/// </summary>
internal sealed partial class BodyGate(
    Readiness readiness, IOptions<ApiOptions> options, ApiTelemetry telemetry, ILogger<BodyGate> logger) : IDisposable
{
    private const int RetryAfterSeconds = 1;

    private readonly ApiOptions _options = options.Value;
    private readonly SemaphoreSlim _bodies = new(options.Value.IngestBodiesMax);

    public void Dispose() => _bodies.Dispose();

    /// <summary>
    /// Reads the body and hands it to <paramref name="take"/>, whose null means that there is no room.
    /// </summary>
    /// <param name="http">The request.</param>
    /// <param name="mediaTypes">Media types that are read here, the one to name in an error first.</param>
    /// <param name="take">Takes the decompressed body, valid until its task ends.</param>
    /// <param name="cancel">Ends waiting.</param>
    public async Task<IResult> PassAsync(
        HttpContext http,
        string[] mediaTypes,
        Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask<IResult?>> take,
        CancellationToken cancel)
    {
        if (!TryReadHeaders(http, mediaTypes, out var isGzip, out var problem))
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
            // The limit here is its own: compressed and decompressed alike.
            if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            {
                limit.MaxRequestBodySize = _options.IngestBytesMax;
            }

            using var body = new BodyReader();
            var fault = await body.ReadAsync(http.Request, isGzip, _options.IngestBytesMax, cancel);
            return fault == BodyFault.None ? await take(body.Bytes, cancel) ?? Busy() : ProblemOf(fault);
        }
        finally
        {
            _bodies.Release();
        }
    }

    private static bool TryReadHeaders(
        HttpContext http, string[] mediaTypes, out bool isGzip, out ProblemHttpResult? problem)
    {
        var encoding = http.Request.Headers.ContentEncoding.ToString();
        isGzip = encoding.Equals("gzip", StringComparison.OrdinalIgnoreCase);
        problem = null;
        if (!MediaTypeHeaderValue.TryParse(http.Request.ContentType, out var type)
            || !mediaTypes.Contains(type.MediaType.ToString(), StringComparer.OrdinalIgnoreCase))
        {
            http.Response.Headers["Accept-Post"] = mediaTypes[0];
            problem = ApiProblem.Of(
                StatusCodes.Status415UnsupportedMediaType, "unsupported_media_type",
                $"Send JSON with Content-Type: {mediaTypes[0]}.");
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
