using System.Diagnostics;

namespace Sentinel.Streaming.Observability;

/// <summary>
/// Spans of a batch's way and of what is done beside it. Never one for a single exchange, and never an account or a
/// text in one. A span is null, and free, while nobody listens.
/// </summary>
public sealed class StreamingTrace : IDisposable
{
    private readonly ActivitySource _source = new(StreamingTelemetry.Name);

    /// <summary>A batch, from its hand-over to the lane until the lane has taken it.</summary>
    public Activity? Batch(string lane, int partition, int records) => _source
        .StartActivity("sentinel.batch", ActivityKind.Consumer)?
        .SetTag("sentinel.lane", lane)
        .SetTag("messaging.destination.partition.id", partition)
        .SetTag("messaging.batch.message_count", records);

    /// <summary>Decoding, reading and scoring of a batch.</summary>
    public Activity? Prepare(int records) =>
        _source.StartActivity("sentinel.prepare")?.SetTag("messaging.batch.message_count", records);

    /// <summary>Judging of a batch.</summary>
    public Activity? Judge() => _source.StartActivity("sentinel.judge");

    /// <summary>A commit, until it is durable.</summary>
    public Activity? Commit(string lane) =>
        _source.StartActivity("sentinel.commit")?.SetTag("sentinel.lane", lane);

    /// <summary>Judging of the changed groups.</summary>
    public Activity? Tick() => _source.StartActivity("sentinel.tick");

    /// <summary>Writing or reading a blob of a snapshot.</summary>
    public Activity? Snapshot(string operation) =>
        _source.StartActivity("sentinel.snapshot")?.SetTag("sentinel.operation", operation);

    /// <inheritdoc/>
    public void Dispose() => _source.Dispose();
}
