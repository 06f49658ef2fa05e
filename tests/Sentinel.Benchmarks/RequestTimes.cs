using System.Diagnostics.Metrics;

namespace Sentinel.Benchmarks;

/// <summary>How long the server had each request, by the host's own instrument. Costs something, so only when asked for.</summary>
internal sealed class RequestTimes : IDisposable
{
    private readonly LatencyCounts _counts = new();
    private MeterListener? _listener;

    public string Begin()
    {
        _counts.Clear();
        _listener = new MeterListener
        {
            InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument is { Meter.Name: "Microsoft.AspNetCore.Hosting", Name: "http.server.request.duration" })
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        _listener.SetMeasurementEventCallback<double>((_, seconds, _, _) => _counts.Add(TimeSpan.FromSeconds(seconds)));
        _listener.Start();
        return "timing";
    }

    public string End()
    {
        Dispose();
        return _counts.ToString();
    }

    public void Dispose()
    {
        _listener?.Dispose();
        _listener = null;
    }
}
