using System.Collections.Frozen;
using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Sentinel.Api.Observability;
using Sentinel.Api.Reports;
using Sentinel.Api.Review;
using Sentinel.Api.Tests.Review;
using Sentinel.Api.Webhooks;
using Sentinel.Client;
using Sentinel.Storage.Cases;
using Sentinel.Storage.Sharing;
using Sentinel.Storage.Webhooks;
using Sentinel.Testing;

namespace Sentinel.Api.Tests.Webhooks;

/// <summary>From what is on record to who is told.</summary>
[Collection(StoreTests.Name)]
public sealed class WebhookTests(StoreEngine engine)
{
    private const string Secret = "0123456789abcdef";
    private const string RulingPath = "/v1/review/cases/case-cmp-1/rulings";

    [Fact]
    public async Task Ruling_OnATargetThatRefuses_IsADeadLetter_UntilItIsTakenOnRetry()
    {
        await using var receiver = Receiver.Start();
        await using var host = await ReviewHost.StartAsync(
            engine, 3, ("Webhooks:Targets:0:Name", "soc"), ("Webhooks:Targets:0:Url", receiver.Url.ToString()),
            ("Webhooks:Targets:0:Secret", Secret));
        var work = host.Services.GetRequiredService<WebhookWork>();
        var target = host.Services.GetRequiredService<WebhookBook>().Targets[0];
        await work.LookAsync(target, CancellationToken.None); // New: is told what happens from now on.
        await host.DoAsync("analyst", "POST", RulingPath, ReviewHost.Ruling("block"));

        receiver.Answer = static number => (number < 2 ? 400 : 200, null);
        Assert.NotEqual(0, await work.LookAsync(target, CancellationToken.None));
        var told = Assert.Single(receiver.Requests);
        Assert.True(WebhookSignature.IsRight(
            told.Headers[WebhookSignature.Header]!, told.Body, Secret, host.Clock.GetUtcNow(), TimeSpan.FromMinutes(1)));
        using var body = JsonDocument.Parse(told.Body);
        Assert.Equal("case.ruled", body.RootElement.GetProperty("kind").GetString());
        Assert.Equal("case-cmp-1", body.RootElement.GetProperty("subject").GetString());
        Assert.Equal("block", body.RootElement.GetProperty("what").GetProperty("ruling").GetString());
        Assert.DoesNotContain("one payer", Encoding.UTF8.GetString(told.Body), StringComparison.Ordinal);
        Assert.Equal(0, await work.LookAsync(target, CancellationToken.None)); // Done with it.

        var letter = Assert.Single(await LettersAsync(host));
        Assert.Equal("status 400", letter.GetProperty("reason").GetString());
        Assert.Equal("case.ruled", letter.GetProperty("kind").GetString());
        var path = $"/v1/webhooks/dead-letters/{letter.GetProperty("id").GetString()}/retry";
        await Problems.AssertAsync(await host.AskAsync("admin", "POST", path, new { }), HttpStatusCode.Conflict, "not_delivered");
        Assert.Equal(2, Assert.Single(await LettersAsync(host)).GetProperty("attempts").GetInt32());
        await host.DoAsync("admin", "POST", path, new { });
        Assert.All(receiver.Requests, one => Assert.Equal(told.Body, one.Body));
        Assert.Empty(await LettersAsync(host));
        await Problems.AssertAsync(
            await host.AskAsync("admin", "POST", path, new { }), HttpStatusCode.NotFound, "no_such_dead_letter");
        var audit = await host.DoAsync("admin", "GET", "/v1/review/audit?action=webhook.retried");
        Assert.Equal(
            ["no_such_dead_letter", "done", "not_delivered"],
            audit.GetProperty("rows").EnumerateArray().Select(static row => row.GetProperty("outcome").GetString()));
    }

