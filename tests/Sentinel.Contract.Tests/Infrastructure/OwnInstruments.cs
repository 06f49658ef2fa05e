using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Sentinel.Api.Decisions;
using Sentinel.Api.Observability;
using Sentinel.Hosting.Observability;
using Sentinel.Storage.Observability;
using Sentinel.Streaming.Observability;

namespace Sentinel.Contract.Tests.Infrastructure;

/// <summary>Every instrument of the program, as Prometheus sees it.</summary>
internal static class OwnInstruments
{
    /// <summary>Names of all samples: with <c>_total</c>, and a histogram's three.</summary>
    public static HashSet<string> SampleNames()
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var instrument in All())
        {
            var family = MetricNames.FamilyOf(instrument);
            var kind = instrument.GetType().Name;
            string[] suffixes = kind.StartsWith("Histogram", StringComparison.Ordinal)
                ? ["_bucket", "_sum", "_count"]
                : kind.Contains("Counter", StringComparison.Ordinal) && !kind.Contains("UpDown", StringComparison.Ordinal)
                    ? ["_total"]
                    : [""];
            names.UnionWith(suffixes.Select(suffix => family + suffix));
        }

        return names;
    }

    public static List<Instrument> All()
    {
        var found = new List<Instrument>();
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var meters = services.GetRequiredService<IMeterFactory>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter.Scope == meters)
                {
                    found.Add(instrument);
                }
            },
        };
        listener.Start();
        using var streaming = new StreamingTelemetry(meters, TimeProvider.System);
        using var storage = new StoreTelemetry(meters);
        var api = new ApiTelemetry(meters, new DecisionBoard(16));
        var build = new BuildMeter(meters, "all");
        GC.KeepAlive((api, build));
        return found;
    }
}
