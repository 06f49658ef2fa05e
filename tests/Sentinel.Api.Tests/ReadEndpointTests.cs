using System.Net;
using System.Text.Json;
using Sentinel.Api.Findings;
using Sentinel.Detection.Campaigns;
using Sentinel.Detection.Links;
using Sentinel.Detection.Verdicts;

namespace Sentinel.Api.Tests;

public sealed class ReadEndpointTests
{
    [Fact]
    public async Task Account_Flagged_ShowsVerdictReasonsAndLinks()
    {
        await using var host = await ApiHost.StartAsync();
        host.Findings.Accounts["a/b"] = new AccountFindings(
            "a/b", 412, Verdicts.Noon, Verdicts.Noon.AddMilliseconds(1500), Verdicts.Of("a/b"),
            [new Link(LinkKind.Payment, 0xABC, "a/b", 3, Verdicts.Noon)]);
        var answer = await ApiHost.JsonOf(await host.Client.GetAsync("/v1/accounts/a%2Fb"));
        Assert.Equal("a/b", answer.GetProperty("account_id").GetString());
        Assert.Equal("abusive", answer.GetProperty("level").GetString());
        Assert.Equal("0.998123", answer.GetProperty("risk").GetRawText());
        Assert.Equal("2026-11-02T12:00:01.500Z", answer.GetProperty("last_seen_at").GetString());
        Assert.Equal("4.1", answer.GetProperty("reasons")[0].GetProperty("weight").GetRawText());
        Assert.Equal(
            """{"kind":"payment","key":"0000000000000abc","first_seen_at":"2026-11-02T12:00:00Z"}""",
            answer.GetProperty("links")[0].GetRawText());
        Assert.Equal("0-7-1", answer.GetProperty("verdict").GetProperty("id").GetString());
    }

    [Fact]
    public async Task Account_WithoutVerdict_IsLevelNone()
    {
        await using var host = await ApiHost.StartAsync();
        host.Findings.Accounts["a"] = new AccountFindings("a", 1, Verdicts.Noon, Verdicts.Noon, null, []);
        var answer = await ApiHost.JsonOf(await host.Client.GetAsync("/v1/accounts/a"));
        Assert.Equal("none", answer.GetProperty("level").GetString());
        Assert.Equal("allow", answer.GetProperty("action").GetString());
        Assert.Equal(JsonValueKind.Null, answer.GetProperty("verdict").ValueKind);
    }

    [Fact]
    public async Task Account_NeverSeen_IsAProblem()
    {
        await using var host = await ApiHost.StartAsync();
        await Problems.AssertAsync(
            await host.Client.GetAsync("/v1/accounts/nobody"), HttpStatusCode.NotFound, "no_such_account");
    }

