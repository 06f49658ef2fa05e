using System.Buffers;
using System.Diagnostics;
using Sentinel.Detection.Ports;

namespace Sentinel.Streaming.Observability;

/// <summary>A snapshot store as it is, measured and traced from outside.</summary>
/// <param name="store">The store.</param>
/// <param name="telemetry">Where to tell.</param>
/// <param name="clock">Times calls.</param>
public sealed class MeteredSnapshots(ISnapshotStore store, StreamingTelemetry telemetry, TimeProvider clock)
    : ISnapshotStore
{
    private const string Write = "write";
    private const string Read = "read";

    /// <inheritdoc/>
    public async Task WriteAsync(string name, ReadOnlySequence<byte> bytes, CancellationToken cancel)
    {
        var began = clock.GetTimestamp();
        using var span = telemetry.Trace.Snapshot(Write);
        var isDone = false;
        try
        {
            await store.WriteAsync(name, bytes, cancel);
            isDone = true;
        }
        finally
        {
            End(span, Write, isDone, bytes.Length, began);
        }
    }

    /// <inheritdoc/>
    public async Task<IMemoryOwner<byte>?> ReadAsync(string name, CancellationToken cancel)
    {
        var began = clock.GetTimestamp();
        using var span = telemetry.Trace.Snapshot(Read);
        IMemoryOwner<byte>? bytes = null;
        var isDone = false;
        try
        {
            bytes = await store.ReadAsync(name, cancel);
            isDone = true;
        }
        finally
        {
            End(span, Read, isDone, bytes?.Memory.Length ?? 0, began);
        }

        return bytes;
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> ListAsync(string prefix, CancellationToken cancel) =>
        store.ListAsync(prefix, cancel);

    /// <inheritdoc/>
    public Task DeleteAsync(string name, CancellationToken cancel) => store.DeleteAsync(name, cancel);

    private void End(Activity? span, string operation, bool isDone, long length, long began)
    {
        span?.SetTag("sentinel.bytes", length);
        if (isDone)
        {
            telemetry.Snapshots.Moved(operation, length, clock.GetElapsedTime(began));
            return;
        }

        span?.SetStatus(ActivityStatusCode.Error);
        telemetry.Snapshots.Failed(operation);
    }
}
