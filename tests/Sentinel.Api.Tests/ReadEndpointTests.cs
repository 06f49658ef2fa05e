using System.Net;
using System.Text;
using System.Text.Json;
using Sentinel.Detection.Campaigns;
using Sentinel.Detection.Links;
using Sentinel.Detection.Scoring;
using Sentinel.Detection.Verdicts;
using Sentinel.Storage.Queries;

namespace Sentinel.Api.Tests;

public sealed class ReadEndpointTests
{
    [Fact]
    public async Task Account_Flagged_ShowsVerdictReasonsAndLinks()
    {
        await using var host = await ApiHost.StartAsync();
        host.Findings.Accounts["a/b"] = SummaryOf("a/b") with
        {
            Verdict = Verdicts.Of("a/b"),
            Links = [new AccountLink(LinkKind.Payment, 0xABC, 13, Verdicts.Noon)],
            Days = [new AccountDay(new DateOnly(2026, 11, 2), 412)],
        };
        var answer = await ApiHost.JsonOf(await host.Client.GetAsync("/v1/accounts/a%2Fb"));
        Assert.Equal("a/b", answer.GetProperty("account_id").GetString());
        Assert.Equal("abusive", answer.GetProperty("level").GetString());
        Assert.Equal("0.998123", answer.GetProperty("risk").GetRawText());
        Assert.Equal("2026-11-02T12:00:01.500Z", answer.GetProperty("last_seen_at").GetString());
        Assert.Equal("4.1", answer.GetProperty("reasons")[0].GetProperty("weight").GetRawText());
        Assert.Equal("payment", answer.GetProperty("links")[0].GetProperty("kind").GetString());
        Assert.Equal("0000000000000abc", answer.GetProperty("links")[0].GetProperty("key").GetString());
        Assert.Equal(13, answer.GetProperty("links")[0].GetProperty("other_accounts").GetInt32());
        Assert.Equal("""[{"day":"2026-11-02","exchanges":412}]""", answer.GetProperty("days").GetRawText());
        Assert.Equal("""{"median":0.5,"p90":0.9,"p99":0.99}""", answer.GetProperty("harvest").GetRawText());
        Assert.Equal("0-7-1", answer.GetProperty("verdict").GetProperty("id").GetString());
    }

