using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Sentinel.Api.Review;
using Sentinel.Detection.Cases;
using Sentinel.Detection.Verdicts;
using Sentinel.Storage.Cases;
using Sentinel.Testing;

namespace Sentinel.Api.Tests.Review;

/// <summary>What happens by itself after people decided: campaigns grow, programs end in between, requests come again.</summary>
[Collection(StoreTests.Name)]
public sealed class FollowTests(StoreEngine engine)
{
    private const string Case = "/v1/review/cases/case-cmp-1";

    [Fact]
    public async Task Account_ThatJoinsAfterARuling_IsUnderIt_AndUndoneWithIt()
    {
        await using var host = await ReviewHost.StartAsync(engine);
        await host.DoAsync("analyst", "POST", Case + "/members/exclude", new { accounts = new[] { "acct-3" }, reason = "a tutor" });
        await host.DoAsync("analyst", "POST", Case + "/rulings", ReviewHost.Ruling("block"));
        var allowed = new RulingRow("account", "acct-9", "r-own", "case-x", DecisionAction.Allow, host.Clock.GetUtcNow(), null);
        await new RulingLog(host.ClickHouse).PutAsync([allowed], CancellationToken.None);
        await host.GrowAsync("acct-1", "acct-2", "acct-3", "acct-4", "acct-9");
        Assert.Equal("allow", (await host.DecisionAsync("acct-4")).Decision); // The ruling's own rows may still be on their way.

        host.Clock.Advance(TimeSpan.FromMinutes(2));
        await host.LookAsync();
        Assert.Equal(("block", "ruling-case-cmp-1.3"), await host.DecisionAsync("acct-4"));
        Assert.NotEqual("block", (await host.DecisionAsync("acct-3")).Decision);
        Assert.NotEqual("block", (await host.DecisionAsync("acct-9")).Decision);
        var last = (await host.DoAsync("viewer", "GET", Case)).GetProperty("history").EnumerateArray().Last();
        Assert.Equal(("extended", "machine"), (last.GetProperty("change").GetProperty("kind").GetString(), last.GetProperty("by").GetString()));
        var row = Assert.Single((await host.DoAsync("lead", "GET", "/v1/review/audit?action=case.extended")).GetProperty("rows").EnumerateArray());
        Assert.Equal("automatic", row.GetProperty("kind").GetString());
        await host.LookAsync();
        // Opened, a member taken out, ruled, grown, extended: and nothing more, however often one looks.
        Assert.Equal(5, (await host.DoAsync("viewer", "GET", Case)).GetProperty("case").GetProperty("version").GetInt32());

        await host.DoAsync("analyst", "POST", Case + "/undo", new { reason = "wrong" });
        Assert.Equal("allow", (await host.DecisionAsync("acct-4")).Decision);
        Assert.Equal("allow", (await host.DecisionAsync("acct-2")).Decision);
    }

    [Fact]
    public async Task Campaign_ThatOutgrowsItsRuling_LeavesACaseForPeople()
    {
        await using var host = await ReviewHost.StartAsync(engine);
        await host.DoAsync("analyst", "POST", Case + "/rulings", ReviewHost.Ruling("block"));
        host.Clock.Advance(TimeSpan.FromMinutes(2));
        await host.GrowAsync([.. Enumerable.Range(1, 30).Select(static i => $"acct-{i}")]);
        Assert.Equal("allow", (await host.DecisionAsync("acct-20")).Decision);
        var waiting = (await host.DoAsync("viewer", "GET", "/v1/review/cases?waiting=true&kind=campaign")).GetProperty("cases");
        var fresh = Assert.Single(waiting.EnumerateArray());
        Assert.Equal(27, fresh.GetProperty("accounts").GetInt32());
        var id = fresh.GetProperty("case_id").GetString();
        Assert.True((await host.DoAsync("analyst", "POST", $"/v1/review/cases/{id}/rulings", ReviewHost.Ruling("block"))).GetProperty("proposed").GetBoolean());
    }