    [Fact]
    public async Task ManyCases_AreToldAsFarAsTheyWereRuledOn()
    {
        await using var receiver = Receiver.Start();
        await using var host = await ReviewHost.StartAsync(
            engine, 3, ("Webhooks:Targets:0:Name", "soc"), ("Webhooks:Targets:0:Url", receiver.Url.ToString()),
            ("Webhooks:Targets:0:Secret", Secret), ("Webhooks:Targets:0:Events", "cases.ruled"));
        var work = host.Services.GetRequiredService<WebhookWork>();
        var target = host.Services.GetRequiredService<WebhookBook>().Targets[0];
        await work.LookAsync(target, CancellationToken.None);
        var none = new { case_ids = new[] { "case-none" }, ruling = ReviewHost.Ruling("throttle") };
        await host.DoAsync("analyst", "POST", "/v1/review/bulk", none);
        var some = new { case_ids = new[] { "case-none", "case-cmp-1" }, ruling = ReviewHost.Ruling("throttle") };
        await host.DoAsync("analyst", "POST", "/v1/review/bulk", some);
        await work.LookAsync(target, CancellationToken.None);
        using var body = JsonDocument.Parse(Assert.Single(receiver.Requests).Body);
        Assert.Equal("case-cmp-1", Assert.Single(body.RootElement.GetProperty("what").GetProperty("cases").EnumerateArray()).GetString());
        var last = (await host.DoAsync("lead", "GET", "/v1/review/audit?action=cases.ruled")).GetProperty("rows")[0].GetProperty("detail");
        Assert.Contains("case-none", last.ToString(), StringComparison.Ordinal); // What was asked for stays on record.
    }

    [Fact]
    public async Task Page_ListsWhatWasNotTaken_AndSendsItAgain()
    {
        await using var receiver = Receiver.Start();
        receiver.Answer = static number => (number == 0 ? 404 : 200, null);
        await using var host = await ReviewHost.StartAsync(
            engine, 3, ("Webhooks:Targets:0:Name", "soc"), ("Webhooks:Targets:0:Url", receiver.Url + "/path-is-secret"),
            ("Webhooks:Targets:0:Secret", Secret));
        var work = host.Services.GetRequiredService<WebhookWork>();
        var target = host.Services.GetRequiredService<WebhookBook>().Targets[0];
        await work.LookAsync(target, CancellationToken.None);
        await host.DoAsync("analyst", "POST", RulingPath, ReviewHost.Ruling("block"));
        await work.LookAsync(target, CancellationToken.None);
        var id = Assert.Single(await LettersAsync(host)).GetProperty("id").GetString();

        using var browser = await host.SignInAsync("admin");
        var page = await browser.Http.GetStringAsync("/console/webhooks");
        Assert.Contains("status 404", page, StringComparison.Ordinal);
        Assert.Contains($"/console/webhooks/{id}/retry", page, StringComparison.Ordinal);
        Assert.DoesNotContain("path-is-secret", page, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, page, StringComparison.Ordinal);
        using var sent = await browser.PostAsync($"/console/webhooks/{id}/retry");
        Assert.Equal(HttpStatusCode.Redirect, sent.StatusCode);
        Assert.Contains("Everything was taken", await browser.Http.GetStringAsync(sent.Headers.Location), StringComparison.Ordinal);
        using var analyst = await host.AskAsync("lead", "GET", "/console/webhooks");
        Assert.Equal(HttpStatusCode.Forbidden, analyst.StatusCode);
    }

    [Fact]
    public async Task Look_TargetThatIsAway_GivesUpAtTheMaximum_AndGoesOnWithTheNext()
    {
        await using var receiver = Receiver.Start();
        receiver.Answer = static number => (number < 3 ? 503 : 200, null);
        await using var host = await ReviewHost.StartAsync(engine);
        var target = TargetOf(receiver.Url);
        var work = WorkOf(host, "a", target);
        await work.LookAsync(target, CancellationToken.None);
        await host.DoAsync("analyst", "POST", RulingPath, ReviewHost.Ruling("block"));
        await host.DoAsync("analyst", "POST", "/v1/review/cases/case-cmp-1/undo", new { reason = "a mistake" });
        await work.LookAsync(target, CancellationToken.None);
        Assert.Equal(["case.ruled", "case.ruled", "case.ruled", "case.undone"], KindsOf(receiver));
        var letter = Assert.Single(await work.ListAsync(10, CancellationToken.None));
        Assert.Equal((3, "status 503", "case.ruled"), (letter.Attempts, letter.Reason, letter.Kind));
    }

