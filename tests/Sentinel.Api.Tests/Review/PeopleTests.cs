using System.Net;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Sentinel.Api.People;
using Sentinel.Api.Review;
using Sentinel.Testing;

namespace Sentinel.Api.Tests.Review;

/// <summary>Who may do what, and how people come in.</summary>
[Collection(StoreTests.Name)]
public sealed class PeopleTests(StoreEngine engine)
{
    // What the table is to say, once more and in other words: v viewer, a analyst, l lead, m administrator, s support system.
    private static readonly Dictionary<string, string> MayCall = new(StringComparer.Ordinal)
    {
        ["GET /v1/review/me"] = "valms",
        ["DELETE /v1/review/session"] = "valms",
        ["GET /v1/review/cases"] = "valm",
        ["GET /v1/review/cases/{case}"] = "valm",
        ["GET /v1/review/cases/{case}/graph"] = "valm",
        ["GET /v1/review/accounts/{account}/timeline"] = "valm",
        ["GET /v1/review/accounts/{account}/excerpts"] = "valm",
        ["GET /v1/review/search"] = "valm",
        ["GET /v1/review/load"] = "valm",
        ["GET /v1/review/views"] = "valm",
        ["PUT /v1/review/views/{name}"] = "valm",
        ["POST /v1/review/cases/{case}/claim"] = "alm",
        ["POST /v1/review/cases/{case}/release"] = "alm",
        ["POST /v1/review/cases/{case}/notes"] = "alm",
        ["PUT /v1/review/cases/{case}/tags"] = "alm",
        ["PUT /v1/review/cases/{case}/assignment"] = "alm",
        ["GET /v1/review/cases/{case}/preview"] = "alm",
        ["POST /v1/review/cases/{case}/rulings"] = "alm",
        ["POST /v1/review/cases/{case}/reject"] = "alm",
        ["POST /v1/review/cases/{case}/undo"] = "alm",
        ["POST /v1/review/cases/{case}/members/exclude"] = "alm",
        ["POST /v1/review/cases/{case}/split"] = "alm",
        ["POST /v1/review/cases/{case}/merge"] = "alm",
        ["POST /v1/review/bulk"] = "alm",
        ["POST /v1/review/accounts/{account}/excerpts/reveal"] = "alm",
        ["POST /v1/review/cases/{case}/appeals"] = "alms",
        ["POST /v1/review/accounts/{account}/appeals"] = "alms",
        ["POST /v1/review/cases/{case}/approve"] = "lm",
        ["POST /v1/review/cases/{case}/reopen"] = "lm",
        ["POST /v1/review/cases/{case}/appeals/{appeal}/decision"] = "lm",
        ["GET /v1/review/labels"] = "lm",
        ["GET /v1/review/audit"] = "lm",
        ["GET /v1/review/people"] = "m",
        ["PUT /v1/review/people/{person}"] = "m",
        ["GET /v1/webhooks/dead-letters"] = "m",
        ["POST /v1/webhooks/dead-letters/{letter}/retry"] = "m",
    };

    private static readonly (string Key, char Letter)[] Roles =
        [("viewer", 'v'), ("analyst", 'a'), ("lead", 'l'), ("admin", 'm'), ("appeals", 's')];

    [Fact]
    public async Task Endpoints_OfReviewing_AreAllInTheTable()
    {
        await using var host = await ReviewHost.StartAsync(engine);
        var open = host.Endpoints.Where(static one => one.Metadata.GetMetadata<OpenToAll>() is not null
            && one.RoutePattern.RawText!.StartsWith("/v1/", StringComparison.Ordinal));
        Assert.Equal(["/v1/review/session", "/v1/review/setup"], open.Select(static one => one.RoutePattern.RawText).Order());
        Assert.Equal(
            MayCall.Keys.Order(StringComparer.Ordinal),
            host.Endpoints.Where(static one => one.Metadata.GetMetadata<NeedsPermit>() is not null
                    && one.RoutePattern.RawText!.StartsWith("/v1/", StringComparison.Ordinal))
                .Select(NameOf).Order(StringComparer.Ordinal));
        Assert.All(
            host.Endpoints.Where(static one => one.RoutePattern.RawText!.StartsWith("/v1/review", StringComparison.Ordinal)
                || one.RoutePattern.RawText!.StartsWith("/v1/webhooks", StringComparison.Ordinal)),
            static one => Assert.True(
                one.Metadata.GetMetadata<NeedsPermit>() is not null || one.Metadata.GetMetadata<OpenToAll>() is not null, NameOf(one)));
    }

