using System.Globalization;
using Sentinel.Streaming.Lanes;

namespace Sentinel.Api.Ingest;

/// <summary>Hands posted exchanges to the lane that the host has started. One writer (the host), any readers.</summary>
/// <param name="clock">Names submissions.</param>
public sealed class LaneIntake(TimeProvider clock) : IExchangeIntake
{
    private volatile LiveLane? _lane;
    private long _submissions;

    /// <summary>From now on exchanges go to this lane, which must be started.</summary>
    public void Open(LiveLane lane) => _lane = lane;

    /// <inheritdoc/>
    public async ValueTask<IntakeReceipt?> TakeAsync(ReadOnlyMemory<byte> lines, CancellationToken cancel)
    {
        if (_lane is not { } lane)
        {
            return null;
        }

        var outcome = await lane.SubmitAsync(lines, NextSource(), cancel);
        return outcome.End == IngestEnd.Done
            ? new IntakeReceipt(outcome.Accepted, outcome.Duplicates, outcome.Rejected, outcome.Letters)
            : null;
    }

    // A dead letter is named by its source and position, so no two submissions ever have the same source.
    private string NextSource()
    {
        var number = Interlocked.Increment(ref _submissions);
        return string.Create(
            CultureInfo.InvariantCulture, $"http-{clock.GetUtcNow():yyyyMMdd'T'HHmmss.fff'Z'}-{number}");
    }
}
