using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Sentinel.Detection.Verdicts;

namespace Sentinel.Api.Tests.Gateways;

/// <summary>The example configurations of nginx and HAProxy, in the real programs.</summary>
public sealed class RealGatewayTests
{
    [RealGatewayFact]
    public Task Nginx_Example_EnforcesDecisions() => EnforcesDecisions(RealGateway.NginxAsync);

    [RealGatewayFact]
    public Task HaProxy_Example_EnforcesDecisions() => EnforcesDecisions(RealGateway.HaProxyAsync);

    private static async Task EnforcesDecisions(Func<int, int, Task<RealGateway>> start)
    {
        await using var upstream = await StartUpstreamAsync();
        var host = await ApiHost.StartAsync();
        using var gateway = await start(host.Client.BaseAddress!.Port, new Uri(upstream.Urls.First()).Port);
        host.Board.Publish([Verdicts.Of("acct-2")]);

        var good = await Ask(gateway, "demo-key-1", "/v1/chat/completions");
        Assert.Equal(HttpStatusCode.OK, good.StatusCode);
        Assert.Equal("POST 300000 allow no_verdict", await good.Content.ReadAsStringAsync());

        host.Board.Publish([Verdicts.Of("acct-1", DecisionAction.Throttle)]);
        var slow = await Ask(gateway, "demo-key-1", "/v1/chat/completions");
        Assert.Equal("POST 300000 throttle campaign.template 10", await slow.Content.ReadAsStringAsync());

        var unknown = await Ask(gateway, "no such key", "/v1/chat/completions");
        Assert.Equal("POST 300000 allow no_account", await unknown.Content.ReadAsStringAsync());

        foreach (var (path, code) in new[] { ("/v1/messages", "permission_error"), ("/v1/x", "request_forbidden") })
        {
            var bad = await Ask(gateway, "demo-key-2", path);
            Assert.Equal(HttpStatusCode.Forbidden, bad.StatusCode);
            Assert.Equal("application/json", bad.Content.Headers.ContentType?.MediaType);
            var error = (await ApiHost.JsonOf(bad)).GetProperty("error");
            Assert.Equal(code, error.GetProperty("type").GetString());
            Assert.DoesNotContain(bad.Headers, header => header.Key.StartsWith("x-llm", StringComparison.OrdinalIgnoreCase));
        }

        host.Reload(("Gateways:FailMode", "closed"));
        Assert.Equal(HttpStatusCode.Forbidden, (await Ask(gateway, "no such key", "/v1/x")).StatusCode);
        host.Reload(("Gateways:KillSwitch", "true"));
        var switched = await Ask(gateway, "demo-key-2", "/v1/x");
        Assert.Equal("POST 300000 allow kill_switch", await switched.Content.ReadAsStringAsync());

        await host.DisposeAsync();
        var alone = await Ask(gateway, "demo-key-2", "/v1/x"); // Fails open, as configured, and claims no decision.
        Assert.Equal("POST 300000  ", await alone.Content.ReadAsStringAsync());
    }

    private static async Task<HttpResponseMessage> Ask(RealGateway gateway, string key, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path);
        request.Content = new StringContent(new string('x', 300_000), Encoding.UTF8, "application/json");
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + key);
        request.Headers.Add("x-llm-sentinel-decision", "forged");
        request.Headers.Add("x-llm-sentinel-reason", "forged");
        request.Headers.Add("x-llm-sentinel-throttle-per-minute", "1000000");
        request.Headers.Add("x-llm-sentinel-account", "acct-1");
        return await gateway.Client.SendAsync(request);
    }

    // Says what it was given.
    private static async Task<WebApplication> StartUpstreamAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.Run(async http =>
        {
            using var body = new StreamReader(http.Request.Body);
            var length = (await body.ReadToEndAsync()).Length;
            var headers = http.Request.Headers;
            await http.Response.WriteAsync(
                $"{http.Request.Method} {length} {headers["x-llm-sentinel-decision"]} {headers["x-llm-sentinel-reason"]}"
                + (headers["x-llm-sentinel-throttle-per-minute"] is [{ } rate] ? $" {rate}" : ""));
        });
        await app.StartAsync();
        return app;
    }
}
