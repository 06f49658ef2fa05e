using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Sentinel.Api.Decisions;
using Sentinel.Api.Review;
using Sentinel.Storage.Cases;
using Sentinel.Testing;

namespace Sentinel.Api.Tests.Review;

/// <summary>A case from the machine's finding to what gateways are answered.</summary>
[Collection(StoreTests.Name)]
public sealed class CaseTests(StoreEngine engine)
{
    private const string Case = "/v1/review/cases/case-cmp-1";

    [Fact]
    public async Task Ruling_OfNoKindThatThereIs_IsRefused_AndOnRecord()
    {
        await using var host = await ReviewHost.StartAsync(engine);
        await Problems.AssertAsync(
            await host.AskAsync("analyst", "POST", Case + "/rulings", ReviewHost.Ruling("burn")), HttpStatusCode.BadRequest, "bad_request");
        var audit = await host.DoAsync("admin", "GET", "/v1/review/audit?action=case.ruled");
        Assert.Equal("bad_request", Assert.Single(audit.GetProperty("rows").EnumerateArray()).GetProperty("outcome").GetString());
    }

    [Fact]
    public async Task Findings_BecomeCasesByThemselves_Once()
    {
        await using var host = await ReviewHost.StartAsync(engine);
        await host.LookAsync();
        var cases = (await host.DoAsync("viewer", "GET", "/v1/review/cases?waiting=true")).GetProperty("cases");
        Assert.Equal(["cmp-1", "lone"], cases.EnumerateArray().Select(static one => one.GetProperty("subject").GetString()));
        Assert.True(cases[0].GetProperty("priority").GetDouble() > cases[1].GetProperty("priority").GetDouble());
        var detail = await host.DoAsync("viewer", "GET", Case);
        Assert.Equal(3, detail.GetProperty("members").GetArrayLength());
        Assert.Equal("opened", detail.GetProperty("history")[0].GetProperty("change").GetProperty("kind").GetString());
        Assert.Equal("cmp-1", detail.GetProperty("campaign").GetProperty("campaign_id").GetString());
        var audit = await host.DoAsync("lead", "GET", "/v1/review/audit?action=case.opened");
        Assert.Equal(2, audit.GetProperty("rows").GetArrayLength());
    }

    [Fact]
    public async Task Ruling_ReachesGateways_AndIsUndoneTogether()
    {
        await using var host = await ReviewHost.StartAsync(engine);
        Assert.Equal("allow", (await host.DecisionAsync("acct-2")).Decision);
        var preview = await host.DoAsync("analyst", "GET", Case + "/preview?ruling=block");
        Assert.Equal((3, false), (preview.GetProperty("accounts").GetInt32(), preview.GetProperty("needs_second").GetBoolean()));
        var ruled = await host.DoAsync("analyst", "POST", Case + "/rulings", ReviewHost.Ruling("block"));
        Assert.Equal(("decided", "key:analyst"), (ruled.GetProperty("stage").GetString(), ruled.GetProperty("ruled_by").GetString()));
        Assert.Equal(("block", "ruling-case-cmp-1.2"), await host.DecisionAsync("acct-2"));
        Assert.Equal("block", (await host.DecisionAsync("acct-3")).Decision);

        host.Services.GetRequiredService<RulingBoard>().Publish([new(new RulingKey(KeyKind.Account, "acct-2"), null)]);
        Assert.Equal("allow", (await host.DecisionAsync("acct-2")).Decision); // As after a restart: the board is empty.
        await host.Services.GetRequiredService<ReviewWork>().OpenAsync(host.ClickHouse, CancellationToken.None);
        Assert.Equal("block", (await host.DecisionAsync("acct-2")).Decision);

        await Problems.AssertAsync(
            await host.AskAsync("analyst2", "POST", Case + "/undo", new { reason = "no" }), HttpStatusCode.Forbidden, "not_permitted");
        await host.DoAsync("analyst", "POST", Case + "/undo", new { reason = "wrong case" });
        Assert.Equal("allow", (await host.DecisionAsync("acct-2")).Decision);
        Assert.Equal("allow", (await host.DecisionAsync("acct-3")).Decision);
        await host.DoAsync("analyst", "POST", Case + "/rulings", ReviewHost.Ruling("throttle"));
        Assert.Equal("throttle", (await host.DecisionAsync("acct-1")).Decision);
        host.Clock.Advance(TimeSpan.FromMinutes(61));
        await Problems.AssertAsync(
            await host.AskAsync("analyst", "POST", Case + "/undo", new { reason = "late" }), HttpStatusCode.Conflict, "too_late");
    }

