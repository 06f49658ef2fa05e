using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Sentinel.Api.Decisions;
using Sentinel.Api.Findings;
using Sentinel.Api.Ingest;
using Sentinel.Api.Review;
using Sentinel.Api.Security;
using Sentinel.Api.Tests.Security;
using Sentinel.Detection.Policy;
using Sentinel.Storage;
using Sentinel.Testing;

namespace Sentinel.Api.Tests.Review;

/// <summary>The review API on a real Kestrel over a real embedded store, with a clock that the test moves.</summary>
internal sealed class ReviewHost : IAsyncDisposable
{
    public const string Password = "correct horse battery";

    private readonly WebApplication _app;
    private readonly string _keysFile;
    private bool _isBeside;
    private int _grown;

    private ReviewHost(WebApplication app, IClickHouse clickHouse, string keysFile, ManualClock clock)
    {
        (_app, ClickHouse, _keysFile, Clock) = (app, clickHouse, keysFile, clock);
        Address = new Uri(app.Urls.First());
    }

    public Uri Address { get; }

    public IClickHouse ClickHouse { get; }

    public ManualClock Clock { get; }

    public IServiceProvider Services => _app.Services;

    public IReadOnlyList<RouteEndpoint> Endpoints =>
        [.. _app.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()];

    /// <summary>A host with a campaign of some accounts, whose case is <c>case-cmp-1</c>, and a lone account.</summary>
    public static async Task<ReviewHost> StartAsync(
        StoreEngine engine, int members = 3, params (string Key, string Value)[] settings)
    {
        var host = await StartAsync(await engine.OpenMigratedAsync(), new ManualClock(), settings);
        await host.SeedAsync(members);
        await host.OpenAsync();
        await host.LookAsync();
        return host;
    }

    /// <summary>Another process over the same store.</summary>
    public async Task<ReviewHost> StartBesideAsync()
    {
        var host = await StartAsync(ClickHouse, Clock, []);
        host._isBeside = true;
        await host.OpenAsync();
        return host;
    }

    /// <summary>Opens reviewing, as a start does.</summary>
    public Task OpenAsync() => Services.GetRequiredService<ReviewWork>().OpenAsync(ClickHouse, CancellationToken.None);

    /// <summary>The campaign is written again, with these accounts.</summary>
    public async Task GrowAsync(params string[] accounts)
    {
        _grown++;
        await ClickHouse.ExecuteAsync(
            string.Create(
                CultureInfo.InvariantCulture,
                $"""
                INSERT INTO campaigns (partition, campaign_id, version, accounts, risk, abuse_types, first_detected_at, exchanges, at, stored_at)
                VALUES (0, 'cmp-1', {1 + _grown}, [{string.Join(',', accounts.Select(static one => $"'{one}'"))}], 0.999,
                  ['reasoning_extraction'], now64(3), 5000, now64(3), now() + toIntervalSecond({_grown * 5}))
                """),
            [], CancellationToken.None);
        await LookAsync();
    }

    /// <summary>A version of a campaign is written, all of them in the same second.</summary>
    public Task WriteAsync(string campaign, int version, params string[] accounts) => ClickHouse.ExecuteAsync(
        string.Create(
            CultureInfo.InvariantCulture,
            $"""
            INSERT INTO campaigns (partition, campaign_id, version, accounts, risk, abuse_types, first_detected_at, exchanges, at, stored_at)
            SELECT 0, '{campaign}', {version}, [{string.Join(',', accounts.Select(static one => $"'{one}'"))}], 0.999,
              ['reasoning_extraction'], now64(3), 5000, now64(3), max(stored_at) FROM campaigns
            """),
        [], CancellationToken.None);

