using System.Diagnostics;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Sentinel.Hosting.Observability;

/// <summary>
/// Sends metrics and spans to an OTLP collector over HTTP. A collector that is away costs what it would have got,
/// never the program's work: queues are bounded by the exporter and the oldest give way.
/// </summary>
internal sealed class OtlpExport : IDisposable
{
    private const int SpansQueuedMax = 4_096;
    private const int SpansAtOnceMax = 512;
    private const int TimeoutMs = 10_000;

    private readonly MeterProvider _meters;
    private readonly TracerProvider _tracers;

    /// <summary>Begins to send.</summary>
    /// <param name="options">Where to and how often; an address must be given.</param>
    /// <param name="roles">The roles of this process.</param>
    /// <param name="instance">Name of this process among its kind.</param>
    public OtlpExport(TelemetryOptions options, string roles, string instance)
    {
        var resource = ResourceBuilder.CreateEmpty()
            .AddService("llm-sentinel", serviceInstanceId: instance, autoGenerateServiceInstanceId: false)
            .AddAttributes([new("llm_sentinel.role", roles)]);
        var address = options.OtlpEndpoint.TrimEnd('/');
        _meters = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(resource)
            .AddMeter(MetricCollector.Meters)
            .AddOtlpExporter((exporter, reader) =>
            {
                Address(exporter, address + "/v1/metrics");
                reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds =
                    options.OtlpIntervalSeconds * 1_000;
            })
            .Build();
        _tracers = Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(resource)
            .AddSource("LlmSentinel.*")
            .SetSampler(new ParentBasedSampler(new TraceIdRatioBasedSampler(options.TraceShare)))
            .AddOtlpExporter(exporter =>
            {
                Address(exporter, address + "/v1/traces");
                exporter.BatchExportProcessorOptions = new BatchExportProcessorOptions<Activity>
                {
                    MaxQueueSize = SpansQueuedMax,
                    MaxExportBatchSize = SpansAtOnceMax,
                };
            })
            .Build();
    }

    /// <summary>Sends what is left, within the exporter's time limit.</summary>
    public void Dispose()
    {
        _tracers.Dispose();
        _meters.Dispose();
    }

    private static void Address(OtlpExporterOptions exporter, string address)
    {
        exporter.Endpoint = new Uri(address);
        exporter.Protocol = OtlpExportProtocol.HttpProtobuf;
        exporter.TimeoutMilliseconds = TimeoutMs;
    }
}
