using System.Collections.Immutable;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Sentinel.Api.Decisions;
using Sentinel.Api.Findings;
using Sentinel.Api.Gateways;
using Sentinel.Api.Health;
using Sentinel.Api.Ingest;
using Sentinel.Api.Security;
using Sentinel.Api.Workloads;
using Sentinel.Detection.Policy;
using Sentinel.Detection.Ports;
using Sentinel.Detection.Workloads;
using Sentinel.Storage.Decisions;
using Sentinel.Storage.Queries;

namespace Sentinel.Api.Tests;

/// <summary>The API on a real Kestrel at a free loopback port, over fakes.</summary>
internal sealed class ApiHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ApiHost(WebApplication app)
    {
        _app = app;
        Client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
        Http2Client = new HttpClient
        {
            BaseAddress = new Uri(app.Urls.ElementAt(1)),
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
    }

    public HttpClient Client { get; }

    /// <summary>Speaks HTTP/2 without TLS.</summary>
    public HttpClient Http2Client { get; }

    /// <summary>Where it speaks TLS; the last of all where a certificate is configured.</summary>
    public Uri TlsAddress => new(_app.Urls.Last());

    public IReadOnlyList<Endpoint> Endpoints => _app.Services.GetRequiredService<EndpointDataSource>().Endpoints;

    public DecisionDesk Desk => _app.Services.GetRequiredService<DecisionDesk>();

    public RulingBoard Rulings => _app.Services.GetRequiredService<RulingBoard>();

    public DecisionBoard Board => _app.Services.GetRequiredService<DecisionBoard>();

    public Readiness Readiness => _app.Services.GetRequiredService<Readiness>();

    public WorkloadRegister Workloads => _app.Services.GetRequiredService<WorkloadsInForce>().Current;

    public FakeIntake Intake => (FakeIntake)_app.Services.GetRequiredService<IExchangeIntake>();

    public FakeFindings Findings => (FakeFindings)_app.Services.GetRequiredService<IFindingReader>();

    public static Task<ApiHost> StartAsync(params (string Key, string Value)[] settings) =>
        StartWithAsync(static _ => { }, settings);

    /// <summary>With services of the test's own in the place of the API's.</summary>
    public static async Task<ApiHost> StartWithAsync(
        Action<IServiceCollection> add, params (string Key, string Value)[] settings)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(settings.ToDictionary(s => s.Key, s => (string?)s.Value));
        var security = SecurityOptionsValidator.Read(builder.Configuration);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(server =>
        {
            SentinelApi.ConfigureServer(server);
            server.Listen(IPAddress.Loopback, 0);
            server.Listen(IPAddress.Loopback, 0, static endpoint => endpoint.Protocols = HttpProtocols.Http2);
            if (security.CertificateFile.Length > 0)
            {
                server.Listen(IPAddress.Loopback, 0, endpoint =>
                    endpoint.UseHttps(https => ServerCertificates.Configure(https, security)));
            }
        });
        builder.Services.AddSingleton<IExchangeIntake>(new FakeIntake());
        builder.Services.AddSingleton<IFindingReader>(new FakeFindings());
        builder.Services.AddSingleton(DetectionPolicy.Default);
        add(builder.Services);
        builder.Services.AddSentinelApi();
        var app = builder.Build();
        app.MapSentinelApi();
        await app.StartAsync();
        var host = new ApiHost(app);
        await app.Services.GetRequiredService<WorkloadBook>().OpenAsync(new FakeWorkloads(), CancellationToken.None);
        host.Readiness.SetReady();
        host.Board.IsLive = true;
        return host;
    }

    /// <summary>Changes settings as a configuration that is read again does.</summary>
    public void Reload(params (string Key, string Value)[] settings)
    {
        foreach (var (key, value) in settings)
        {
            _app.Configuration[key] = value;
        }

        ((IConfigurationRoot)_app.Configuration).Reload();
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        Http2Client.Dispose();
        await _app.DisposeAsync();
    }

    public static ByteArrayContent Ndjson(string lines, string mediaType = "application/x-ndjson", bool gzip = false)
    {
        var bytes = Encoding.UTF8.GetBytes(lines);
        if (gzip)
        {
            using var packed = new MemoryStream();
            using (var stream = new GZipStream(packed, CompressionLevel.Fastest))
            {
                stream.Write(bytes);
            }

            bytes = packed.ToArray();
        }

        var content = new ByteArrayContent(bytes);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(mediaType);
        if (gzip)
        {
            content.Headers.ContentEncoding.Add("gzip");
        }

        return content;
    }

    public static async Task<JsonElement> JsonOf(HttpResponseMessage response) =>
        JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
}

