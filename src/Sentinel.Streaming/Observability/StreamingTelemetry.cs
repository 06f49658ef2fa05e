using System.Diagnostics.Metrics;

namespace Sentinel.Streaming.Observability;

/// <summary>
/// All instruments and spans of lanes, consumers, snapshots and feeds: one instance a process, shared by its roles.
/// </summary>
/// <remarks>Thread-safe. What nobody listens to costs a branch.</remarks>
public sealed class StreamingTelemetry : IDisposable
{
    /// <summary>Name of the meter and of the span source.</summary>
    public const string Name = "LlmSentinel.Streaming";

    /// <summary>Makes the instruments.</summary>
    /// <param name="meters">Owns the meter.</param>
    /// <param name="clock">Tells ages.</param>
    public StreamingTelemetry(IMeterFactory meters, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(meters);
        ArgumentNullException.ThrowIfNull(clock);
        var meter = meters.Create(Name);
        Lanes = new LaneMeter(meter);
        Scores = new ScoreMeter(meter);
        Consumers = new ConsumerMeter(meter);
        Snapshots = new SnapshotMeter(meter, clock);
        Feeds = new FeedMeter(meter);
        Trace = new StreamingTrace();
    }

    /// <summary>What lanes take, commit and conclude.</summary>
    public LaneMeter Lanes { get; }

    /// <summary>The classifier's batches.</summary>
    public ScoreMeter Scores { get; }

    /// <summary>Partitions as the consumer sees them.</summary>
    public ConsumerMeter Consumers { get; }

    /// <summary>Snapshots of lane state.</summary>
    public SnapshotMeter Snapshots { get; }

    /// <summary>Feeds of compacted topics.</summary>
    public FeedMeter Feeds { get; }

    /// <summary>Spans.</summary>
    public StreamingTrace Trace { get; }

    /// <inheritdoc/>
    public void Dispose() => Trace.Dispose();
}
