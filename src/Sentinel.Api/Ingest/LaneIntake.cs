using Sentinel.Streaming.Lanes;

namespace Sentinel.Api.Ingest;

/// <summary>Hands posted exchanges to the lane that the host has started. One writer (the host), any readers.</summary>
/// <param name="clock">Names submissions.</param>
public sealed class LaneIntake(TimeProvider clock) : IExchangeIntake
{
    private readonly SubmissionNames _names = new(clock);
    private volatile LiveLane? _lane;

    /// <summary>From now on exchanges go to this lane, which must be started.</summary>
    public void Open(LiveLane lane) => _lane = lane;

    /// <inheritdoc/>
    public async ValueTask<IntakeReceipt?> TakeAsync(ReadOnlyMemory<byte> lines, CancellationToken cancel)
    {
        if (_lane is not { } lane)
        {
            return null;
        }

        var outcome = await lane.SubmitAsync(lines, _names.Next(), cancel);
        return outcome.End == IngestEnd.Done
            ? new IntakeReceipt(outcome.Accepted, outcome.Duplicates, outcome.Rejected, outcome.Letters)
            : null;
    }
}