    private static async Task<ReviewHost> StartAsync(
        IClickHouse clickHouse, ManualClock clock, (string Key, string Value)[] settings)
    {
        var keysFile = Path.GetTempFileName();
        string[] roles = ["viewer", "analyst", "lead", "admin", "appeals", "ingest"];
        await File.WriteAllLinesAsync(
            keysFile,
            [
                .. roles.Select(static role => $"{role} {role} {KeyRingTests.Digest("k-" + role)}"),
                $"analyst2 analyst {KeyRingTests.Digest("k-analyst2")}", $"gate fronts {KeyRingTests.Digest("k-fronts")}",
            ]);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Security:KeysFile"] = keysFile, ["People:AdministratorPassword"] = Password, ["People:PasswordRounds"] = "100000",
        });
        builder.Configuration.AddInMemoryCollection(settings.ToDictionary(s => s.Key, s => (string?)s.Value));
        builder.WebHost.UseKestrelCore().ConfigureKestrel(server =>
        {
            SentinelApi.ConfigureServer(server);
            server.Listen(IPAddress.Loopback, 0);
        });
        builder.Services.AddSingleton<TimeProvider>(clock);
        builder.Services.AddSingleton<IExchangeIntake>(new FakeIntake());
        builder.Services.AddSingleton<IFindingReader>(new FakeFindings());
        builder.Services.AddSingleton(DetectionPolicy.Default);
        builder.Services.AddSentinelApi();
        var app = builder.Build();
        app.MapSentinelApi();
        await app.StartAsync();
        app.Services.GetRequiredService<DecisionBoard>().IsLive = true;
        return new ReviewHost(app, clickHouse, keysFile, clock);
    }

    /// <summary>Opens cases of what is found.</summary>
    public async Task<int> LookAsync()
    {
        var opener = Services.GetRequiredService<CaseOpener>();
        opener.GoBack();
        return await opener.LookAsync(CancellationToken.None);
    }

    /// <summary>Asks with a role's key.</summary>
    public async Task<HttpResponseMessage> AskAsync(
        string role, string method, string path, object? body = null, params (string Name, string Value)[] headers)
    {
        using var client = new HttpClient { BaseAddress = Address };
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (role.Length > 0)
        {
            request.Headers.Add(CallerGate.KeyHeader, $"k-{role}");
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        request.Content = body is null ? null : JsonContent.Create(body, new MediaTypeHeaderValue("application/json"));
        return await client.SendAsync(request);
    }

    /// <summary>Asks with a role's key what is to succeed.</summary>
    public async Task<JsonElement> DoAsync(string role, string method, string path, object? body = null)
    {
        using var answer = await AskAsync(role, method, path, body);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{method} {path}: {(int)answer.StatusCode} {text}");
        return JsonDocument.Parse(text).RootElement;
    }

    /// <summary>Makes somebody who signs in with <see cref="Password"/>.</summary>
    public Task SignUpAsync(string id, string role) =>
        DoAsync("admin", "PUT", $"/v1/review/people/{id}", new { name = $"The {id}", role, password = Password });

    /// <summary>A browser in which somebody signed in.</summary>
    public async Task<SessionClient> SignInAsync(string id)
    {
        var client = new SessionClient(Address);
        Assert.Equal(HttpStatusCode.OK, await client.SignInAsync(id, Password));
        return client;
    }

    /// <summary>What a gateway is answered.</summary>
    public async Task<(string Decision, string Id)> DecisionAsync(string account)
    {
        var answer = await DoAsync("fronts", "GET", $"/v1/decisions/{account}");
        return (answer.GetProperty("decision").GetString()!, answer.GetProperty("decision_id").GetString()!);
    }

    public static object Ruling(string ruling, string reason = "one frame, one payer") =>
        new { ruling, reason, policy = "tos-4" };

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        if (!_isBeside)
        {
            await ClickHouse.DisposeAsync();
        }

        File.Delete(_keysFile);
    }

    private async Task SeedAsync(int members)
    {
        var accounts = string.Join(',', Enumerable.Range(1, members).Select(static i => $"'acct-{i}'"));
        await ClickHouse.ExecuteAsync(
            $"""
            INSERT INTO campaigns (partition, campaign_id, version, accounts, risk, abuse_types, first_detected_at, exchanges, at)
            VALUES (0, 'cmp-1', 1, [{accounts}], 0.999, ['reasoning_extraction'], now64(3), 5000, now64(3))
            """,
            [], CancellationToken.None);
        await ClickHouse.ExecuteAsync(
            """
            INSERT INTO verdicts (partition, offset, policy_version, account_id, level, risk, action, abuse_types, campaign_id,
              first_flagged_at, exchanges_seen, reason_codes, reason_summaries, reason_weights, at)
            VALUES
              (0, 1, 1, 'lone', 'suspect', 0.97, 'challenge', ['grading_harvest'], '', now64(3), 40, ['pace'], ['steady pace'], [3.5], now64(3)),
              (0, 2, 1, 'acct-1', 'abusive', 0.999, 'block', ['reasoning_extraction'], 'cmp-1', now64(3), 40, ['x'], ['y'], [9], now64(3))
            """,
            [], CancellationToken.None);
        foreach (var (offset, text) in new[] { (1, "You are a judge␟Grade this essay about whales␟"), (2, "You are a judge␟Grade this essay about Rome␟"), (3, "You are a judge␟Grade this poem␟") })
        {
            await ClickHouse.ExecuteAsync(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"INSERT INTO exchanges (partition, offset, event_key, account_id, occurred_at, excerpt) VALUES (0, {offset}, {offset}, 'lone', now64(3), '{text}')"),
                [], CancellationToken.None);
        }

        await ClickHouse.ExecuteAsync(
            """
            INSERT INTO links (kind, key, account_id, partition, offset, at) VALUES
              ('payment', 7, 'acct-1', 0, 1, now64(3)), ('payment', 7, 'acct-2', 0, 2, now64(3)), ('device', 9, 'acct-1', 0, 1, now64(3))
            """,
            [], CancellationToken.None);
    }
}

/// <summary>A browser: keeps cookies, and shows the form's token once it was told.</summary>
internal sealed class SessionClient : IDisposable
{
    private readonly HttpClientHandler _handler = new() { AllowAutoRedirect = false };
    private readonly HttpClient _client;

    public SessionClient(Uri address) => _client = new HttpClient(_handler) { BaseAddress = address };

    public CookieContainer Cookies => _handler.CookieContainer;

    public string? FormToken { get; set; }

    public HttpClient Http => _client;

    public async Task<HttpStatusCode> SignInAsync(string id, string password)
    {
        using var answer = await _client.PostAsJsonAsync("/v1/review/session", new { id, password });
        if (answer.IsSuccessStatusCode)
        {
            using var me = await _client.GetAsync("/v1/review/me");
            FormToken = (await ApiHost.JsonOf(me)).GetProperty("form_token").GetString();
        }

        return answer.StatusCode;
    }

    public Task<HttpResponseMessage> GetAsync(string path) => _client.GetAsync(path);

    public async Task<HttpResponseMessage> PostAsync(string path, object? body = null, string method = "POST")
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = JsonContent.Create(body ?? new { }) };
        if (FormToken is not null)
        {
            request.Headers.Add("x-llm-sentinel-form", FormToken);
        }

        return await _client.SendAsync(request);
    }

    public void Dispose()
    {
        _client.Dispose();
        _handler.Dispose();
    }
}
