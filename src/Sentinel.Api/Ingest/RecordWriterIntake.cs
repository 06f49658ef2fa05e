using Sentinel.Streaming.Partitions;

namespace Sentinel.Api.Ingest;

/// <summary>Hands posted exchanges to the topic that the host has opened. One writer (the host), any readers.</summary>
/// <param name="clock">Names submissions.</param>
public sealed class RecordWriterIntake(TimeProvider clock) : IExchangeIntake
{
    private readonly SubmissionNames _names = new(clock);
    private volatile RecordIntake? _intake;

    /// <summary>From now on exchanges go there.</summary>
    public void Open(RecordIntake intake) => _intake = intake;

    /// <inheritdoc/>
    public async ValueTask<IntakeReceipt?> TakeAsync(ReadOnlyMemory<byte> lines, CancellationToken cancel)
    {
        if (_intake is not { } intake)
        {
            return null;
        }

        var outcome = await intake.SubmitAsync(lines, _names.Next(), cancel);
        return new IntakeReceipt(outcome.Accepted, outcome.Duplicates, outcome.Rejected, outcome.Letters);
    }
}