    [Fact]
    public async Task TwoOnTheSameVersion_OneSucceedsAndTheOtherIsToldWhatChanged()
    {
        await using var host = await ReviewHost.StartAsync(engine);
        var answers = await Task.WhenAll(
            host.AskAsync("analyst", "POST", Case + "/rulings", ReviewHost.Ruling("block"), ("If-Match", "\"1\"")),
            host.AskAsync("analyst2", "POST", Case + "/rulings", ReviewHost.Ruling("dismiss"), ("If-Match", "\"1\"")));
        var won = Assert.Single(answers, static answer => answer.StatusCode == HttpStatusCode.OK);
        Assert.Equal("\"2\"", won.Headers.ETag!.Tag);
        var lost = Assert.Single(answers, static answer => answer.StatusCode == HttpStatusCode.Conflict);
        var problem = await ApiHost.JsonOf(lost);
        Assert.Equal("case_changed", problem.GetProperty("code").GetString());
        var since = Assert.Single(problem.GetProperty("since").EnumerateArray());
        Assert.Equal("ruled", since.GetProperty("change").GetProperty("kind").GetString());
        Assert.Equal((await ApiHost.JsonOf(won)).GetProperty("ruled_by").GetString(), since.GetProperty("by").GetString());
    }

    [Fact]
    public async Task LargeCase_NeedsASecondPerson_AndSoDoesAnAppeal()
    {
        await using var host = await ReviewHost.StartAsync(engine, members: 30);
        var proposed = await host.DoAsync("lead", "POST", Case + "/rulings", ReviewHost.Ruling("block"));
        Assert.True(proposed.GetProperty("proposed").GetBoolean());
        Assert.Equal("allow", (await host.DecisionAsync("acct-2")).Decision);
        await Problems.AssertAsync(await host.AskAsync("lead", "POST", Case + "/approve"), HttpStatusCode.Conflict, "same_person");
        await Problems.AssertAsync(await host.AskAsync("analyst", "POST", Case + "/approve"), HttpStatusCode.Forbidden, "not_permitted");
        await host.DoAsync("admin", "POST", Case + "/approve");
        Assert.Equal("block", (await host.DecisionAsync("acct-2")).Decision);

        var appeal = new { id = "t-1", accounts = new[] { "acct-2" }, text = "we teach maths" };
        await host.DoAsync("appeals", "POST", Case + "/appeals", appeal);
        await host.DoAsync("appeals", "POST", "/v1/review/accounts/acct-2/appeals", new { appeal.id, appeal.text }); // Again.
        Assert.Equal("appealed", (await host.DoAsync("viewer", "GET", Case)).GetProperty("case").GetProperty("stage").GetString());
        var decision = new { upheld = false, reason = "they do" };
        await Problems.AssertAsync(
            await host.AskAsync("admin", "POST", Case + "/appeals/t-1/decision", decision), HttpStatusCode.Conflict, "same_person");
        await host.SignUpAsync("zoe", "lead");
        using var zoe = await host.SignInAsync("zoe");
        Assert.Equal(HttpStatusCode.OK, (await zoe.PostAsync(Case + "/appeals/t-1/decision", decision)).StatusCode);
        Assert.Equal("allow", (await host.DecisionAsync("acct-2")).Decision);
        Assert.Equal("block", (await host.DecisionAsync("acct-3")).Decision);
        Assert.Equal(29, (await host.DoAsync("viewer", "GET", Case)).GetProperty("members").GetArrayLength());
    }

    [Fact]
    public async Task Claim_HoldsOthersOff_AndExpires()
    {
        await using var host = await ReviewHost.StartAsync(engine);
        await host.DoAsync("analyst", "POST", Case + "/claim");
        await Problems.AssertAsync(
            await host.AskAsync("analyst2", "POST", Case + "/rulings", ReviewHost.Ruling("block")), HttpStatusCode.Conflict, "claimed_by_another");
        Assert.Equal(1, (await host.DoAsync("viewer", "GET", "/v1/review/cases?stage=claimed")).GetProperty("cases").GetArrayLength());
        host.Clock.Advance(TimeSpan.FromMinutes(31));
        Assert.Equal(0, (await host.DoAsync("viewer", "GET", "/v1/review/cases?stage=claimed")).GetProperty("cases").GetArrayLength());
        await host.DoAsync("analyst2", "POST", Case + "/claim");
        await host.DoAsync("analyst2", "POST", Case + "/release");
        await host.DoAsync("analyst", "PUT", Case + "/tags", new { tags = new[] { "b", "a", "a" } });
        await host.DoAsync("analyst", "POST", Case + "/notes", new { text = "<script>alert(1)</script>" });
        await host.DoAsync("analyst", "PUT", Case + "/assignment", new { to = "admin" });
        var one = (await host.DoAsync("viewer", "GET", "/v1/review/cases?tag=a&assigned=admin")).GetProperty("cases")[0];
        Assert.Equal("open", one.GetProperty("stage").GetString());
        Assert.Equal(2, one.GetProperty("tags").GetArrayLength());
    }

