using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Sentinel.Api.Accounts;
using Sentinel.Api.Calibration;
using Sentinel.Api.Campaigns;
using Sentinel.Api.Console;
using Sentinel.Api.Decisions;
using Sentinel.Api.Decisions.Log;
using Sentinel.Api.Gateways;
using Sentinel.Api.Health;
using Sentinel.Api.Ingest;
using Sentinel.Api.Observability;
using Sentinel.Api.OpenApi;
using Sentinel.Api.People;
using Sentinel.Api.Problems;
using Sentinel.Api.Reports;
using Sentinel.Api.Review;
using Sentinel.Api.Review.Http;
using Sentinel.Api.Security;
using Sentinel.Api.Webhooks;
using Sentinel.Api.Workloads;
using Sentinel.Detection.Workloads;
using KestrelServerOptions = Microsoft.AspNetCore.Server.Kestrel.Core.KestrelServerOptions;

namespace Sentinel.Api;

/// <summary>
/// Puts the API into a host. The host adds an <see cref="IExchangeIntake"/>, a <see cref="Findings.IFindingReader"/>
/// and the policy in force, feeds the <see cref="DecisionBoard"/> and keeps <see cref="Readiness"/>.
/// </summary>
public static partial class SentinelApi
{
    /// <summary>Registers the endpoints and what they keep.</summary>
    public static IServiceCollection AddSentinelApi(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddOptionsWithValidateOnStart<ApiOptions, ApiOptionsValidator>().BindConfiguration(ApiOptions.Section);
        services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
            json.SerializerOptions.DictionaryKeyPolicy = null;
            json.SerializerOptions.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping; // Never inside HTML.
            json.SerializerOptions.Converters.Add(new UtcTimeConverter());
            json.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
        });
        services.AddProblemDetails();
        services.AddSingleton<Readiness>();
        services.AddSingleton(provider =>
            new DecisionBoard(provider.GetRequiredService<IOptions<ApiOptions>>().Value.BoardAccountsMax));
        services.AddSingleton<RulingBoard>();
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System); // A host that has a clock of its own has added it before.
        services.AddSingleton<ApiTelemetry>();
        services.AddSingleton(provider =>
            SecurityOptionsValidator.Read(provider.GetRequiredService<IConfiguration>()));
        services.AddSingleton<KeyRingInForce>();
        services.AddSingleton<CallerGate>();
        services.AddSingleton<GatewayPolicyInForce>();
        services.TryAddSingleton<WorkloadsInForce>();
        services.AddSingleton<WorkloadBook>();
        services.AddSingleton<CalibrationMonitor>();
        services.AddSingleton<DecisionLog>();
        services.AddSingleton<DecisionDesk>();
        services.AddSingleton<DecisionEndpoints>();
        services.AddSingleton<BodyGate>();
        services.AddSingleton<IngestEndpoint>();
        services.AddSingleton<GatewayEndpoints>();
        services.AddSingleton(provider => SharingBook.Read(provider.GetRequiredService<IConfiguration>()));
        services.TryAddSingleton<IReportSource, FindingSource>();
        services.AddSingleton<ReportEndpoints>();
        services.AddSingleton<TaxiiEndpoints>();
        services.AddWebhooks();
        services.AddReview();
        Sessions.Add(services);
        services.AddSentinelOpenApi();
        services.AddRazorComponents();
        services.AddSingleton<FindingDesk>();
        return services;
    }

    /// <summary>
    /// What the server has to let through: gateways pass their clients' headers and paths on, and a client's odd byte must
    /// not be an error to the gateway.
    /// </summary>
    public static void ConfigureServer(KestrelServerOptions server)
    {
        ArgumentNullException.ThrowIfNull(server);
        const int HeaderBytesMax = 64 * 1024;
        const int OwnHeaderBytes = 16 * 1024; // What a gateway adds to the most that its client may send.
        server.AddServerHeader = false;
        server.Limits.MaxRequestHeadersTotalSize = HeaderBytesMax + OwnHeaderBytes;
        server.Limits.MaxRequestHeaderCount = 1_000;
        server.Limits.MaxRequestLineSize = HeaderBytesMax;
        server.Limits.Http2.MaxRequestHeaderFieldSize = HeaderBytesMax;
        server.RequestHeaderEncodingSelector = static _ => Encoding.Latin1; // No byte is an error.
    }

    /// <summary>Maps the endpoints, and makes every error a problem.</summary>
    public static WebApplication MapSentinelApi(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        MapErrors(app);
        MapGate(app);
        app.Services.GetRequiredService<WorkloadBook>(); // A file that is wrong is told at the start.
        app.Services.GetRequiredService<ApiTelemetry>(); // Shows the board from the start, not from the first answer.
        IndexEndpoint.Map(app);
        DecisionEndpoints.Map(app);
        GatewayFronts.Map(app);
        var ingest = app.MapGroup("").WithMetadata(new NeedsScope(CallerScopes.Ingest));
        IngestEndpoint.Map(ingest);
        GatewayEndpoints.Map(ingest);
        var findings = app.MapGroup("").WithMetadata(new NeedsScope(CallerScopes.Admin));
        AccountEndpoints.Map(findings);
        CampaignEndpoints.Map(findings);
        WorkloadEndpoints.Map(findings);
        CalibrationEndpoints.Map(findings);
        app.Services.GetRequiredService<SharingBook>(); // What is configured wrongly is told at the start.
        ReportEndpoints.Map(findings);
        ShareEndpoints.Map(findings);
        TaxiiEndpoints.Map(app.MapGroup("").WithMetadata(new NeedsScope(CallerScopes.Taxii)));
        CaseEndpoints.Map(app);
        ReadEndpoints.Map(app);
        LookEndpoints.Map(app);
        PeopleEndpoints.Map(app);
        app.Services.GetRequiredService<WebhookBook>(); // As with what is shared.
        WebhookEndpoints.Map(app);
        OidcSignIn.Map(app);
        ConsoleEndpoints.Map(app);
        HealthEndpoints.Map(app);
        app.MapOpenApi("/openapi/v1.json");
        return app;
    }

    /// <summary>Maps health alone: for a process that answers nothing else.</summary>
    public static WebApplication MapSentinelHealth(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        MapErrors(app);
        HealthEndpoints.Map(app);
        return app;
    }

    // Fronts are answered as soon as they are found, and have it before each of them.
    private static void MapGate(WebApplication app)
    {
        if (app.Services.GetRequiredService<KeyRingInForce>().Current is not null)
        {
            var gate = app.Services.GetRequiredService<CallerGate>();
            app.Use((http, next) => gate.PassAsync(http, next));
        }

        var review = app.Services.GetRequiredService<ReviewGate>();
        app.Use((http, next) => review.PassAsync(http, next));
    }

    private static void MapErrors(WebApplication app)
    {
        app.UseExceptionHandler(errors => errors.Run(AnswerExceptionAsync));
        app.UseWhen(
            static context => context.GetEndpoint()?.Metadata.GetMetadata<AnswersItself>() is null,
            static branch => branch.UseStatusCodePages(context =>
                ApiProblem.ForStatus(context.HttpContext.Response.StatusCode, context.HttpContext.Request)
                    .ExecuteAsync(context.HttpContext)));
        app.Use(static (context, next) =>
        {
            context.Response.Headers.XContentTypeOptions = "nosniff";
            return next(context);
        });
    }

    // The exception itself goes to the log; the answer never shows it.
    private static Task AnswerExceptionAsync(HttpContext context)
    {
        var cause = context.Features.Get<IExceptionHandlerFeature>()?.Error;
        var status = cause is BadHttpRequestException bad ? bad.StatusCode : StatusCodes.Status500InternalServerError;
        if (status == StatusCodes.Status500InternalServerError && cause is not null)
        {
            var logger = context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger("Sentinel.Api");
            Log.RequestFailed(logger, context.GetEndpoint()?.DisplayName ?? "no endpoint", cause);
        }

        context.Response.StatusCode = status;
        return ApiProblem.ForStatus(status, context.Request).ExecuteAsync(context);
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.RequestFailed, LogLevel.Error, "A request to {Endpoint} failed.")]
        public static partial void RequestFailed(ILogger logger, string endpoint, Exception cause);
    }
}
