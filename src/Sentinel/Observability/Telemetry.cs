using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;
using Sentinel.Storage.Observability;
using Sentinel.Streaming.Observability;

namespace Sentinel.Hosting.Observability;

/// <summary>Puts instruments, the endpoint for Prometheus, OTLP and logging into a host.</summary>
internal static class Telemetry
{
    private const string Timestamp = "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ";

    /// <summary>What is configured.</summary>
    /// <exception cref="CommandException">Something is out of its range; names every key.</exception>
    public static TelemetryOptions ReadOptions(IConfiguration configuration)
    {
        try
        {
            var options = configuration.GetSection(TelemetryOptions.Section).Get<TelemetryOptions>()
                ?? new TelemetryOptions();
            var failures = new IValidateOptions<TelemetryOptions>[]
            {
                new TelemetryOptionsValidator(), new TelemetryAddressValidator(),
            }.SelectMany(check => check.Validate(name: null, options).Failures ?? []).ToArray();
            return failures.Length > 0 ? throw CommandException.Usage(string.Join(' ', failures)) : options;
        }
        catch (InvalidOperationException cause)
        {
            throw CommandException.Usage($"{cause.Message} {cause.InnerException?.Message}"); // Not a number, say.
        }
    }

    /// <summary>Registers the instruments and who listens to them.</summary>
    /// <param name="services">The host's services; they hold the clock.</param>
    /// <param name="options">Who listens.</param>
    /// <param name="roles">The roles of this process, as on the command line.</param>
    /// <param name="instance">Name of this process among its kind.</param>
    public static void Add(IServiceCollection services, TelemetryOptions options, string roles, string instance)
    {
        services.AddMetrics();
        services.AddSingleton<StreamingTelemetry>();
        services.AddSingleton<StoreTelemetry>();
        services.AddSingleton(provider => new BuildMeter(provider.GetRequiredService<IMeterFactory>(), roles));
        services.AddSingleton(_ => new MetricCollector(options.SeriesMax));
        if (options.OtlpEndpoint.Length > 0)
        {
            services.AddSingleton(_ => new OtlpExport(options, roles, instance));
        }
    }

    /// <summary>Begins to listen, and maps the endpoint.</summary>
    public static void Map(WebApplication app)
    {
        // Listeners first: they then see every instrument from its first value on.
        app.Services.GetRequiredService<MetricCollector>();
        app.Services.GetService<OtlpExport>();
        app.Services.GetRequiredService<BuildMeter>();
        app.Services.GetRequiredService<StreamingTelemetry>();
        app.Services.GetRequiredService<StoreTelemetry>();
        MetricsEndpoint.Map(app);
    }

    /// <summary>Log lines, on standard error: standard output is for what the command answers.</summary>
    public static void AddLogging(ILoggingBuilder logging, TelemetryOptions options)
    {
        logging.SetMinimumLevel(options.LogLevel);
        logging.AddFilter("Microsoft", LogLevel.Warning);
        logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.None); // The command tells what it met, in one line.
        if (options.Logs == LogForm.Json)
        {
            logging.AddJsonConsole(static console =>
            {
                console.UseUtcTimestamp = true;
                console.TimestampFormat = Timestamp.TrimEnd();
            });
        }
        else
        {
            logging.AddSimpleConsole(static console =>
            {
                console.SingleLine = true;
                console.UseUtcTimestamp = true;
                console.TimestampFormat = Timestamp;
                console.ColorBehavior = LoggerColorBehavior.Disabled;
            });
        }

        logging.Services.Configure<ConsoleLoggerOptions>(static console =>
            console.LogToStandardErrorThreshold = LogLevel.Trace);
    }
}