internal sealed class FakeIntake : IExchangeIntake
{
    public string Taken { get; private set; } = "";

    public bool IsBusy { get; set; }

    public Exception? Fails { get; set; }

    public TaskCompletionSource? Holds { get; set; }

    public TaskCompletionSource Entered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IntakeReceipt Receipt { get; set; } = new(2, 1, 0, []);

    public async ValueTask<IntakeReceipt?> TakeAsync(ReadOnlyMemory<byte> lines, CancellationToken cancel)
    {
        Entered.TrySetResult();
        if (Fails is not null)
        {
            throw Fails;
        }

        Taken = Encoding.UTF8.GetString(lines.Span);
        if (Holds is not null)
        {
            await Holds.Task;
        }

        return IsBusy ? null : Receipt;
    }

    public static IntakeReceipt Rejecting(int count) => new(
        1, 0, count,
        [.. Enumerable.Range(1, count).Select(i => new DeadLetter("http", i, 0, "not_json", $"line {i}", ""))]);
}

internal sealed class FakeFindings : IFindingReader
{
    public Dictionary<string, AccountSummary> Accounts { get; } = new(StringComparer.Ordinal);

    public List<CampaignDetail> Campaigns { get; } = [];

    public int LimitAsked { get; private set; }

    public CampaignCursor? AfterAsked { get; private set; }

    public CampaignPage Page { get; set; } = new([], null);

    public bool IsOpen { get; set; } = true;

    public Task<AccountSummary?> FindAccountAsync(string accountId, CancellationToken cancel) =>
        Task.FromResult(Accounts.GetValueOrDefault(accountId));

    public List<LoggedDecision> Decisions { get; } = [];

    public Task<ImmutableArray<LoggedDecision>> ListDecisionsAsync(
        string accountId, int limit, CancellationToken cancel) =>
        Task.FromResult(Decisions.Where(one => one.AccountId == accountId).Take(limit).ToImmutableArray());

    public List<CalibrationDay> Calibration { get; } = [];

    public Task<ImmutableArray<CalibrationDay>> ListCalibrationAsync(int rows, CancellationToken cancel) =>
        Task.FromResult(Calibration.Take(rows).ToImmutableArray());

    public FlaggedRisks Risks { get; set; } = new(0, []);

    public Task<FlaggedRisks> ReadRisksAsync(CancellationToken cancel) => Task.FromResult(Risks);

    public Task<CampaignDetail?> FindCampaignAsync(string campaignId, CancellationToken cancel) =>
        Task.FromResult(Campaigns.Find(detail => detail.Campaign.Id == campaignId));

    public Task<CampaignPage> ListCampaignsAsync(int limit, CampaignCursor? after, CancellationToken cancel)
    {
        (LimitAsked, AfterAsked) = (limit, after);
        return Task.FromResult(Page);
    }
}

internal sealed class FakeWorkloads : IWorkloadLog
{
    private ImmutableArray<Workload> _all = [];

    public Task<ImmutableArray<Workload>> ReadAsync(CancellationToken cancel) => Task.FromResult(_all);

    public Task AppendAsync(Workload workload, CancellationToken cancel)
    {
        _all = _all.Add(workload);
        return Task.CompletedTask;
    }
}
