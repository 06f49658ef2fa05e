using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Sentinel.Api.Decisions;
using Sentinel.Client;
using Sentinel.Detection.Verdicts;
using Sentinel.Testing;
using FailMode = Sentinel.Client.FailMode;

namespace Sentinel.Api.Tests.Client;

/// <summary>The client's middleware in an application of its own, over the real API.</summary>
public sealed class DecisionMiddlewareTests
{
    [Fact]
    public async Task Request_Account_IsTurnedAwayOrGoesOnWithItsDecision()
    {
        await using var api = await ApiHost.StartAsync();
        api.Board.Publish([Verdicts.Of("bad"), Verdicts.Of("slow", DecisionAction.Throttle, offset: 8)]);
        await using var app = await StartAsync(api, new ManualClock());
        var good = await Ask(app, "good");
        Assert.Equal(HttpStatusCode.OK, good.Status);
        Assert.Matches("^allow no_verdict none-[0-9]+ - 0 Service$", good.Body); // Named by the version of the board.
        Assert.Equal("throttle campaign.template 0-8-1 10 0 Service", (await Ask(app, "slow")).Body);
        foreach (var (path, type) in new[] { ("/v1/chat/completions", "request_forbidden"), ("/v1/messages", "permission_error") })
        {
            var (status, body) = await Ask(app, "bad", path);
            Assert.Equal(HttpStatusCode.Forbidden, status);
            Assert.Equal(type, JsonDocument.Parse(body).RootElement.GetProperty("error").GetProperty("type").GetString());
            Assert.DoesNotContain("campaign", body, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Request_Again_IsAnsweredFromMemoryUntilTheAnswersTimeEnds()
    {
        await using var api = await ApiHost.StartAsync();
        var clock = new ManualClock();
        await using var app = await StartAsync(api, clock);
        Assert.EndsWith("Service", (await Ask(app, "a")).Body, StringComparison.Ordinal);
        api.Board.Publish([Verdicts.Of("a")]);
        clock.Advance(TimeSpan.FromSeconds(9.9)); // An account without verdict: 10 s.
        Assert.EndsWith("Cache", (await Ask(app, "a")).Body, StringComparison.Ordinal);
        clock.Advance(TimeSpan.FromSeconds(0.2));
        Assert.Equal(HttpStatusCode.Forbidden, (await Ask(app, "a")).Status);
    }

    [Theory]
    [InlineData(FailMode.Open, HttpStatusCode.OK)]
    [InlineData(FailMode.Closed, HttpStatusCode.Forbidden)]
    public async Task Request_WithoutSentinel_GetsTheLastAnswerAndThenTheFailMode(FailMode mode, HttpStatusCode failed)
    {
        var api = await ApiHost.StartAsync();
        api.Board.Publish([Verdicts.Of("slow", DecisionAction.Throttle)]);
        var clock = new ManualClock();
        await using var app = await StartAsync(api, clock, mode);
        await Ask(app, "slow");
        Assert.Equal(failed, (await Ask(app, "")).Status);
        await api.DisposeAsync();
        clock.Advance(TimeSpan.FromSeconds(61));
        Assert.EndsWith("10 1 LastAnswer", (await Ask(app, "slow")).Body, StringComparison.Ordinal);
        Assert.Equal(failed, (await Ask(app, "other")).Status);
        clock.Advance(TimeSpan.FromSeconds(300));
        Assert.Equal(failed, (await Ask(app, "slow")).Status);
    }

    [Fact]
    public async Task Request_KeysBesideTheAccount_AreAskedAboutAndKeptApart()
    {
        await using var api = await ApiHost.StartAsync();
        var key = new RulingKey(KeyKind.Organisation, "org-1");
        api.Rulings.Publish([new(key, new Ruling("r", key, DecisionAction.Block, ExpiresAt: null))]);
        await using var app = await StartAsync(api, new ManualClock());
        Assert.Equal(HttpStatusCode.OK, (await Ask(app, "a", organisation: "org-2")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await Ask(app, "a", organisation: "org-1")).Status);
        Assert.Equal(HttpStatusCode.OK, (await Ask(app, "a")).Status);
    }

    [Fact]
    public void Cache_AnyNumberOfAnswers_KeepsTheLatestHalfOfItsBound()
    {
        var cache = new DecisionCache(100);
        for (var i = 0; i < 10_000; i++)
        {
            cache.Set(new RequestKeys($"a-{i}"), new Decision("allow", $"{i}", "", TimeSpan.Zero), default);
        }

        var kept = Enumerable.Range(0, 10_000).Count(i => cache.TryFind(new RequestKeys($"a-{i}"), out _, out _));
        Assert.InRange(kept, 50, 100);
        Assert.True(cache.TryFind(new RequestKeys("a-9999"), out var last, out _));
        Assert.Equal("9999", last.Reason);
    }

    // Answers what the middleware told it: as a feature, and as a proxy would pass it on.
    private static async Task<WebApplication> StartAsync(ApiHost api, TimeProvider clock, FailMode mode = FailMode.Open)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton(clock);
        builder.Services.AddLlmSentinel(options =>
        {
            options.Address = api.Client.BaseAddress;
            options.TimeMsMax = 30_000; // A busy machine is no finding.
            options.FailMode = mode;
            options.KeysOf = static http => new RequestKeys(http.Request.Headers["x-who"].ToString())
            {
                Organisation = http.Request.Headers["x-org"],
            };
        });
        var app = builder.Build();
        app.UseLlmSentinel();
        app.Run(static http =>
        {
            var headers = http.Request.Headers;
            string Told(string name) => headers["x-llm-sentinel-" + name] is [{ } value] ? value : "-";
            var decision = http.Features.Get<Decision>()!;
            return http.Response.WriteAsync(
                $"{Told("decision")} {Told("reason")} {Told("decision-id")} {Told("throttle-per-minute")} "
                + $"{(decision.IsStale ? 1 : 0)} {decision.Source}");
        });
        await app.StartAsync();
        return app;
    }

    private static async Task<(HttpStatusCode Status, string Body)> Ask(
        WebApplication app, string account, string path = "/v1/chat/completions", string? organisation = null)
    {
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
        using var request = new HttpRequestMessage(HttpMethod.Post, path);
        request.Headers.TryAddWithoutValidation("x-who", account);
        request.Headers.TryAddWithoutValidation("x-org", organisation);
        request.Headers.Add("x-llm-sentinel-decision", "forged");
        request.Headers.Add("X-LLM-Sentinel-Throttle-Per-Minute", "forged");
        using var answer = await client.SendAsync(request);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }
}
