using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Sentinel.Testing;

namespace Sentinel.Api.Tests.Review;

/// <summary>Signing in at a provider, with one that signs like a real one.</summary>
[Collection(StoreTests.Name)]
public sealed class OidcTests(StoreEngine engine)
{
    [Theory]
    [InlineData("llm-sentinel-lead", true, "lead")]
    [InlineData("lead", true, null)]
    [InlineData("llm-sentinel-lead", false, null)]
    public async Task SignIn_AtAProvider_GivesTheRoleThatItSays(string role, bool isGenuine, string? expected)
    {
        await using var provider = await Provider.StartAsync(role, isGenuine);
        await using var host = await ReviewHost.StartAsync(
            engine, settings: [("People:OidcAuthority", provider.Address), ("People:OidcClientId", "sentinel"), ("People:OidcWithoutTls", "true")]);
        using var browser = new SessionClient(host.Address);
        using var begun = await browser.GetAsync("/v1/review/oidc?return=//evil.example");
        Assert.Equal(HttpStatusCode.Redirect, begun.StatusCode);
        Assert.Contains("code_challenge=", begun.Headers.Location!.Query, StringComparison.Ordinal);
        using var there = await browser.Http.GetAsync(begun.Headers.Location);
        using var back = await browser.Http.GetAsync(there.Headers.Location);
        var text = await back.Content.ReadAsStringAsync();
        using var me = await browser.GetAsync("/v1/review/me");
        if (expected is null)
        {
            Assert.Equal(isGenuine ? HttpStatusCode.Forbidden : HttpStatusCode.Unauthorized, back.StatusCode);
            Assert.Equal(HttpStatusCode.Unauthorized, me.StatusCode);
            return;
        }

        Assert.True(back.StatusCode == HttpStatusCode.OK, text);
        Assert.Contains("url=/console\"", text, StringComparison.Ordinal);
        var who = await ApiHost.JsonOf(me);
        Assert.Equal(("oidc-u-1", "Zoë", expected), (who.GetProperty("id").GetString(), who.GetProperty("name").GetString(), who.GetProperty("role").GetString()));
    }

    private sealed class Provider : IAsyncDisposable
    {
        private readonly RSA _key = RSA.Create(2048);
        private readonly RSA _other = RSA.Create(2048);
        private readonly WebApplication _app;
        private string _nonce = "";

        private Provider(WebApplication app) => _app = app;

        public string Address => _app.Urls.First();

        public static async Task<Provider> StartAsync(string role, bool isGenuine)
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            var app = builder.Build();
            var provider = new Provider(app);
            app.MapGet("/.well-known/openid-configuration", () => new Dictionary<string, object>
            {
                ["issuer"] = provider.Address, ["authorization_endpoint"] = provider.Address + "/authorize",
                ["token_endpoint"] = provider.Address + "/token", ["jwks_uri"] = provider.Address + "/keys",
            });
            app.MapGet("/keys", () =>
            {
                var key = provider._key.ExportParameters(false);
                return new { keys = new[] { new { kty = "RSA", use = "sig", kid = "1", alg = "RS256", n = Url(key.Modulus!), e = Url(key.Exponent!) } } };
            });
            app.MapGet("/authorize", (string redirect_uri, string state, string nonce) =>
            {
                provider._nonce = nonce;
                return Results.Redirect($"{redirect_uri}?code=c-1&state={Uri.EscapeDataString(state)}");
            });
            app.MapPost("/token", async (HttpRequest request) =>
            {
                var form = await request.ReadFormAsync();
                return form["code"] == "c-1" && form["code_verifier"].ToString().Length > 40
                    ? Results.Json(new { access_token = "a", token_type = "Bearer", id_token = provider.Token(role, isGenuine) })
                    : Results.BadRequest();
            });
            await app.StartAsync();
            return provider;
        }

        public async ValueTask DisposeAsync()
        {
            await _app.DisposeAsync();
            _key.Dispose();
            _other.Dispose();
        }

        private string Token(string role, bool isGenuine)
        {
            var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
            var head = Url(JsonSerializer.SerializeToUtf8Bytes(new { alg = "RS256", kid = "1", typ = "JWT" }));
            var body = Url(JsonSerializer.SerializeToUtf8Bytes(new
            {
                iss = Address, aud = "sentinel", sub = "u-1", name = "Zoë", nonce = _nonce, iat = now, nbf = now, exp = now + 300,
                roles = new[] { "other", role },
            }));
            var signature = (isGenuine ? _key : _other).SignData(
                Encoding.ASCII.GetBytes($"{head}.{body}"), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            return $"{head}.{body}.{Url(signature)}";
        }

        private static string Url(byte[] bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);
    }
}
