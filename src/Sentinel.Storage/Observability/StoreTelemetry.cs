using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Sentinel.Storage.Observability;

/// <summary>Instruments and spans of what goes to ClickHouse and comes back. One a process. Thread-safe.</summary>
public sealed class StoreTelemetry : IDisposable
{
    /// <summary>Name of the meter and of the span source.</summary>
    public const string Name = "LlmSentinel.Storage";

    private readonly ActivitySource _source = new(Name);
    private readonly Histogram<double> _insertDuration;
    private readonly Histogram<double> _queryDuration;
    private readonly Counter<long> _insertBytes;
    private readonly Counter<long> _failures;
    private readonly Counter<long> _retries;
    private long _unavailable;

    /// <summary>Makes the instruments.</summary>
    public StoreTelemetry(IMeterFactory meters)
    {
        ArgumentNullException.ThrowIfNull(meters);
        var meter = meters.Create(Name);
        var seconds = new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries =
                [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
        };
        _insertDuration = meter.CreateHistogram(
            "sentinel.store.insert.duration", "s", "Time until an inserted block was durable, by table.", tags: null,
            seconds);
        _queryDuration = meter.CreateHistogram(
            "sentinel.store.query.duration", "s", "Time that a query took.", tags: null, seconds);
        _insertBytes = meter.CreateCounter<long>(
            "sentinel.store.insert.bytes", "By", "Bytes of inserted blocks before compression, by table.");
        _failures = meter.CreateCounter<long>(
            "sentinel.store.failures", "{call}", "Calls that ClickHouse or the way to it failed, by operation.");
        _retries = meter.CreateCounter<long>(
            "sentinel.store.insert.retries", "{attempt}", "Inserts tried again.");
        meter.CreateObservableGauge(
            "sentinel.store.unavailable", () => Interlocked.Read(ref _unavailable), unit: null,
            "1 while the last call to ClickHouse failed.");
    }

    /// <summary>An insert was tried again.</summary>
    public void Retried() => _retries.Add(1);

    /// <summary>Whether ClickHouse answers; told by who speaks to it after every attempt.</summary>
    public void SetAvailable(bool isAvailable) => Interlocked.Exchange(ref _unavailable, isAvailable ? 0 : 1);

    /// <inheritdoc/>
    public void Dispose() => _source.Dispose();

    internal Activity? Insert(string table, long bytes) => _source
        .StartActivity("sentinel.insert", ActivityKind.Client)?
        .SetTag("db.system.name", "clickhouse").SetTag("db.collection.name", table).SetTag("sentinel.bytes", bytes);

    internal void Inserted(string table, long bytes, TimeSpan duration)
    {
        var tag = new KeyValuePair<string, object?>("table", table);
        _insertBytes.Add(bytes, tag);
        _insertDuration.Record(duration.TotalSeconds, tag);
    }

    internal void Queried(TimeSpan duration) => _queryDuration.Record(duration.TotalSeconds);

    internal void Failed(string operation) =>
        _failures.Add(1, new KeyValuePair<string, object?>("operation", operation));
}