    [Fact]
    public async Task Members_ExcludedSplitAndMerged_ChangeWhomARulingIsOn()
    {
        await using var host = await ReviewHost.StartAsync(engine, members: 5);
        await host.DoAsync("analyst", "POST", Case + "/members/exclude", new { accounts = new[] { "acct-5" }, reason = "a tutor" });
        var split = await host.DoAsync("analyst", "POST", Case + "/split", new { accounts = new[] { "acct-4" }, reason = "another hand" });
        var other = split.GetProperty("case_id").GetString();
        await host.DoAsync("analyst", "POST", Case + "/rulings", ReviewHost.Ruling("block"));
        Assert.Equal("block", (await host.DecisionAsync("acct-3")).Decision);
        Assert.Equal("allow", (await host.DecisionAsync("acct-4")).Decision);
        Assert.Equal("allow", (await host.DecisionAsync("acct-5")).Decision);
        var lone = CaseOpener.AccountCase("lone");
        await host.DoAsync("analyst", "POST", $"/v1/review/cases/{other}/merge", new { other = lone, reason = "one payer" });
        await host.DoAsync("analyst", "POST", $"/v1/review/cases/{other}/rulings", ReviewHost.Ruling("challenge"));
        Assert.Equal("challenge", (await host.DecisionAsync("lone")).Decision);
        await Problems.AssertAsync(
            await host.AskAsync("analyst", "POST", $"/v1/review/cases/{lone}/claim"), HttpStatusCode.Conflict, "taken_over");
    }

    [Fact]
    public async Task Bulk_DryRunThenDoneThenUndone_CountsTheAccountsOfAll()
    {
        await using var host = await ReviewHost.StartAsync(engine, members: 25);
        var ids = new[] { "case-cmp-1", CaseOpener.AccountCase("lone"), "case-none" };
        var body = new { case_ids = ids, ruling = ReviewHost.Ruling("throttle"), dry_run = true };
        var dry = await host.DoAsync("analyst", "POST", "/v1/review/bulk", body);
        Assert.True(dry.GetProperty("needs_second").GetBoolean()); // 25 alone would do; 26 together do not.
        Assert.Equal(["would_propose", "would_propose", "no_such_case"], Codes(dry));
        Assert.Equal(["proposed", "proposed", "no_such_case"], Codes(await host.DoAsync("analyst", "POST", "/v1/review/bulk", new { case_ids = ids, ruling = ReviewHost.Ruling("throttle") })));
        Assert.Equal("allow", (await host.DecisionAsync("lone")).Decision);
        Assert.Equal(["done", "done", "no_such_case"], Codes(await host.DoAsync("lead", "POST", "/v1/review/bulk", new { case_ids = ids, deed = "approve" })));
        Assert.Equal(("throttle", "throttle"), ((await host.DecisionAsync("lone")).Decision, (await host.DecisionAsync("acct-9")).Decision));
        Assert.Equal(["done", "done", "no_such_case"], Codes(await host.DoAsync("lead", "POST", "/v1/review/bulk", new { case_ids = ids, deed = "undo", reason = "wrong list" })));
        Assert.Equal(("allow", "allow"), ((await host.DecisionAsync("lone")).Decision, (await host.DecisionAsync("acct-9")).Decision));
        var bulk = await host.DoAsync("lead", "GET", "/v1/review/audit?action=cases.");
        Assert.Equal(4, bulk.GetProperty("rows").GetArrayLength());
    }

