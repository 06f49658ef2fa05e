using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Sentinel.Client;

/// <summary>
/// Turns away the requests of blocked accounts, in the error format of the API that they called, and hands every other
/// decision on: to what comes next as a feature of type <see cref="Decision"/>, to a proxy's upstream in request headers. What
/// clients send under these names is taken away.
/// </summary>
public sealed class DecisionMiddleware(RequestDelegate next, DecisionClient client, IOptions<ClientOptions> options)
{
    private const string Prefix = "x-llm-sentinel-";
    private const string VersionHeader = "anthropic-version";

    // As OpenAI's and Anthropic's APIs write it; the reason is not told: somebody may be looking for a threshold.
    private const string OpenAi = """
        {"error":{"message":"This account may not use the service. If you think that this is a mistake, contact support.","type":"request_forbidden","param":null,"code":"account_blocked"}}
        """;

    private const string Anthropic = """
        {"type":"error","error":{"type":"permission_error","message":"This account may not use the service. If you think that this is a mistake, contact support."}}
        """;

    /// <summary>Decides, and goes on or answers.</summary>
    public async Task InvokeAsync(HttpContext http)
    {
        ArgumentNullException.ThrowIfNull(http);
        var keys = options.Value.KeysOf!(http);
        var decision = await client.DecideAsync(keys, http.RequestAborted);
        if (decision.IsBlock)
        {
            http.Response.StatusCode = StatusCodes.Status403Forbidden;
            http.Response.ContentType = "application/json";
            await http.Response.WriteAsync(IsAnthropic(http.Request) ? Anthropic : OpenAi, http.RequestAborted);
            return;
        }

        http.Features.Set(decision);
        Tell(http.Request.Headers, decision);
        await next(http);
    }

    private static void Tell(IHeaderDictionary headers, Decision decision)
    {
        foreach (var name in headers.Keys.Where(static name =>
            name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)).ToArray())
        {
            headers.Remove(name);
        }

        headers[Prefix + "decision"] = decision.Action;
        headers[Prefix + "reason"] = decision.Reason;
        headers[Prefix + "decision-id"] = decision.DecisionId;
        headers[Prefix + "stale"] = decision.IsStale ? "true" : "false";
        if (decision.ThrottlePerMinute is { } rate)
        {
            headers[Prefix + "throttle-per-minute"] = rate.ToString(CultureInfo.InvariantCulture);
        }
    }

    private static bool IsAnthropic(HttpRequest request) =>
        request.Headers.ContainsKey(VersionHeader)
        || request.Path.StartsWithSegments("/v1/messages", StringComparison.OrdinalIgnoreCase)
        || request.Path.StartsWithSegments("/anthropic", StringComparison.OrdinalIgnoreCase);
}
