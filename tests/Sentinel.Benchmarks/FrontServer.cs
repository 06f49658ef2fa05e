using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Sentinel.Api;
using Sentinel.Api.Decisions;
using Sentinel.Api.Findings;
using Sentinel.Api.Ingest;
using Sentinel.Detection.Policy;
using Sentinel.Detection.Verdicts;
using Sentinel.Storage.Decisions;
using Sentinel.Storage.Queries;

namespace Sentinel.Benchmarks;

/// <summary>
/// The process that is measured: the API with 100,000 verdicts, and beside it two servers whose endpoints do nothing: a bare
/// one that gives a body as long, and one of the same shape whose head and trailers are as those of a decision, too. Tells
/// its ports, then does what each line asks and answers with one.
/// </summary>
internal static class FrontServer
{
    private const int EmptyAnswerBytes = 230;
    private const int EmptyGrpcBytes = 420;

    private static readonly (string Name, string Value)[] Head =
    [
        ("x-llm-sentinel-decision", "throttle"), ("x-llm-sentinel-reason", "campaign.template"),
        ("x-llm-sentinel-ttl", "60"), ("x-llm-sentinel-stale", "false"), ("x-llm-sentinel-decision-id", "0-12345-1"),
        ("x-llm-sentinel-fail-mode", "open"), ("x-llm-sentinel-throttle-per-minute", "10"), ("Cache-Control", "no-store"),
    ];

    private enum Kind
    {
        Real,
        Bare,
        Shaped,
    }

    public static async Task RunAsync(string[] settings)
    {
        var errors = new ErrorCount();
        await using var real = await StartAsync(Kind.Real, errors, settings);
        await using var bare = await StartAsync(Kind.Bare, errors, []);
        await using var shaped = await StartAsync(Kind.Shaped, errors, []);
        using var times = new RequestTimes();
        using var arrivals = new VerdictArrivals(real.Services.GetRequiredService<DecisionBoard>());
        await Console.Out.WriteLineAsync(string.Join(
            ' ', new[] { real, bare, shaped }.SelectMany(app => app.Urls).Select(url => new Uri(url).Port)));
        while (await Console.In.ReadLineAsync() is { } line)
        {
            await Console.Out.WriteLineAsync(line.Split(' ') switch
            {
                ["use"] => Use(errors),
                ["alive"] => GC.GetTotalMemory(forceFullCollection: true).ToString(CultureInfo.InvariantCulture),
                ["time"] => times.Begin(),
                ["times"] => times.End(),
                ["arrive", var perSecond] => arrivals.Begin(int.Parse(perSecond, CultureInfo.InvariantCulture)),
                ["swap"] => arrivals.Swap(),
                ["arrived"] => arrivals.End(),
                _ => throw new InvalidOperationException(line),
            });
        }
    }

    /// <summary>Throttled, so that the request goes on with every header that there is.</summary>
    public static Verdict VerdictOf(int number, DateTimeOffset at) => new(
        new VerdictId(0, number, 1), FrontQuestions.AccountOf(number), VerdictLevel.Suspect, 0.9, DecisionAction.Throttle,
        [AbuseType.SyntheticData], "cmp-3", DateTimeOffset.UnixEpoch, 40, 20,
        [new Reason("campaign.template", "the same instruction frame", 4)], "content-tier1/1", 1, at);