    [Fact]
    public async Task Account_WithoutVerdict_IsLevelNone()
    {
        await using var host = await ApiHost.StartAsync();
        host.Findings.Accounts["a"] = SummaryOf("a");
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
    public async Task Calibration_BelowABound_IsNoAlarmAndADriftIsOne()
    {
        await using var host = await ApiHost.StartAsync();
        var day = new DateOnly(2026, 11, 2);
        host.Findings.Calibration.Add(new CalibrationDay(
            day, "test/1", new CalibrationShare(CalibrationPromise.AtMost, 10, 5_000, 0.1, 0.002, 0.004)));
        host.Findings.Calibration.Add(new CalibrationDay(
            day, "test/1", new CalibrationShare(CalibrationPromise.AsBefore, 10, 5_000, 0.1, 0.07, 0.006)));
        host.Findings.Risks = new FlaggedRisks(1_000, [0.999999, 0.9999, 0.95]);
        var answer = await ApiHost.JsonOf(await host.Client.GetAsync("/v1/calibration"));
        var days = answer.GetProperty("days");
        Assert.Equal(["at_most", "as_before"], days.EnumerateArray().Select(one => one.GetProperty("promise").GetString()));
        Assert.Equal([false, true], days.EnumerateArray().Select(one => one.GetProperty("alarm").GetBoolean()));
        Assert.Equal("0.07", days[1].GetProperty("realised").GetRawText());

        // e-values 1e9, 1e7 and 19,000, which standing out alone comes to and counts 1,000: of 1,000 accounts the first two, since
        // 1,000 · 3 / 20 is less than 1,000.
        var discovery = answer.GetProperty("discovery");
        Assert.Equal(3, discovery.GetProperty("flagged").GetInt32());
        Assert.Equal(2, discovery.GetProperty("accused_at_one_in_twenty").GetInt32());
        Assert.Equal(1_000 / 3.0 / 1_000, discovery.GetProperty("innocent_at_most").GetDouble(), 1e-4);
    }

    [Theory]
    [InlineData("/v1/accounts/a")]
    [InlineData("/v1/campaigns")]
    [InlineData("/v1/campaigns/cmp-1")]
    public async Task Anything_BeforeTheStoreIsOpen_AsksToComeBack(string url)
    {
        await using var host = await ApiHost.StartAsync();
        host.Findings.IsOpen = false;
        host.Readiness.SetNotReady("starting", "The store is being opened.");
        var response = await host.Client.GetAsync(url);
        await Problems.AssertAsync(response, HttpStatusCode.ServiceUnavailable, "starting");
        Assert.NotNull(response.Headers.RetryAfter);
    }

    [Fact]
    public async Task Campaigns_Listed_HandTheCursorOn()
    {
        await using var host = await ApiHost.StartAsync();
        Assert.True(CampaignCursor.TryParse(Cursor("Riskiest:1:cmp-1"), out var cursor));
        host.Findings.Page = new CampaignPage([ListedOf("cmp-1")], cursor);
        var page = await ApiHost.JsonOf(await host.Client.GetAsync("/v1/campaigns?limit=7"));
        Assert.Equal(7, host.Findings.LimitAsked);
        Assert.Null(host.Findings.AfterAsked);
        Assert.Equal("cmp-1", page.GetProperty("campaigns")[0].GetProperty("campaign_id").GetString());
        var next = page.GetProperty("next_cursor").GetString();
        await host.Client.GetAsync("/v1/campaigns?cursor=" + Uri.EscapeDataString(next!));
        Assert.Equal(cursor, host.Findings.AfterAsked);
        Assert.Equal(50, host.Findings.LimitAsked);
    }

    [Fact]
    public async Task Campaign_Found_NamesAccountsAndMembers()
    {
        await using var host = await ApiHost.StartAsync();
        host.Findings.Campaigns.Add(new CampaignDetail(
            CampaignOf(1), [new CampaignMember("acct-11", VerdictLevel.Abusive, 0.99)]));
        var whole = await ApiHost.JsonOf(await host.Client.GetAsync("/v1/campaigns/cmp-1"));
        Assert.Equal(30, whole.GetProperty("accounts").GetArrayLength());
        Assert.Equal("You are ⟨…⟩", whole.GetProperty("template").GetString());
        Assert.Equal(
            """[{"account_id":"acct-11","level":"abusive","risk":0.99}]""", whole.GetProperty("members").GetRawText());
    }

    [Theory]
    [InlineData("/v1/campaigns?limit=0", "bad_limit")]
    [InlineData("/v1/campaigns?limit=201", "bad_limit")]
    [InlineData("/v1/campaigns?limit=-1", "bad_limit")]
    [InlineData("/v1/campaigns?limit=x", "bad_request")]
    [InlineData("/v1/campaigns?cursor=nonsense", "bad_cursor")]
    [InlineData("/v1/campaigns?cursor=TmV3ZXN0OjE6Y21wLTE", "bad_cursor")]
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

    private static string Cursor(string plain) =>
        Convert.ToBase64String(Encoding.UTF8.GetBytes(plain)).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    private static AccountSummary SummaryOf(string account) => new(
        account, 412, Verdicts.Noon, Verdicts.Noon.AddMilliseconds(1500), 2, new HarvestQuantiles(0.5f, 0.9f, 0.99f),
        Verdict: null, [], []);

    private static CampaignSummary ListedOf(string id) => new(
        id, 2, 30, 0.99912345, [AbuseType.ReasoningExtraction], Verdicts.Noon, 940, 2000, "You are ⟨…⟩",
        [new CampaignLink(LinkKind.Template, 119, 11.20049)], Verdicts.Noon);

    private static Campaign CampaignOf(int number) => new(
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
    [InlineData("GET", "/openapi/v2.json", 404, "no_such_resource")]
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