    [Fact]
    public async Task Restart_InTheMidstOfTrying_TellsWhatWasNotDelivered_OnceAndUnderTheSameId()
    {
        await using var receiver = Receiver.Start();
        await using var host = await ReviewHost.StartAsync(engine);
        var target = TargetOf(receiver.Url);
        var first = WorkOf(host, "a", target, host.Clock);
        await first.LookAsync(target, CancellationToken.None);
        await host.DoAsync("analyst", "POST", RulingPath, ReviewHost.Ruling("block"));
        using var ending = new CancellationTokenSource();
        receiver.Answer = number =>
        {
            if (number == 0)
            {
                ending.Cancel();
                return (503, null);
            }

            return (200, null);
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first.LookAsync(target, ending.Token));

        var next = WorkOf(host, "b", target);
        Assert.NotEqual(0, await next.LookAsync(target, CancellationToken.None));
        Assert.Equal(0, await next.LookAsync(target, CancellationToken.None));
        Assert.Equal(["case.ruled", "case.ruled"], KindsOf(receiver));
        Assert.Equal(receiver.Requests[0].Body, receiver.Requests[1].Body);
        Assert.Empty(await next.ListAsync(10, CancellationToken.None));
    }

    [Fact]
    public async Task Processes_ThatRunAtOnce_TellATargetOnce()
    {
        await using var receiver = Receiver.Start();
        await using var host = await ReviewHost.StartAsync(engine);
        var target = TargetOf(receiver.Url);
        WebhookWork[] works = [WorkOf(host, "a", target, host.Clock), WorkOf(host, "b", target, host.Clock), WorkOf(host, "c", target, host.Clock)];
        await works[0].LookAsync(target, CancellationToken.None);
        await host.DoAsync("analyst", "POST", RulingPath, ReviewHost.Ruling("block"));
        using var ending = new CancellationTokenSource();
        var running = works.Select(work => work.RunAsync(ending.Token)).ToArray();
        await receiver.First;
        await ending.CancelAsync();
        foreach (var one in running)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => one);
        }

        Assert.Single(receiver.Requests);
    }

    [Fact]
    public async Task Lease_IsHeldByOne_UntilItsTimeIsOverOrItIsLetGo()
    {
        await using var clickHouse = await engine.OpenMigratedAsync();
        var now = DateTimeOffset.UnixEpoch.AddDays(20_000);
        WebhookLease[] many = [.. Enumerable.Range(0, 8).Select(i => new WebhookLease(clickHouse, $"process-{i}"))];
        var held = await Task.WhenAll(many.Select(one => Task.Run(() => one.TryHoldAsync(now, CancellationToken.None))));
        var one = many[Array.IndexOf(held, true)];
        var other = many[Array.IndexOf(held, false)];
        Assert.Single(held, true);
        Assert.True(await one.TryHoldAsync(now + (WebhookLease.Span / 2), CancellationToken.None));
        Assert.False(await other.TryHoldAsync(now + WebhookLease.Span, CancellationToken.None));
        Assert.True(await other.TryHoldAsync(now + (WebhookLease.Span * 1.5), CancellationToken.None));
        Assert.False(await one.TryHoldAsync(now + (WebhookLease.Span * 1.5), CancellationToken.None));
        await one.ReleaseAsync(now + (WebhookLease.Span * 1.5)); // Not one's own.
        Assert.False(await one.TryHoldAsync(now + (WebhookLease.Span * 1.6), CancellationToken.None));
        await other.ReleaseAsync(now + (WebhookLease.Span * 1.6));
        Assert.True(await one.TryHoldAsync(now + (WebhookLease.Span * 1.6), CancellationToken.None));
    }

    [Fact]
    public async Task Splunk_IsSentTheReport_AndThroughAProfileWhereOneIsNamed()
    {
        var secret = Path.GetTempFileName();
        await File.WriteAllTextAsync(secret, new string('5', 64));
        await using var house = Receiver.Start();
        await using var outside = Receiver.Start();
        await using var host = await ReviewHost.StartAsync(
            engine, 3, ("Sharing:SecretFile", secret), ("Sharing:Recipients:0:Name", "friends"));
        var ours = TargetOf(house.Url) with { IsSplunk = true };
        var theirs = TargetOf(outside.Url) with
        {
            Name = "theirs", IsSplunk = true, Recipient = host.Services.GetRequiredService<SharingBook>().FindRecipient("friends"),
        };
        var work = WorkOf(host, "a", ours);
        await work.LookAsync(ours, CancellationToken.None);
        await work.LookAsync(theirs, CancellationToken.None);
        await host.DoAsync("analyst", "POST", RulingPath, ReviewHost.Ruling("block"));
        var lone = CaseOpener.AccountCase("lone");
        await host.DoAsync("analyst", "POST", $"/v1/review/cases/{lone}/rulings", ReviewHost.Ruling("dismiss"));
        await work.LookAsync(ours, CancellationToken.None);
        await work.LookAsync(theirs, CancellationToken.None);

        Assert.Equal(2, house.Requests.Count);
        var report = Encoding.UTF8.GetString(house.Requests[0].Body);
        Assert.Contains("ocsf:finding", report, StringComparison.Ordinal);
        Assert.Contains("acct-1", report, StringComparison.Ordinal);
        Assert.Contains(lone, Encoding.UTF8.GetString(house.Requests[1].Body), StringComparison.Ordinal);

        var shared = Encoding.UTF8.GetString(Assert.Single(outside.Requests).Body);
        Assert.Contains("ocsf:finding", shared, StringComparison.Ordinal);
        Assert.DoesNotContain("acct-1", shared, StringComparison.Ordinal);
        Assert.DoesNotContain("cmp-1", shared, StringComparison.Ordinal);
        var share = Assert.Single(await new ShareLog(host.ClickHouse).ListAsync("friends", 10, CancellationToken.None));
        Assert.Equal(("hec", "machine"), (share.Format, share.SharedBy));
        File.Delete(secret);
    }

    [Fact]
    public async Task Log_ThatShowsALaterRowFirst_IsWaitedFor_ButNotForGood()
    {
        await using var receiver = Receiver.Start();
        await using var host = await ReviewHost.StartAsync(engine);
        var target = TargetOf(receiver.Url);
        var work = WorkOf(host, "a", target, host.Clock);
        await work.LookAsync(target, CancellationToken.None);
        var head = await new AuditLog(host.ClickHouse).HeadAsync(CancellationToken.None);
        await host.ClickHouse.ExecuteAsync(
            "INSERT INTO audit_log (number, at, actor, kind, action, subject, outcome, detail) VALUES "
                + $"({head + 2}, toDateTime64('2026-11-01 00:00:00', 3, 'UTC'), 'ann', 'manual', 'case.ruled', 'case-x', 'done', '')",
            [], CancellationToken.None);
        Assert.Equal(0, await work.LookAsync(target, CancellationToken.None));
        Assert.Empty(receiver.Requests);
        host.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(1, await work.LookAsync(target, CancellationToken.None));
        Assert.Single(receiver.Requests);
    }

    private static WebhookTarget TargetOf(Uri url) =>
        new("soc", url, IsSplunk: false, Secret, WebhookEvent.Kinds.ToFrozenSet(), Recipient: null);

    // Waits as the clock says: by default not at all.
    private static WebhookWork WorkOf(ReviewHost host, string holder, WebhookTarget target, TimeProvider? clock = null)
    {
        clock ??= new JumpingClock();
        var work = new WebhookWork(
            holder, new WebhookBook([target], AttemptsMax: 3, TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(5)),
            new WebhookSender(static () => 1, TimeSpan.FromMinutes(1), clock), host.Services.GetRequiredService<SharingBook>(),
            host.Services.GetRequiredService<ApiTelemetry>(), clock, NullLogger<WebhookWork>.Instance);
        work.Open(host.ClickHouse);
        return work;
    }

    private static async Task<JsonElement[]> LettersAsync(ReviewHost host) =>
        [.. (await host.DoAsync("admin", "GET", "/v1/webhooks/dead-letters")).GetProperty("dead_letters").EnumerateArray()];

    private static string[] KindsOf(Receiver receiver) =>
        [.. receiver.Requests.Select(static told => JsonDocument.Parse(told.Body).RootElement.GetProperty("kind").GetString()!)];
}
