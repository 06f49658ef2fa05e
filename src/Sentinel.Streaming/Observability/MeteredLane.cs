using System.Diagnostics;
using Sentinel.Streaming.Partitions;

namespace Sentinel.Streaming.Observability;

/// <summary>A lane as it is, measured and traced from outside.</summary>
/// <param name="lane">The lane; from now on this one's.</param>
/// <param name="role">Name of its role: <c>account</c>, <c>links</c> or <c>campaigns</c>.</param>
/// <param name="partition">Its partition.</param>
/// <param name="telemetry">Where to tell.</param>
/// <param name="clock">Times calls.</param>
/// <param name="snapshots">Shows the age of the lane's snapshots; given up with the lane.</param>
public sealed class MeteredLane(
    IPartitionLane lane,
    string role,
    int partition,
    StreamingTelemetry telemetry,
    TimeProvider clock,
    SnapshotGauge snapshots) : IPartitionLane
{
    /// <inheritdoc/>
    public long DurableOffset => lane.DurableOffset;

    /// <inheritdoc/>
    public async Task<long> OpenAsync(long committedOffset, CancellationToken cancel)
    {
        var began = clock.GetTimestamp();
        var offset = await lane.OpenAsync(committedOffset, cancel);
        telemetry.Lanes.Opened(role, clock.GetElapsedTime(began));
        return offset;
    }

    /// <inheritdoc/>
    public async ValueTask TakeAsync(ReadOnlyMemory<LogRecord> records, CancellationToken cancel)
    {
        if (records.IsEmpty)
        {
            return;
        }

        // Records are in the order of their offsets, so the first is the oldest; after the call it is not ours to read.
        var writtenAtMs = records.Span[0].WrittenAtMs;
        var began = clock.GetTimestamp();
        using (telemetry.Trace.Batch(role, partition, records.Length))
        {
            await lane.TakeAsync(records, cancel);
        }

        telemetry.Lanes.Took(role, records.Length, clock.GetElapsedTime(began), AgeOf(writtenAtMs));
    }

    /// <inheritdoc/>
    public ValueTask IdleAsync(DateTimeOffset since, DateTimeOffset now, CancellationToken cancel) =>
        lane.IdleAsync(since, now, cancel);

    /// <inheritdoc/>
    public async Task FlushAsync(CancellationToken cancel)
    {
        using var span = telemetry.Trace.Commit(role);
        try
        {
            await lane.FlushAsync(cancel);
        }
        catch (Lanes.LaneFaultedException)
        {
            span?.SetStatus(ActivityStatusCode.Error);
            telemetry.Lanes.CommitFailed(role);
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        snapshots.Dispose();
        return lane.DisposeAsync();
    }

    private TimeSpan AgeOf(long writtenAtMs)
    {
        var age = clock.GetUtcNow() - DateTimeOffset.FromUnixTimeMilliseconds(Math.Max(0, writtenAtMs));
        return writtenAtMs > 0 && age > TimeSpan.Zero ? age : TimeSpan.Zero; // Clocks of two machines may disagree.
    }
}
