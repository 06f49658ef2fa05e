using Microsoft.AspNetCore.Http;

namespace Sentinel.Api.Gateways;

/// <summary>
/// Envoy's <c>ext_authz</c> over HTTP: the client's request without its body, below a prefix. 200 goes on, 403 is
/// turned
/// away with a body for the client; nothing else is ever answered, since Envoy takes 5xx for a failure.
/// </summary>
internal static class EnvoyHttpFront
{
    /// <summary>Envoy's <c>path_prefix</c>; the client's path follows.</summary>
    public const string Prefix = "/v1/gateways/envoy";

    private const string VersionHeader = "anthropic-version";

    public static Task AnswerAsync(HttpContext http, DecisionDesk desk)
    {
        var (policy, request, response) = (desk.Policy, http.Request, http.Response);
        var decision = desk.Decide(
            policy, GatewayKind.Envoy, CallerHeaders.Read(request.Headers, policy, desk.Rulings));
        DecisionHeaders.Write(response.Headers, decision, policy);
        if (!decision.IsBlock)
        {
            response.ContentLength = 0;
            return Task.CompletedTask;
        }

        var path = request.Path.HasValue ? request.Path.Value.AsSpan(Prefix.Length) : default;
        var body = DenyBody.For(policy.Options.DenyFormat, path, request.Headers.ContainsKey(VersionHeader));
        response.StatusCode = StatusCodes.Status403Forbidden;
        response.ContentType = DenyBody.MediaType;
        response.ContentLength = body.Length;
        return response.BodyWriter.WriteAsync(body, http.RequestAborted).AsTask();
    }
}