    private static string Use(ErrorCount errors)
    {
        var used = Environment.CpuUsage.TotalTime;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{used.TotalMicroseconds} {GC.GetTotalAllocatedBytes()} {Environment.WorkingSet} "
            + $"{GC.GetGCMemoryInfo().HeapSizeBytes} {errors.Count}");
    }

    private static async Task<WebApplication> StartAsync(Kind kind, ErrorCount errors, string[] settings)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { Args = settings });
        builder.Configuration.AddCommandLine(settings);
        builder.Logging.ClearProviders().AddProvider(errors)
            .AddFilter("Microsoft.AspNetCore.Hosting", LogLevel.None).SetMinimumLevel(LogLevel.Error); // Which makes scopes.
        builder.Services.AddRouting();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(server =>
        {
            SentinelApi.ConfigureServer(server);
            server.Listen(IPAddress.Loopback, 0, static endpoint => endpoint.Protocols = HttpProtocols.Http1);
            server.Listen(IPAddress.Loopback, 0, static endpoint => endpoint.Protocols = HttpProtocols.Http2);
        });
        if (kind != Kind.Real)
        {
            var empty = builder.Build();
            MapEmpty(empty, isShaped: kind == Kind.Shaped);
            await empty.StartAsync();
            return empty;
        }

        builder.Services.AddSingleton<IExchangeIntake, NoIntake>();
        builder.Services.AddSingleton<IFindingReader, NoFindings>();
        builder.Services.AddSingleton(DetectionPolicy.Default);
        builder.Services.AddSentinelApi();
        var app = builder.Build();
        app.MapSentinelApi();
        await app.StartAsync();
        var board = app.Services.GetRequiredService<DecisionBoard>();
        var verdicts = Enumerable.Range(0, FrontQuestions.AccountsMax);
        board.Publish([.. verdicts.Select(static number => VerdictOf(number, DateTimeOffset.UnixEpoch))]);
        board.IsLive = true;
        return app;
    }

    private static void MapEmpty(WebApplication app, bool isShaped)
    {
        var answer = Encoding.ASCII.GetBytes(new string('x', EmptyAnswerBytes));
        var framed = new byte[EmptyGrpcBytes];
        app.MapPost("/v1/decisions", async http =>
        {
            await ReadAsync(http);
            WriteHead(http, isShaped);
            http.Response.ContentType = "application/json; charset=utf-8";
            http.Response.ContentLength = answer.Length;
            await http.Response.BodyWriter.WriteAsync(answer);
        });
        app.MapGet("/v1/gateways/nginx", http =>
        {
            WriteHead(http, isShaped);
            http.Response.StatusCode = StatusCodes.Status204NoContent;
            return Task.CompletedTask;
        });
        app.MapPost("/envoy.service.auth.v3.Authorization/Check", async http =>
        {
            await ReadAsync(http);
            http.Response.ContentType = "application/grpc";
            await http.Response.BodyWriter.WriteAsync(framed);
            if (isShaped)
            {
                http.Response.AppendTrailer("grpc-status", "0");
            }
        });
    }

    private static void WriteHead(HttpContext http, bool isShaped)
    {
        foreach (var (name, value) in isShaped ? Head : [])
        {
            http.Response.Headers[name] = value;
        }
    }

    private static async ValueTask ReadAsync(HttpContext http)
    {
        while (true)
        {
            var read = await http.Request.BodyReader.ReadAsync();
            http.Request.BodyReader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                return;
            }
        }
    }

    internal sealed class NoIntake : IExchangeIntake
    {
        public ValueTask<IntakeReceipt?> TakeAsync(ReadOnlyMemory<byte> lines, CancellationToken cancel) =>
            ValueTask.FromResult<IntakeReceipt?>(null);
    }

    private sealed class NoFindings : IFindingReader
    {
        public bool IsOpen => false;

        public Task<AccountSummary?> FindAccountAsync(string accountId, CancellationToken cancel) =>
            Task.FromResult<AccountSummary?>(null);

        public Task<ImmutableArray<LoggedDecision>> ListDecisionsAsync(
            string accountId, int limit, CancellationToken cancel) =>
            Task.FromResult<ImmutableArray<LoggedDecision>>([]);

        public Task<FlaggedRisks> ReadRisksAsync(CancellationToken cancel) => Task.FromResult(new FlaggedRisks(0, []));

        public Task<ImmutableArray<CalibrationDay>> ListCalibrationAsync(int rows, CancellationToken cancel) =>
            Task.FromResult<ImmutableArray<CalibrationDay>>([]);

        public Task<CampaignDetail?> FindCampaignAsync(string campaignId, CancellationToken cancel) =>
            Task.FromResult<CampaignDetail?>(null);

        public Task<CampaignPage> ListCampaignsAsync(int limit, CampaignCursor? after, CancellationToken cancel) =>
            Task.FromResult(new CampaignPage([], null));
    }

    /// <summary>Counts errors that are logged, and shows the first of them.</summary>
    private sealed class ErrorCount : ILoggerProvider, ILogger
    {
        private const int ShownMax = 5;
        private long _count;

        public long Count => Interlocked.Read(ref _count);

        public ILogger CreateLogger(string categoryName) => this;

        public void Dispose()
        {
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel) && Interlocked.Increment(ref _count) <= ShownMax)
            {
                Console.Error.WriteLine($"{formatter(state, exception)} {exception}");
            }
        }
    }
}
