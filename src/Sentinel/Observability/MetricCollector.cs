using System.Diagnostics.Metrics;

namespace Sentinel.Hosting.Observability;

/// <summary>
/// Listens to the program's instruments, the runtime's and the web server's, and keeps their values for whoever comes
/// for them. Everything is bounded: instruments, series of each, and buckets.
/// </summary>
/// <remarks>Thread-safe. One collection runs at a time.</remarks>
internal sealed class MetricCollector : IDisposable
{
    /// <summary>Meters listened to: by whole name, or by the part before the asterisk.</summary>
    public static readonly string[] Meters =
    [
        "LlmSentinel.*", "System.Runtime", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel",
    ];

    // The program, the runtime and the server have about a hundred.
    private const int InstrumentsMax = 512;

    // Of a histogram whose instrument gives no advice.
    private static readonly double[] PlainBounds =
        [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

    private readonly Lock _gate = new();
    private readonly Lock _collecting = new();
    private readonly List<SeriesTable> _tables = [];
    private readonly MeterListener _listener = new();
    private readonly int _seriesMax;

    /// <summary>Listens from now on.</summary>
    public MetricCollector(int seriesMax)
    {
        _seriesMax = seriesMax;
        _listener.InstrumentPublished = Begin;
        _listener.MeasurementsCompleted = End;
        _listener.SetMeasurementEventCallback<byte>(static (_, value, tags, state) => Take(state, value, tags));
        _listener.SetMeasurementEventCallback<short>(static (_, value, tags, state) => Take(state, value, tags));
        _listener.SetMeasurementEventCallback<int>(static (_, value, tags, state) => Take(state, value, tags));
        _listener.SetMeasurementEventCallback<long>(static (_, value, tags, state) => Take(state, value, tags));
        _listener.SetMeasurementEventCallback<float>(static (_, value, tags, state) => Take(state, value, tags));
        _listener.SetMeasurementEventCallback<double>(static (_, value, tags, state) => Take(state, value, tags));
        _listener.SetMeasurementEventCallback<decimal>(
            static (_, value, tags, state) => Take(state, (double)value, tags));
        _listener.Start();
    }

    /// <summary>Asks the observable instruments, and hands out all tables in the order of their names.</summary>
    public void Collect(Action<string, SeriesTable> show)
    {
        lock (_collecting)
        {
            foreach (var table in Tables())
            {
                table.BeginCollection();
            }

            _listener.RecordObservableInstruments();
            foreach (var (family, table) in Tables()
                .Select(static table => (Family: MetricNames.FamilyOf(table.Instrument), Table: table))
                .OrderBy(static pair => pair.Family, StringComparer.Ordinal))
            {
                show(family, table);
            }
        }
    }

    public void Dispose() => _listener.Dispose();

    private static bool IsListenedTo(string meter) => Array.Exists(Meters, pattern =>
        pattern.EndsWith('*')
            ? meter.StartsWith(pattern[..^1], StringComparison.Ordinal)
            : string.Equals(meter, pattern, StringComparison.Ordinal));

    // No table: the instrument's meter is being disposed of while its value is on the way.
    private static void Take(object? state, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        (state as SeriesTable)?.Take(value, tags);

    private static SeriesKind KindOf(Instrument instrument)
    {
        var type = instrument.GetType();
        var plain = type.IsGenericType ? type.GetGenericTypeDefinition() : type;
        if (plain == typeof(Counter<>) || plain == typeof(ObservableCounter<>))
        {
            return SeriesKind.Counter;
        }

        return plain == typeof(Histogram<>) ? SeriesKind.Histogram : SeriesKind.Gauge;
    }

    private static double[] BoundsOf(Instrument instrument) => instrument switch
    {
        Histogram<double> { Advice.HistogramBucketBoundaries: { Count: > 0 } bounds } => [.. bounds],
        Histogram<long> { Advice.HistogramBucketBoundaries: { Count: > 0 } bounds } =>
            [.. bounds.Select(static bound => (double)bound)],
        _ => PlainBounds,
    };

    private SeriesTable[] Tables()
    {
        lock (_gate)
        {
            return [.. _tables];
        }
    }

    private void Begin(Instrument instrument, MeterListener listener)
    {
        if (!IsListenedTo(instrument.Meter.Name))
        {
            return;
        }

        var kind = KindOf(instrument);
        var table = new SeriesTable(
            instrument, kind, kind == SeriesKind.Histogram ? BoundsOf(instrument) : [], _seriesMax);
        lock (_gate)
        {
            if (_tables.Count >= InstrumentsMax)
            {
                return;
            }

            _tables.Add(table);
        }

        listener.EnableMeasurementEvents(instrument, table);
    }

    // Its meter was disposed of.
    private void End(Instrument instrument, object? state)
    {
        lock (_gate)
        {
            _tables.RemoveAll(table => ReferenceEquals(table, state));
        }
    }
}