    [Fact]
    public async Task AccountsOwnCase_BecomesPartOfItsCampaigns_OnceNobodyWorksOnIt()
    {
        await using var host = await ReviewHost.StartAsync(engine);
        var lone = "/v1/review/cases/" + CaseOpener.AccountCase("lone");
        await host.DoAsync("analyst", "POST", lone + "/claim");
        await host.GrowAsync("acct-1", "acct-2", "acct-3", "lone");
        Assert.Equal(JsonValueKind.Null, (await host.DoAsync("viewer", "GET", lone)).GetProperty("case").GetProperty("taken_over_by").ValueKind);
        host.Clock.Advance(TimeSpan.FromMinutes(31));
        await host.LookAsync();
        var own = await host.DoAsync("viewer", "GET", lone);
        Assert.Equal("case-cmp-1", own.GetProperty("case").GetProperty("taken_over_by").GetString());
        var whole = await host.DoAsync("viewer", "GET", Case);
        var joined = whole.GetProperty("history").EnumerateArray().Single(static one => one.GetProperty("change").GetProperty("kind").GetString() == "joined");
        Assert.Equal(CaseOpener.AccountCase("lone"), joined.GetProperty("change").GetProperty("case_ids")[0].GetString());
        Assert.Contains(whole.GetProperty("related").EnumerateArray(), static one => one.GetProperty("subject").GetString() == "lone");
        Assert.Single((await host.DoAsync("viewer", "GET", "/v1/review/cases?waiting=true")).GetProperty("cases").EnumerateArray());
        Assert.Equal(2, (await host.DoAsync("lead", "GET", "/v1/review/audit?by=machine&action=case.")).GetProperty("rows").EnumerateArray()
            .Count(static row => row.GetProperty("action").GetString() is "case.joined" or "case.taken_over"));
    }

    [Fact]
    public async Task Account_ThatJoinsACampaign_WhoseCaseBecamePartOfAnother_BelongsToThat()
    {
        await using var host = await ReviewHost.StartAsync(engine);
        await host.WriteAsync("cmp-2", 1, "b-1", "b-2", "b-3");
        await host.LookAsync();
        await host.DoAsync("analyst", "POST", "/v1/review/cases/case-cmp-2/members/exclude", new { accounts = new[] { "b-3" }, reason = "a tutor" });
        await host.DoAsync("analyst", "POST", Case + "/merge", new { other = "case-cmp-2", reason = "one hand" });
        Assert.Equal(["acct-1", "acct-2", "acct-3", "b-1", "b-2"], await MembersAsync(host));
        await host.WriteAsync("cmp-2", 2, "b-1", "b-2", "b-3", "b-4");
        await host.LookAsync();
        Assert.Equal(["acct-1", "acct-2", "acct-3", "b-1", "b-2", "b-4"], await MembersAsync(host));
        await host.LookAsync(); // Nothing more comes of it.
        var merged = (await host.DoAsync("viewer", "GET", Case)).GetProperty("history").EnumerateArray()
            .Where(static one => one.GetProperty("change").GetProperty("kind").GetString() == "merged").ToArray();
        Assert.Equal(["key:analyst", "machine"], merged.Select(static one => one.GetProperty("by").GetString()));

        await host.DoAsync("analyst", "POST", Case + "/rulings", ReviewHost.Ruling("block"));
        host.Clock.Advance(TimeSpan.FromMinutes(2));
        await host.WriteAsync("cmp-2", 3, "b-1", "b-2", "b-3", "b-4", "b-5");
        await host.LookAsync();
        Assert.Equal(("block", "block"), ((await host.DecisionAsync("b-4")).Decision, (await host.DecisionAsync("b-5")).Decision));
        Assert.NotEqual("block", (await host.DecisionAsync("b-3")).Decision);
    }