    [Fact]
    public async Task EveryEndpoint_ByEveryRole_IsPermittedAsTheTableSays()
    {
        await using var host = await ReviewHost.StartAsync(engine);
        foreach (var (name, letters) in MayCall)
        {
            var (method, path) = (name.Split(' ')[0], name.Split(' ')[1].Replace("{case}", "case-none", StringComparison.Ordinal)
                .Replace("{account}", "none", StringComparison.Ordinal).Replace("{appeal}", "t", StringComparison.Ordinal)
                .Replace("{letter}", "none-1", StringComparison.Ordinal)
                .Replace("{name}", "n", StringComparison.Ordinal).Replace("{person}", "p:", StringComparison.Ordinal));
            foreach (var (key, letter) in Roles)
            {
                using var answer = await host.AskAsync(key, method, path + "?q=x&ruling=block", method == "GET" ? null : new { });
                var isPermitted = answer.StatusCode is not (HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized);
                Assert.True(isPermitted == letters.Contains(letter), $"{name} by {key}: {(int)answer.StatusCode}");
                Assert.True((int)answer.StatusCode < 500, $"{name} by {key}: {(int)answer.StatusCode}");
            }

            foreach (var (key, status) in new[] { ("", 401), ("wrong", 401), ("ingest", 403), ("fronts", 403) })
            {
                using var answer = await host.AskAsync(key, method, path, method == "GET" ? null : new { });
                Assert.True((int)answer.StatusCode == status, $"{name} by '{key}': {(int)answer.StatusCode}");
            }
        }
    }

    [Fact]
    public async Task Session_IsACookieThatScriptsAndOtherSitesCannotUse()
    {
        await using var host = await ReviewHost.StartAsync(engine);
        using var browser = new SessionClient(host.Address);
        Assert.Equal(HttpStatusCode.Unauthorized, await browser.SignInAsync("admin", "wrong"));
        Assert.Equal(HttpStatusCode.Unauthorized, await browser.SignInAsync("nobody", ReviewHost.Password));
        Assert.Equal(HttpStatusCode.OK, await browser.SignInAsync("admin", ReviewHost.Password));
        var cookie = browser.Cookies.GetCookies(host.Address)[Sessions.CookieName]!;
        Assert.True(cookie.HttpOnly);
        using var raw = await new HttpClient { BaseAddress = host.Address }.PostAsync(
            "/v1/review/session", System.Net.Http.Json.JsonContent.Create(new { id = "admin", password = ReviewHost.Password }));
        Assert.Contains("samesite=strict", string.Join(';', raw.Headers.GetValues("Set-Cookie")), StringComparison.OrdinalIgnoreCase);

        Assert.Equal(HttpStatusCode.OK, (await browser.PostAsync("/v1/review/cases/case-cmp-1/claim")).StatusCode);
        var token = browser.FormToken;
        browser.FormToken = null;
        await Problems.AssertAsync(
            await browser.PostAsync("/v1/review/cases/case-cmp-1/release"), HttpStatusCode.BadRequest, "bad_form_token");
        browser.FormToken = token + "x";
        await Problems.AssertAsync(
            await browser.PostAsync("/v1/review/cases/case-cmp-1/release"), HttpStatusCode.BadRequest, "bad_form_token");
        browser.FormToken = token;
        Assert.Equal(HttpStatusCode.OK, (await browser.PostAsync("/v1/review/session", method: "DELETE")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.GetAsync("/v1/review/me")).StatusCode);
    }

