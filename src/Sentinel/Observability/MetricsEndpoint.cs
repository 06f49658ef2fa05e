using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Sentinel.Hosting.Observability;

/// <summary><c>GET /metrics</c>: all instruments as text, in the format that is asked for.</summary>
internal static class MetricsEndpoint
{
    private const string OpenMetrics = "application/openmetrics-text";

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/metrics", static (HttpContext http, MetricCollector collector) => Answer(http, collector))
            .ExcludeFromDescription(); // Not the program's API, but its instrument panel.

    private static IResult Answer(HttpContext http, MetricCollector collector)
    {
        var format = FormatOf(http.Request.Headers.Accept.ToString());
        http.Response.Headers.CacheControl = "no-store";
        return Results.Text(
            PrometheusText.Of(collector, format),
            format == ExpositionFormat.OpenMetrics
                ? OpenMetrics + "; version=1.0.0; charset=utf-8"
                : "text/plain; version=0.0.4; charset=utf-8",
            contentEncoding: null);
    }

    /// <summary>The format to answer in. Prometheus names OpenMetrics first when it prefers it.</summary>
    internal static ExpositionFormat FormatOf(string accept) =>
        accept.Contains(OpenMetrics, StringComparison.OrdinalIgnoreCase)
            ? ExpositionFormat.OpenMetrics
            : ExpositionFormat.Prometheus;
}
