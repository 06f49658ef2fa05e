using System.Collections.Immutable;
using Sentinel.Detection.Ports;

namespace Sentinel.Api.Ingest;

/// <summary>Takes posted exchanges into the log. Thread-safe.</summary>
public interface IExchangeIntake
{
    /// <summary>
    /// Takes lines of exchange.v1 and ends when everything that they caused is durable. The same lines may be taken
    /// again: what is known already counts as duplicate.
    /// </summary>
    /// <param name="lines">NDJSON. Not touched after the task ended.</param>
    /// <param name="cancel">Stops waiting; what was taken stays taken.</param>
    /// <returns>What became of the lines, or null when there is no room now.</returns>
    ValueTask<IntakeReceipt?> TakeAsync(ReadOnlyMemory<byte> lines, CancellationToken cancel);
}

/// <summary>What became of posted lines.</summary>
/// <param name="Accepted">Lines that are new and durable.</param>
/// <param name="Duplicate">Lines whose event was known.</param>
/// <param name="Rejected">Lines that could not be used, all of them.</param>
/// <param name="Reasons">The first of the rejected ones.</param>
public sealed record IntakeReceipt(long Accepted, long Duplicate, long Rejected, ImmutableArray<DeadLetter> Reasons);