    [Fact]
    public async Task Campaign_WrittenTwiceWithinASecond_IsFollowedTwice()
    {
        await using var host = await ReviewHost.StartAsync(engine);
        await host.WriteAsync("cmp-0", 1, "c-1", "c-2");
        await host.WriteAsync("cmp-9", 1, "d-1", "d-2");
        await host.LookAsync();
        await host.WriteAsync("cmp-0", 2, "c-1", "c-2", "c-3"); // Before cmp-9 in its second, which was read already.
        await host.WriteAsync("cmp-9", 2, "d-1", "d-2", "d-3");
        await host.LookAsync();
        foreach (var id in new[] { "case-cmp-0", "case-cmp-9" })
        {
            var found = (await host.DoAsync("viewer", "GET", $"/v1/review/cases/{id}")).GetProperty("case");
            Assert.Equal((2, 3), (found.GetProperty("version").GetInt32(), found.GetProperty("accounts").GetInt32()));
        }

        Assert.NotEqual(0, await host.LookAsync()); // Read again, and known.
        Assert.Equal(2, (await host.DoAsync("viewer", "GET", "/v1/review/cases/case-cmp-9")).GetProperty("case").GetProperty("version").GetInt32());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ProgramThatEndsAfterTheEvent_IsMadeGood_AtAStartOrByTheNextPass(bool isAtStart)
    {
        await using var host = await ReviewHost.StartAsync(engine);
        await host.DoAsync("analyst", "POST", Case + "/rulings", ReviewHost.Ruling("block"));
        await AppendAsync(host, static state => new RulingUndone(state.Ruling!.Id, "wrong"));
        Assert.Equal("block", (await host.DecisionAsync("acct-2")).Decision);
        await RepairAsync(host, isAtStart);
        Assert.Equal("allow", (await host.DecisionAsync("acct-2")).Decision);
        Assert.Empty(await new RulingLog(host.ClickHouse).OfRulingAsync("case-cmp-1.2", CancellationToken.None));

        var now = host.Clock.GetUtcNow();
        await AppendAsync(host, _ => new CaseRuled(new CaseRuling("case-cmp-1.4", RulingKind.Throttle, "why", "p", null, 3, "ann", null, now)));
        await AppendAsync(host, _ => new RulingExtended("case-cmp-1.4", ["acct-7"]));
        await RepairAsync(host, isAtStart);
        Assert.Equal(("throttle", "throttle"), ((await host.DecisionAsync("acct-2")).Decision, (await host.DecisionAsync("acct-7")).Decision));

        await AppendAsync(host, _ => new AppealFiled(new CaseAppeal("t", "case-cmp-1.4", ["acct-2"], "why", now)));
        await AppendAsync(host, static _ => new AppealDecided("t", IsUpheld: false, "they are right"));
        await RepairAsync(host, isAtStart);
        await RepairAsync(host, isAtStart); // Again: nothing more comes of it.
        Assert.Equal("allow", (await host.DecisionAsync("acct-2")).Decision);
        Assert.Equal("throttle", (await host.DecisionAsync("acct-3")).Decision);
        Assert.Single(await new RulingLog(host.ClickHouse).OfRulingAsync("case-cmp-1.4.released", CancellationToken.None));
    }

    [Fact]
    public async Task IdempotencyKey_AtAnotherProcess_IsAnsweredTheSame()
    {
        await using var host = await ReviewHost.StartAsync(engine);
        await using var beside = await host.StartBesideAsync();
        var key = ("idempotency-key", "k-1");
        var first = await host.AskAsync("analyst", "POST", Case + "/notes", new { text = "once" }, key);
        var again = await beside.AskAsync("analyst", "POST", Case + "/notes", new { text = "once" }, key);
        Assert.Equal((HttpStatusCode.OK, "\"2\""), (again.StatusCode, again.Headers.ETag!.Tag));
        Assert.Equal(first.Content.Headers.ContentType, again.Content.Headers.ContentType);
        Assert.Equal(await first.Content.ReadAsStringAsync(), await again.Content.ReadAsStringAsync());
        await Problems.AssertAsync(
            await beside.AskAsync("analyst", "POST", Case + "/notes", new { text = "else" }, key), HttpStatusCode.Conflict, "idempotency_key_reused");
        var both = await Task.WhenAll(
            host.AskAsync("analyst", "POST", Case + "/notes", new { text = "both" }, ("idempotency-key", "k-2")),
            beside.AskAsync("analyst", "POST", Case + "/notes", new { text = "both" }, ("idempotency-key", "k-2")));
        Assert.All(both, static answer => Assert.Equal("\"3\"", answer.Headers.ETag?.Tag));
        Assert.Equal(3, (await host.DoAsync("viewer", "GET", Case)).GetProperty("case").GetProperty("version").GetInt32());
    }

    private static async Task<IEnumerable<string?>> MembersAsync(ReviewHost host) =>
        (await host.DoAsync("viewer", "GET", Case)).GetProperty("members").EnumerateArray()
            .Select(static one => one.GetString()).Order(StringComparer.Ordinal);

    private static async Task AppendAsync(ReviewHost host, Func<CaseState, CaseChange> changeOf)
    {
        var log = new CaseLog(host.ClickHouse);
        var state = (await log.FindAsync("case-cmp-1", CancellationToken.None))!;
        Assert.NotNull((await log.AppendAsync(state, changeOf(state), "ann", host.Clock.GetUtcNow(), CancellationToken.None)).After);
    }

    private static async Task RepairAsync(ReviewHost host, bool isAtStart)
    {
        host.Clock.Advance(TimeSpan.FromMinutes(2));
        await (isAtStart ? host.OpenAsync() : host.Services.GetRequiredService<RulingRepair>().PassAsync(CancellationToken.None));
    }
}
