using System.Net;
using System.Net.Sockets;
using System.Text;
using Sentinel.Api.Decisions;
using Sentinel.Detection.Verdicts;

namespace Sentinel.Api.Tests.Gateways;

/// <summary>nginx, HAProxy and Envoy over HTTP: headers in, status and headers out.</summary>
public sealed class HttpFrontTests
{
    private const string Account = "x-llm-sentinel-account";

    [Theory]
    [InlineData("/v1/gateways/nginx")]
    [InlineData("/v1/gateways/haproxy")]
    public async Task AuthRequest_Account_Is204Or403WithTheDecisionInHeaders(string path)
    {
        await using var host = await ApiHost.StartAsync();
        host.Board.Publish([Verdicts.Of("bad"), Verdicts.Of("slow", DecisionAction.Throttle, offset: 8)]);
        var bad = await Ask(host, path, "bad");
        Assert.Equal(HttpStatusCode.Forbidden, bad.StatusCode);
        Assert.Equal(
            ["block", "campaign.template", "60", "false", "0-7-1", "open"],
            new[] { "decision", "reason", "ttl", "stale", "decision-id", "fail-mode" }.Select(name => Header(bad, name)));
        Assert.Equal("", await bad.Content.ReadAsStringAsync());
        var slow = await Ask(host, path, "slow");
        Assert.Equal(HttpStatusCode.NoContent, slow.StatusCode);
        Assert.Equal("10", Header(slow, "throttle-per-minute"));
        var unknown = await Ask(host, path, "unknown");
        Assert.Equal((HttpStatusCode.NoContent, "no_verdict"), (unknown.StatusCode, Header(unknown, "reason")));
    }

    [Fact]
    public async Task AuthRequest_NoAccount_IsAnsweredByFailMode()
    {
        await using var host = await ApiHost.StartAsync(
            ("Gateways:GatewayFailModes:nginx", "closed"), ("Gateways:PlanFailModes:enterprise", "open"));
        var closed = await Ask(host, "/v1/gateways/nginx", null);
        Assert.Equal((HttpStatusCode.Unauthorized, "no_account"), (closed.StatusCode, Header(closed, "reason")));
        var open = await Ask(host, "/v1/gateways/nginx", null, plan: "enterprise");
        Assert.Equal((HttpStatusCode.NoContent, "open"), (open.StatusCode, Header(open, "fail-mode")));
        Assert.Equal(HttpStatusCode.NoContent, (await Ask(host, "/v1/gateways/haproxy", null)).StatusCode);
    }

