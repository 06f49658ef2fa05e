using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Routing;
using Sentinel.Api.Gateways;
using Sentinel.Api.People;
using Sentinel.Api.Security;

namespace Sentinel.Api.Tests.Security;

/// <summary>Keys and certificates at the door of every endpoint.</summary>
public sealed class CallerGateTests : IDisposable
{
    private static readonly (string Method, string Path, CallerScopes Scope, int Unknown, int Forbidden)[] Doors =
    [
        ("GET", "/v1/decisions/a", CallerScopes.Fronts, 401, 403),
        ("POST", "/v1/decisions", CallerScopes.Fronts, 401, 403),
        ("GET", "/v1/gateways/nginx", CallerScopes.Fronts, 503, 503),
        ("GET", "/v1/gateways/haproxy", CallerScopes.Fronts, 503, 503),
        ("PATCH", "/v1/gateways/envoy/v1/x", CallerScopes.Fronts, 503, 503),
        ("POST", "/v1/gateways/litellm", CallerScopes.Fronts, 401, 403),
        ("POST", "/v1/gateways/kong", CallerScopes.Fronts, 401, 403),
        ("POST", "/v1/exchanges", CallerScopes.Ingest, 401, 403),
        ("POST", "/v1/ingest/litellm", CallerScopes.Ingest, 401, 403),
        ("POST", "/v1/logs", CallerScopes.Ingest, 401, 403),
        ("GET", "/v1/accounts/a", CallerScopes.Admin, 401, 403),
        ("GET", "/v1/campaigns", CallerScopes.Admin, 401, 403),
    ];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sentinel-gate-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Endpoints_AllButTheOpenOnes_NeedAScope()
    {
        await using var host = await ApiHost.StartAsync();
        var open = host.Endpoints.OfType<RouteEndpoint>()
            .Where(static endpoint => endpoint.Metadata.GetMetadata<NeedsScope>() is null
                && endpoint.Metadata.GetMetadata<NeedsPermit>() is null)
            .Select(static endpoint => endpoint.RoutePattern.RawText);
        Assert.Equal(
            [
                "/", "/console/", "/console/assets/{name}", "/console/setup", "/console/sign-in", "/console/sign-out", "/console/theme",
                "/health/live", "/health/ready", "/openapi/v1.json", "/v1/review/session", "/v1/review/setup",
            ],
            open.Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Endpoint_Caller_GoesOnWithAKeyOfItsScopeOnly()
    {
        await using var host = await StartAsync(
            $"f fronts {KeyRingTests.Digest("k-fronts")}\ni ingest {KeyRingTests.Digest("k-ingest")}\n"
            + $"a admin {KeyRingTests.Digest("k-admin")}\nold fronts,ingest,admin {KeyRingTests.Digest("k-old")} 2020-01-01");
        foreach (var door in Doors)
        {
            foreach (var (key, scope) in new[]
            {
                ("", CallerScopes.None), ("k-wrong", CallerScopes.None), ("k-old", CallerScopes.None),
                ("k-fronts", CallerScopes.Fronts), ("k-ingest", CallerScopes.Ingest), ("k-admin", CallerScopes.Admin),
            })
            {
                var expected = scope == CallerScopes.None ? door.Unknown : scope == door.Scope ? 0 : door.Forbidden;
                var status = (int)(await Ask(host, door.Method, door.Path, CallerGate.KeyHeader, key)).StatusCode;
                Assert.True(
                    expected == 0 ? status is not (401 or 403 or 503) : status == expected, $"{door} with '{key}': {status}");
            }
        }

        Assert.Equal(HttpStatusCode.OK, (await host.Client.GetAsync("/health/live")).StatusCode);
        await Problems.AssertAsync(
            await Ask(host, "GET", "/v1/accounts/a", "Authorization", "Bearer k-fronts"), HttpStatusCode.Forbidden,
            "caller_not_allowed");
    }

    [Theory]
    [InlineData("Authorization", "Bearer k-1", true)]
    [InlineData("authorization", "bearer  k-1", true)]
    [InlineData("x-api-key", "k-1", true)]
    [InlineData("Authorization", "Basic k-1", false)]
    [InlineData("Authorization", "k-1", false)]
    [InlineData("x-llm-sentinel-key", "", false)]
    public async Task Key_InAnyOfItsHeaders_IsFound(string header, string value, bool isFound)
    {
        await using var host = await StartAsync($"f fronts {KeyRingTests.Digest("k-1")}");
        var answer = await Ask(host, "GET", "/v1/decisions/a", header, value);
        Assert.Equal(isFound ? HttpStatusCode.OK : HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task Envoy_WithoutAKey_IsToldByGrpc()
    {
        await using var host = await StartAsync($"i ingest {KeyRingTests.Digest("k-1")}");
        foreach (var (key, status) in new[] { ("", "16"), ("k-1", "7") })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, EnvoyGrpcFront.Method)
            {
                Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact,
                Content = new ByteArrayContent([0, 0, 0, 0, 0]),
            };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
            request.Headers.TryAddWithoutValidation(CallerGate.KeyHeader, key);
            using var answer = await host.Http2Client.SendAsync(request);
            Assert.Equal((HttpStatusCode.OK, status), (answer.StatusCode, answer.Headers.GetValues("grpc-status").Single()));
        }
    }

    [Fact]
    public async Task Certificate_OfAnAuthorityAndInTheFile_IsACaller()
    {
        using var authority = Certificate("CN=authority", issuer: null);
        using var other = Certificate("CN=authority", issuer: null);
        using var server = Certificate("CN=localhost", authority);
        using var known = Certificate("CN=gateway", authority);
        using var unknown = Certificate("CN=gateway", authority);
        using var forged = Certificate("CN=gateway", other);
        Write("server.pem", server.ExportCertificatePem());
        Write("server.key", server.GetRSAPrivateKey()!.ExportPkcs8PrivateKeyPem());
        Write("ca.pem", authority.ExportCertificatePem());
        string DigestOf(X509Certificate2 one) => one.GetCertHashString(HashAlgorithmName.SHA256);
        await using var host = await StartAsync(
            $"gateway fronts cert:{DigestOf(known)}\nforged fronts cert:{DigestOf(forged)}",
            ("Security:CertificateFile", Path.Combine(_folder.FullName, "server.pem")),
            ("Security:CertificateKeyFile", Path.Combine(_folder.FullName, "server.key")),
            ("Security:ClientAuthoritiesFile", Path.Combine(_folder.FullName, "ca.pem")));
        Assert.Equal((200, 200), await StatusesWith(known));
        Assert.Equal((401, 401), await StatusesWith(unknown));
        Assert.Equal((401, 401), await StatusesWith(null));
        await Assert.ThrowsAsync<HttpRequestException>(() => StatusesWith(forged));

        async Task<(int First, int Second)> StatusesWith(X509Certificate2? certificate)
        {
            using var handler = new HttpClientHandler { ServerCertificateCustomValidationCallback = static (_, _, _, _) => true };
            if (certificate is not null)
            {
                handler.ClientCertificates.Add(certificate);
            }

            using var client = new HttpClient(handler) { BaseAddress = host.TlsAddress };
            return (await Status(), await Status()); // Both of one connection.

            async Task<int> Status() => (int)(await client.GetAsync("/v1/decisions/a")).StatusCode;
        }
    }

    private Task<ApiHost> StartAsync(string keys, params (string Key, string Value)[] settings)
    {
        Write("keys", keys);
        return ApiHost.StartAsync([("Security:KeysFile", Path.Combine(_folder.FullName, "keys")), .. settings]);
    }

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(_folder.FullName, name), text);

    private static async Task<HttpResponseMessage> Ask(ApiHost host, string method, string path, string header, string value)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.TryAddWithoutValidation(header, value);
        request.Content = method == "POST" ? new StringContent("{}", Encoding.UTF8, "application/json") : null;
        return await host.Client.SendAsync(request);
    }

    private static X509Certificate2 Certificate(string name, X509Certificate2? issuer)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var (from, to) = (new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2099, 1, 1, 0, 0, 0, TimeSpan.Zero));
        if (issuer is null)
        {
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
            return request.CreateSelfSigned(from, to);
        }

        using var signed = request.Create(issuer, from, to, RandomNumberGenerator.GetBytes(8));
        using var whole = signed.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(whole.Export(X509ContentType.Pkcs12), null);
    }
}