    [Fact]
    public async Task Campaigns_InPages_AreAllThere()
    {
        await using var host = await ApiHost.StartAsync();
        host.Findings.Campaigns.AddRange(Enumerable.Range(1, 5).Select(CampaignOf));
        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var query = cursor is null ? "?limit=2" : $"?limit=2&cursor={Uri.EscapeDataString(cursor)}";
            var page = await ApiHost.JsonOf(await host.Client.GetAsync("/v1/campaigns" + query));
            seen.AddRange(page.GetProperty("campaigns").EnumerateArray()
                .Select(campaign => campaign.GetProperty("campaign_id").GetString()!));
            cursor = page.GetProperty("next_cursor").GetString();
        }
        while (cursor is not null);
        Assert.Equal(["cmp-1", "cmp-2", "cmp-3", "cmp-4", "cmp-5"], seen);
    }

    [Fact]
    public async Task Campaigns_List_NamesTheFirstAccountsOnly()
    {
        await using var host = await ApiHost.StartAsync();
        host.Findings.Campaigns.Add(CampaignOf(1));
        var list = await ApiHost.JsonOf(await host.Client.GetAsync("/v1/campaigns"));
        Assert.Equal(30, list.GetProperty("campaigns")[0].GetProperty("account_count").GetInt32());
        Assert.Equal(20, list.GetProperty("campaigns")[0].GetProperty("accounts").GetArrayLength());
        var whole = await ApiHost.JsonOf(await host.Client.GetAsync("/v1/campaigns/cmp-1"));
        Assert.Equal(30, whole.GetProperty("accounts").GetArrayLength());
        Assert.Equal("You are ⟨…⟩", whole.GetProperty("template").GetString());
    }

    [Theory]
    [InlineData("/v1/campaigns?limit=0", "bad_limit")]
    [InlineData("/v1/campaigns?limit=201", "bad_limit")]
    [InlineData("/v1/campaigns?limit=-1", "bad_limit")]
    [InlineData("/v1/campaigns?limit=x", "bad_request")]
    [InlineData("/v1/campaigns?cursor=nonsense", "bad_cursor")]
    public async Task Campaigns_BadQuery_IsAProblem(string url, string code)
    {
        await using var host = await ApiHost.StartAsync();
        await Problems.AssertAsync(await host.Client.GetAsync(url), HttpStatusCode.BadRequest, code);
    }

    [Fact]
    public async Task Campaign_Unknown_IsAProblem()
    {
        await using var host = await ApiHost.StartAsync();
        await Problems.AssertAsync(
            await host.Client.GetAsync("/v1/campaigns/cmp-9"), HttpStatusCode.NotFound, "no_such_campaign");
    }

    internal static Campaign CampaignOf(int number) => new(
        $"cmp-{number}", 2, [.. Enumerable.Range(10, 30).Select(i => $"acct-{i}")], 0.99912345,
        [AbuseType.ReasoningExtraction], Verdicts.Noon, 940, 2000, "You are ⟨…⟩",
        [new CampaignLink(LinkKind.Template, 119, 11.20049)], [], 1, 99, Verdicts.Noon, null);
}

public sealed class HealthAndErrorTests
{
    [Fact]
    public async Task Ready_BeforeRecovery_SaysWhyNot()
    {
        await using var host = await ApiHost.StartAsync();
        host.Readiness.SetNotReady("recovering", "12 of 40 exchanges are judged again.");
        var response = await host.Client.GetAsync("/health/ready");
        await Problems.AssertAsync(response, HttpStatusCode.ServiceUnavailable, "not_ready");
        Assert.Equal(
            """[{"code":"recovering","detail":"12 of 40 exchanges are judged again."}]""",
            (await ApiHost.JsonOf(response)).GetProperty("reasons").GetRawText());
        Assert.Equal(HttpStatusCode.OK, (await host.Client.GetAsync("/health/live")).StatusCode);
        host.Readiness.SetReady();
        Assert.Equal("""{"status":"ready"}""", await host.Client.GetStringAsync("/health/ready"));
    }

    [Theory]
    [InlineData("GET", "/nothing/here", 404, "no_such_resource")]
    [InlineData("GET", "/v1/decisions", 405, "method_not_allowed")]
    [InlineData("DELETE", "/v1/accounts/a", 405, "method_not_allowed")]
    [InlineData("GET", "/v1/exchanges", 405, "method_not_allowed")]
    public async Task AnyError_IsAProblem(string method, string url, int status, string code)
    {
        await using var host = await ApiHost.StartAsync();
        using var request = new HttpRequestMessage(new HttpMethod(method), url);
        request.Headers.TryAddWithoutValidation("Accept", "text/html");
        await Problems.AssertAsync(await host.Client.SendAsync(request), (HttpStatusCode)status, code);
    }

    [Fact]
    public async Task Index_SaysWhatThisIs()
    {
        await using var host = await ApiHost.StartAsync();
        var answer = await ApiHost.JsonOf(await host.Client.GetAsync("/"));
        Assert.Equal("/openapi/v1.json", answer.GetProperty("documentation").GetString());
        foreach (var endpoint in answer.GetProperty("endpoints").EnumerateArray())
        {
            Assert.Contains(" /", endpoint.GetString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Start_BadOptions_NamesEveryKey()
    {
        var thrown = await Assert.ThrowsAsync<Microsoft.Extensions.Options.OptionsValidationException>(
            () => ApiHost.StartAsync(("Api:IngestBytesMax", "1"), ("Api:DecisionBatchMax", "0")));
        Assert.Contains("IngestBytesMax", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("DecisionBatchMax", thrown.Message, StringComparison.Ordinal);
    }
}