    [Fact]
    public async Task AuthRequest_HeaderOfAnyBytes_IsAnswered()
    {
        await using var host = await ApiHost.StartAsync(("Gateways:FailMode", "closed"));
        host.Board.Publish([Verdicts.Of("数据 é"), Verdicts.Of("a,b")]);
        var utf8 = Encoding.UTF8.GetBytes("数据 é");
        var large = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("X-Pad: " + new string('x', 4_000) + "\r\n", 16)));
        Assert.Equal(403, await Raw(host, [.. "X-LLM-Sentinel-Account: "u8, .. utf8, .. "\r\n"u8]));
        Assert.Equal(403, await Raw(host, [.. "X-LLM-Sentinel-Account: a,b\r\n"u8, .. large]));
        Assert.Equal(204, await Raw(host, [.. "X-LLM-Sentinel-Account: good\r\nX-Other: \xff\xfe\r\n"u8]));
        Assert.Equal(401, await Raw(host, [.. "X-LLM-Sentinel-Account: "u8, 0xC3, 0x28, .. "\r\n"u8]));
        Assert.Equal(401, await Raw(host, [.. "X-LLM-Sentinel-Account: "u8, .. large.AsSpan(10, 3_000), .. "\r\n"u8]));
        Assert.Equal(401, await Raw(host, "X-LLM-Sentinel-Account: a\r\nX-LLM-Sentinel-Account: b\r\n"u8.ToArray()));
        Assert.Equal(401, await Raw(host, "X-LLM-Sentinel-Account: \r\n"u8.ToArray()));
    }

    [Theory]
    [InlineData("GET", "/v1/models", "openai")]
    [InlineData("POST", "/v1/chat/completions?x=1", "openai")]
    [InlineData("POST", "/v1/completions", "openai")]
    [InlineData("POST", "/v1/messages", "anthropic")]
    [InlineData("DELETE", "/anthropic/v1/files/7", "anthropic")]
    [InlineData("POST", "", "openai")]
    public async Task Envoy_BlockedAccount_Is403InTheProvidersFormat(string method, string path, string format)
    {
        await using var host = await ApiHost.StartAsync();
        host.Board.Publish([Verdicts.Of("bad")]);
        var bad = await Ask(host, "/v1/gateways/envoy" + path, "bad", method: method);
        Assert.Equal(HttpStatusCode.Forbidden, bad.StatusCode);
        Assert.Equal("application/json", bad.Content.Headers.ContentType?.MediaType);
        var body = await ApiHost.JsonOf(bad);
        Assert.Equal(format == "anthropic", body.TryGetProperty("type", out _));
        var type = body.GetProperty("error").GetProperty("type").GetString();
        Assert.Equal(format == "anthropic" ? "permission_error" : "request_forbidden", type);
        Assert.DoesNotContain("campaign", body.GetRawText(), StringComparison.Ordinal); // Clients are not told why.
        var good = await Ask(host, "/v1/gateways/envoy" + path, "good", method: method);
        Assert.Equal((HttpStatusCode.OK, "allow"), (good.StatusCode, Header(good, "decision")));
    }

    [Fact]
    public async Task Envoy_SettingAndHeader_ChooseTheFormat()
    {
        await using var host = await ApiHost.StartAsync(("Gateways:FailMode", "closed"));
        var byHeader = await Ask(host, "/v1/gateways/envoy/x", null, version: "2023-06-01");
        Assert.True((await ApiHost.JsonOf(byHeader)).TryGetProperty("type", out _));
        host.Reload(("Gateways:DenyFormat", "OpenAi"));
        var bySetting = await Ask(host, "/v1/gateways/envoy/v1/messages", null, version: "2023-06-01");
        Assert.Equal((HttpStatusCode.Forbidden, "no_account"), (bySetting.StatusCode, Header(bySetting, "reason")));
        Assert.False((await ApiHost.JsonOf(bySetting)).TryGetProperty("type", out _));
    }

    [Fact]
    public async Task Reload_KillSwitch_AllowsEverythingWithoutARestart()
    {
        await using var host = await ApiHost.StartAsync();
        host.Board.Publish([Verdicts.Of("bad")]);
        host.Rulings.Publish([new(new(KeyKind.Account, "ruled"), new Ruling("r", new(KeyKind.Account, "ruled"), DecisionAction.Block, ExpiresAt: null))]);
        Assert.Equal(HttpStatusCode.Forbidden, (await Ask(host, "/v1/gateways/nginx", "ruled")).StatusCode);
        host.Reload(("Gateways:KillSwitch", "true"));
        foreach (var account in new[] { "bad", "ruled" })
        {
            var answer = await Ask(host, "/v1/gateways/nginx", account);
            Assert.Equal((HttpStatusCode.NoContent, "kill_switch"), (answer.StatusCode, Header(answer, "reason")));
            var rest = await ApiHost.JsonOf(await host.Client.GetAsync("/v1/decisions/" + account));
            Assert.Equal("kill_switch", rest.GetProperty("reason").GetString());
        }

        host.Reload(("Gateways:KillSwitch", "false"), ("Gateways:DelaySecondsMax", "9"));
        Assert.Equal("kill_switch", Header(await Ask(host, "/v1/gateways/nginx", "bad"), "reason")); // No key: refused.
        host.Reload(("Gateways:DelaySecondsMax", "0"));
        Assert.Equal(HttpStatusCode.Forbidden, (await Ask(host, "/v1/gateways/nginx", "bad")).StatusCode);
    }

    [Theory]
    [InlineData("Gateways:DelaySecondsMax", "5")]
    [InlineData("Gateways:FailMode", "perhaps")]
    [InlineData("Gateways:GatewayFailModes:ngnix", "closed")]
    [InlineData("Gateways:AccountHeader", "a b")]
    [InlineData("Gateways:ThrottlePerMinute", "0")]
    public async Task Start_WrongSetting_IsNamed(string key, string value)
    {
        var fault = await Assert.ThrowsAsync<Microsoft.Extensions.Options.OptionsValidationException>(
            async () => await (await ApiHost.StartAsync((key, value))).DisposeAsync());
        Assert.Contains("Gateways", fault.Message, StringComparison.Ordinal);
    }

    private static async Task<HttpResponseMessage> Ask(
        ApiHost host, string path, string? account, string? plan = null, string method = "GET", string? version = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        foreach (var (name, value) in new[]
        {
            (Account, account), ("x-llm-sentinel-plan", plan), ("anthropic-version", version),
        })
        {
            if (value is not null)
            {
                request.Headers.Add(name, value);
            }
        }

        return await host.Client.SendAsync(request);
    }

    // As a gateway passes a client's bytes on, which no client library would send.
    private static async Task<int> Raw(ApiHost host, byte[] headers)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, host.Client.BaseAddress!.Port);
        byte[] request = [.. "GET /v1/gateways/nginx HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"u8, .. headers, .. "\r\n"u8];
        await client.GetStream().WriteAsync(request);
        using var reader = new StreamReader(client.GetStream());
        var status = await reader.ReadLineAsync();
        return int.Parse(status!.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
    }

    private static string Header(HttpResponseMessage response, string name) =>
        response.Headers.GetValues("x-llm-sentinel-" + name).Single();
}