    [Fact]
    public async Task IdempotencyKey_SentAgain_IsAnsweredAsBeforeAndDoneOnce()
    {
        await using var host = await ReviewHost.StartAsync(engine);
        var key = ("idempotency-key", "k-1");
        var first = await host.AskAsync("analyst", "POST", Case + "/notes", new { text = "once" }, key);
        var again = await host.AskAsync("analyst", "POST", Case + "/notes", new { text = "once" }, key);
        Assert.Equal((HttpStatusCode.OK, "\"2\""), (again.StatusCode, again.Headers.ETag!.Tag));
        Assert.Equal(await first.Content.ReadAsStringAsync(), await again.Content.ReadAsStringAsync());
        await Problems.AssertAsync(
            await host.AskAsync("analyst", "POST", Case + "/notes", new { text = "else" }, key), HttpStatusCode.Conflict, "idempotency_key_reused");
        Assert.Equal(HttpStatusCode.OK, (await host.AskAsync("analyst2", "POST", Case + "/notes", new { text = "mine" }, key)).StatusCode);
        Assert.Equal(3, (await host.DoAsync("viewer", "GET", Case)).GetProperty("case").GetProperty("version").GetInt32());
    }

    [Fact]
    public async Task Excerpts_AreMasked_AndRevealingIsOnRecord()
    {
        await using var host = await ReviewHost.StartAsync(engine);
        var masked = (await host.DoAsync("viewer", "GET", "/v1/review/accounts/lone/excerpts")).ToString();
        Assert.Contains("You are a judge", masked, StringComparison.Ordinal);
        Assert.DoesNotContain("whales", masked, StringComparison.Ordinal);
        var reason = new { reason = "case-account: is it homework?" };
        await Problems.AssertAsync(
            await host.AskAsync("viewer", "POST", "/v1/review/accounts/lone/excerpts/reveal", reason), HttpStatusCode.Forbidden, "not_permitted");
        var shown = (await host.DoAsync("analyst", "POST", "/v1/review/accounts/lone/excerpts/reveal", reason)).ToString();
        Assert.Contains("whales", shown, StringComparison.Ordinal);
        var row = Assert.Single((await host.DoAsync("lead", "GET", "/v1/review/audit?action=excerpts.")).GetProperty("rows").EnumerateArray());
        Assert.Equal(("key:analyst", "lone"), (row.GetProperty("by").GetString(), row.GetProperty("subject").GetString()));
        Assert.Contains("homework", row.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Looking_FindsKeysTimelinesAndLabels_AndTheChainIsWhole()
    {
        await using var host = await ReviewHost.StartAsync(engine);
        var found = await host.DoAsync("viewer", "GET", "/v1/review/search?q=0000000000000007");
        var group = Assert.Single(found.GetProperty("groups").EnumerateArray());
        Assert.Equal(("payment", 2), (group.GetProperty("kind").GetString(), group.GetProperty("accounts").GetArrayLength()));
        var graph = await host.DoAsync("viewer", "GET", Case + "/graph");
        Assert.Equal("payment", Assert.Single(graph.GetProperty("keys").EnumerateArray()).GetProperty("kind").GetString());
        var timeline = await host.DoAsync("viewer", "GET", "/v1/review/accounts/lone/timeline");
        Assert.Equal("steady pace", timeline.GetProperty("verdicts")[0].GetProperty("reasons")[0].GetProperty("summary").GetString());
        Assert.Equal(1, timeline.GetProperty("cases").GetArrayLength());
        await host.DoAsync("viewer", "PUT", "/v1/review/views/mine", new { query = "?kind=campaign" });
        Assert.Equal("mine", (await host.DoAsync("viewer", "GET", "/v1/review/views")).GetProperty("views")[0].GetProperty("name").GetString());
        await host.DoAsync("analyst", "POST", Case + "/rulings", ReviewHost.Ruling("dismiss"));
        var labels = await (await host.AskAsync("lead", "GET", "/v1/review/labels")).Content.ReadAsStringAsync();
        var label = JsonDocument.Parse(Assert.Single(labels.Split('\n', StringSplitOptions.RemoveEmptyEntries))).RootElement;
        Assert.Equal(("cmp-1", "innocent"), (label.GetProperty("subject").GetString(), label.GetProperty("label").GetString()));
        var load = await host.DoAsync("viewer", "GET", "/v1/review/load");
        Assert.Equal(1, load.GetProperty("rulings").GetProperty("key:analyst").GetInt64());
        using var log = new AuditLog(host.ClickHouse);
        var verified = await log.VerifyAsync(CancellationToken.None);
        Assert.Null(verified.Fault);
        Assert.True(verified.Rows >= 5);
    }

    private static IEnumerable<string?> Codes(JsonElement many) =>
        many.GetProperty("cases").EnumerateArray().Select(static one => one.GetProperty("code").GetString());
}
