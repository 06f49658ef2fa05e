using System.Security.Cryptography;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Sentinel.Api.Observability;
using Sentinel.Api.Problems;

namespace Sentinel.Api.Security;

/// <summary>
/// Stands before every endpoint that has <see cref="NeedsScope"/>: who shows no key or certificate with its scope goes no
/// further. A key is in <c>x-llm-sentinel-key</c>, which gateways can set beside their clients' own, or where clients of APIs
/// put one. Thread-safe.
/// </summary>
internal sealed class CallerGate(KeyRingInForce rings, ApiTelemetry telemetry, TimeProvider clock)
{
    /// <summary>Header with the caller's key.</summary>
    public const string KeyHeader = "x-llm-sentinel-key";

    private const string OtherKeyHeader = "x-api-key";
    private const string BearerScheme = "Bearer ";
    private const int Unauthenticated = 16;
    private const int PermissionDenied = 7;

    private static readonly object CertificateDigest = new();
    private static readonly object CallerItem = new();

    /// <summary>Whether anybody may call.</summary>
    public bool IsOpenToAll => rings.Current is null;

    /// <summary>Id of the caller that was let through; empty where anybody may call.</summary>
    public static string CallerOf(HttpContext http) => http.Items[CallerItem] as string ?? string.Empty;

    /// <summary>Lets the request go on, or answers it.</summary>
    public Task PassAsync(HttpContext http, RequestDelegate next) =>
        http.GetEndpoint()?.Metadata.GetMetadata<NeedsScope>() is { } needs ? PassAsync(http, needs, next) : next(http);

    /// <summary>
    /// The same before one endpoint that nothing else stands before. Not there at all where anybody may call: it would cost
    /// every decision something.
    /// </summary>
    public RequestDelegate Before(RequestDelegate answer, NeedsScope needs) =>
        rings.Current is null ? answer : http => PassAsync(http, needs, answer);

    private Task PassAsync(HttpContext http, NeedsScope needs, RequestDelegate next)
    {
        if (rings.Current is not { } ring)
        {
            return next(http);
        }

        var caller = CallerOf(http, ring);
        if (caller is null || caller.Until <= clock.GetUtcNow())
        {
            telemetry.CallerRefused(caller is null ? "unknown" : "expired");
            return RefuseAsync(http, needs.Form, isKnown: false);
        }

        if (!caller.Scopes.HasFlag(needs.Scope))
        {
            telemetry.CallerRefused("scope");
            return RefuseAsync(http, needs.Form, isKnown: true);
        }

        http.Items[CallerItem] = caller.Id;
        return next(http);
    }

    /// <summary>The caller of a request by its key or certificate, if it shows one that is in force.</summary>
    public CallerKey? FindCaller(HttpContext http) =>
        rings.Current is { } ring && CallerOf(http, ring) is { } caller && !(caller.Until <= clock.GetUtcNow()) ? caller : null;

    private static CallerKey? CallerOf(HttpContext http, KeyRing ring)
    {
        var headers = http.Request.Headers;
        if (headers[KeyHeader] is [{ } own])
        {
            return ring.FindKey(own);
        }

        if (headers.Authorization is [{ } authorization]
            && authorization.StartsWith(BearerScheme, StringComparison.OrdinalIgnoreCase)
            && ring.FindKey(authorization.AsSpan(BearerScheme.Length).Trim()) is { } bearer)
        {
            return bearer;
        }

        return (headers[OtherKeyHeader] is [{ } other] ? ring.FindKey(other) : null) ?? OfCertificate(http, ring);
    }

    private static CallerKey? OfCertificate(HttpContext http, KeyRing ring)
    {
        if (http.Connection.ClientCertificate is not { } certificate)
        {
            return null;
        }

        if (http.Features.Get<IConnectionItemsFeature>()?.Items is not { } items)
        {
            return ring.FindCertificate(certificate.GetCertHash(HashAlgorithmName.SHA256));
        }

        // One connection, one certificate: its digest is taken once.
        if (!items.TryGetValue(CertificateDigest, out var digest))
        {
            items[CertificateDigest] = digest = certificate.GetCertHash(HashAlgorithmName.SHA256);
        }

        return ring.FindCertificate((byte[])digest!);
    }

    private static Task RefuseAsync(HttpContext http, RefusalForm form, bool isKnown)
    {
        var response = http.Response;
        switch (form)
        {
            case RefusalForm.Failure:
                response.StatusCode = StatusCodes.Status503ServiceUnavailable;
                response.Headers[Gateways.DecisionHeaders.Reason] = isKnown ? "caller_not_allowed" : "caller_unknown";
                response.ContentLength = 0;
                return Task.CompletedTask;
            case RefusalForm.Grpc:
                response.ContentType = "application/grpc";
                response.Headers["grpc-status"] = isKnown ? $"{PermissionDenied}" : $"{Unauthenticated}";
                return Task.CompletedTask;
            default:
                response.Headers.WWWAuthenticate = isKnown ? default : "Bearer";
                return (isKnown
                    ? ApiProblem.Of(
                        StatusCodes.Status403Forbidden, "caller_not_allowed", "The key's scopes do not hold this.")
                    : ApiProblem.Of(
                        StatusCodes.Status401Unauthorized, "caller_unknown",
                        $"Show a key that is in force, in {KeyHeader} or as a bearer token.")).ExecuteAsync(http);
        }
    }
}