    [Fact]
    public async Task Session_EndsWhenIdle_WhenOld_AndWhenItsPersonIsChanged()
    {
        await using var host = await ReviewHost.StartAsync(engine);
        await host.SignUpAsync("ann", "analyst");
        using var idle = await host.SignInAsync("ann");
        using var busy = await host.SignInAsync("ann");
        for (var i = 0; i < 3; i++)
        {
            host.Clock.Advance(TimeSpan.FromMinutes(40));
            Assert.Equal(HttpStatusCode.OK, (await busy.GetAsync("/v1/review/me")).StatusCode);
        }

        Assert.Equal(HttpStatusCode.Unauthorized, (await idle.GetAsync("/v1/review/me")).StatusCode);
        for (var i = 0; i < 16; i++)
        {
            host.Clock.Advance(TimeSpan.FromMinutes(40));
            using var _ = await busy.GetAsync("/v1/review/me");
        }

        Assert.Equal(HttpStatusCode.Unauthorized, (await busy.GetAsync("/v1/review/me")).StatusCode);
        using var fresh = await host.SignInAsync("ann");
        await host.DoAsync("admin", "PUT", "/v1/review/people/ann", new { name = "Ann", role = "viewer" });
        Assert.Equal(HttpStatusCode.Unauthorized, (await fresh.GetAsync("/v1/review/me")).StatusCode);
        using var viewer = await host.SignInAsync("ann");
        Assert.Equal(HttpStatusCode.Forbidden, (await viewer.PostAsync("/v1/review/cases/case-cmp-1/claim")).StatusCode);
    }

    [Fact]
    public async Task SignIn_TriedTooOften_WaitsAMinute()
    {
        await using var host = await ReviewHost.StartAsync(engine);
        using var browser = new SessionClient(host.Address);
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, await browser.SignInAsync("admin", "wrong"));
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, await browser.SignInAsync("admin", ReviewHost.Password));
        host.Clock.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal(HttpStatusCode.OK, await browser.SignInAsync("admin", ReviewHost.Password));
        var refused = await host.DoAsync("admin", "GET", "/v1/review/audit?action=session.refused");
        Assert.Equal(5, refused.GetProperty("rows").GetArrayLength());
    }

    [Fact]
    public async Task FirstStart_WithoutAPassword_IsSetUpOnceByTheLink()
    {
        await using var host = await ReviewHost.StartAsync(engine, settings: ("People:AdministratorPassword", ""));
        using var browser = new SessionClient(host.Address);
        Assert.True(host.Services.GetRequiredService<PeopleBook>().AwaitsSetUp);
        Assert.Equal(HttpStatusCode.Unauthorized, await SetUpAsync("guess"));
        Assert.Equal(HttpStatusCode.Unauthorized, await browser.SignInAsync("admin", ReviewHost.Password));
        await host.DoAsync("admin", "PUT", "/v1/review/people/boss", new { name = "Boss", role = "administrator", password = ReviewHost.Password });
        Assert.Equal(HttpStatusCode.OK, await browser.SignInAsync("boss", ReviewHost.Password));
        await Problems.AssertAsync(
            await host.AskAsync("admin", "PUT", "/v1/review/people/boss", new { name = "Boss", role = "viewer" }),
            HttpStatusCode.Conflict, "last_administrator");

        async Task<HttpStatusCode> SetUpAsync(string token) =>
            (await browser.PostAsync("/v1/review/setup", new { token, password = ReviewHost.Password })).StatusCode;
    }

    [Fact]
    public async Task Store_NotOpen_IsSaidSo()
    {
        await using var host = await ReviewHost.StartAsync(engine);
        host.Services.GetRequiredService<ReviewWork>().Close();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await host.AskAsync("viewer", "GET", "/v1/review/cases")).StatusCode);
    }

    private static string NameOf(RouteEndpoint endpoint) =>
        $"{endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods[0]} {endpoint.RoutePattern.RawText}";
}
