using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Sentinel.Api;
using Sentinel.Api.Findings;
using Sentinel.Api.Security;
using Sentinel.Detection.Ports;
using Sentinel.Hosting.Observability;
using Sentinel.Streaming.Observability;

namespace Sentinel.Hosting.Serving;

/// <summary>Builds and runs the web host around what works behind it.</summary>
internal static class ServingProgram
{
    private const string EnvironmentPrefix = "LLMSENTINEL_";

    /// <summary>The configuration: optional appsettings.json in the working folder, then the environment.</summary>
    /// <exception cref="CommandException">The file is no configuration.</exception>
    public static IConfiguration ReadConfiguration()
    {
        try
        {
            return new ConfigurationBuilder()
                .SetBasePath(Directory.GetCurrentDirectory())
                .AddJsonFile("appsettings.json", optional: true)
                .AddEnvironmentVariables(EnvironmentPrefix)
                .Build();
        }
        catch (InvalidDataException cause)
        {
            throw CommandException.Usage($"{cause.Message} {cause.InnerException?.Message}");
        }
    }

    /// <summary>What is configured, with what the command line says on top.</summary>
    /// <exception cref="CommandException">Something is out of its range; names every key.</exception>
    public static ServeOptions ReadOptions(IConfiguration configuration, string? urls, string? data, string? role)
    {
        try
        {
            var options = configuration.GetSection(ServeOptions.Section).Get<ServeOptions>() ?? new ServeOptions();
            options.Urls = urls ?? options.Urls;
            options.Data = data ?? options.Data;
            options.Role = role ?? options.Role;
            var outcome = new ServeOptionsValidator().Validate(name: null, options);
            return outcome.Failed ? throw CommandException.Usage(outcome.FailureMessage) : options;
        }
        catch (InvalidOperationException cause)
        {
            throw CommandException.Usage($"{cause.Message} {cause.InnerException?.Message}"); // Not a number, say.
        }
    }

    /// <summary>Serves until the program is told to stop.</summary>
    /// <param name="options">Where to listen.</param>
    /// <param name="configuration">Options of the API.</param>
    /// <param name="work">What works behind the server.</param>
    /// <param name="model">The classifier.</param>
    /// <param name="clock">Times everything.</param>
    /// <param name="listening">Told the addresses once they are open.</param>
    /// <exception cref="CommandException">It is configured wrongly, could not listen, or the lane failed.</exception>
    public static async Task RunAsync(
        ServeOptions options,
        IConfiguration configuration,
        ServingWork work,
        ServedModel model,
        TimeProvider clock,
        Action<ICollection<string>> listening)
    {
        await using var app = BuildChecked(options, configuration, work, model, clock);
        try
        {
            await app.StartAsync();
        }
        catch (OptionsValidationException cause)
        {
            throw CommandException.Usage(cause.Message);
        }
        catch (OperationCanceledException) when (FailureOf(app) is not null)
        {
            throw FailureOf(app)!; // What works behind failed before the server had started.
        }
        catch (Exception cause) when (cause is IOException or FormatException or InvalidOperationException
            or CryptographicException)
        {
            await app.StopAsync(); // The lane is on its way already.
            throw CommandException.Failed($"cannot listen on {options.Urls}: {cause.Message}", cause);
        }

        listening(app.Urls);
        await app.WaitForShutdownAsync();
        if (FailureOf(app) is { } failure)
        {
            throw failure;
        }
    }

    private static CommandException? FailureOf(WebApplication app) =>
        app.Services.GetRequiredService<IServingHost>().Failure is { } failure
            ? failure as CommandException ?? CommandException.Failed(failure.Message, failure)
            : null;

    // Some options are used, and so checked, while the host is put together.
    private static WebApplication BuildChecked(
        ServeOptions options, IConfiguration configuration, ServingWork work, ServedModel model, TimeProvider clock)
    {
        try
        {
            return Build(options, configuration, work, model, clock);
        }
        catch (OptionsValidationException cause)
        {
            throw CommandException.Usage(cause.Message);
        }
    }

    private static WebApplication Build(
        ServeOptions options, IConfiguration configuration, ServingWork work, ServedModel model, TimeProvider clock)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Configuration.AddInMemoryCollection(
            [new("People:Address", options.Urls.Split(';', StringSplitOptions.TrimEntries)[0])]); // Unless another is configured.
        builder.Configuration.AddConfiguration(configuration);
        var telemetry = Telemetry.ReadOptions(configuration);
        Telemetry.AddLogging(builder.Logging, telemetry);
        var security = SecurityOptionsValidator.Read(configuration);
        if (work.Roles.HasFlag(ServeRoles.Api))
        {
            ListenAddresses.Check(options, security);
        }

        AddServer(builder.WebHost, options, security);
        builder.Services.AddRouting();
        builder.Services.Configure<HostOptions>(host =>
            host.ShutdownTimeout = TimeSpan.FromSeconds(options.DrainSeconds));
        builder.Services.AddSingleton(clock);
        Telemetry.Add(builder.Services, telemetry, ServeRolesText.Of(work.Roles), Environment.MachineName);
        builder.Services.AddSingleton<IScorer>(services => new MeteredScorer(
            model.Scorer, services.GetRequiredService<StreamingTelemetry>(), clock));
        builder.Services.AddSingleton(model);
        builder.Services.AddHostedService<ModelReload>();
        builder.Services.AddSingleton((IConfigurationRoot)configuration);
        builder.Services.AddHostedService<SettingsReload>();
        builder.Services.AddSingleton(MemoryOptions.ReadPolicy(configuration));
        builder.Services.AddSingleton<StoredFindings>();
        builder.Services.AddSingleton<IFindingReader>(static services => services.GetRequiredService<StoredFindings>());
        builder.Services.AddSentinelApi();
        work.Add(builder.Services);
        var app = builder.Build();
        Telemetry.Map(app);
        return work.Roles.HasFlag(ServeRoles.Api) ? app.MapSentinelApi() : app.MapSentinelHealth();
    }

    // Over TLS the client and the server agree on a version; without it a port speaks one.
    private static void AddServer(ConfigureWebHostBuilder host, ServeOptions options, SecurityOptions security)
    {
        var http2Ports = ListenAddresses.Of(options.Http2Urls).Select(static url => url.Port).ToHashSet();
        var tlsPorts = ListenAddresses.Of(options.Urls).Where(ListenAddresses.IsTls).Select(static url => url.Port)
            .ToHashSet();
        host.UseKestrelCore().UseKestrelHttpsConfiguration()
            .UseUrls([.. ListenAddresses.Split(options.Urls), .. ListenAddresses.Split(options.Http2Urls)])
            .ConfigureKestrel(kestrel =>
            {
                SentinelApi.ConfigureServer(kestrel);
                if (security.CertificateFile.Length > 0)
                {
                    kestrel.ConfigureHttpsDefaults(https => ServerCertificates.Configure(https, security));
                }

                kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Protocols =
                    tlsPorts.Contains(endpoint.IPEndPoint?.Port ?? 0) ? HttpProtocols.Http1AndHttp2
                    : http2Ports.Contains(endpoint.IPEndPoint?.Port ?? 0) ? HttpProtocols.Http2
                    : HttpProtocols.Http1);
            });
    }
}
