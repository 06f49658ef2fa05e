using System.Collections.Immutable;
using Sentinel.Detection.Ports;

namespace Sentinel.Streaming.Lanes;

/// <summary>How a submission ended.</summary>
public enum IngestEnd : byte
{
    /// <summary>All of it was taken.</summary>
    Done,

    /// <summary>There was no room for some of it: submit it again later.</summary>
    Busy,

    /// <summary>It has more bytes than allowed; what came before was taken.</summary>
    TooLarge,

    /// <summary>The lane is stopping: submit it again to its successor.</summary>
    Stopping,
}

/// <summary>
/// What became of a submission. Whatever is counted as accepted or duplicate is durable; submitting it again makes it a
/// duplicate.
/// </summary>
/// <param name="End">How it ended.</param>
/// <param name="Accepted">Exchanges that were new.</param>
/// <param name="Duplicates">Exchanges whose event id was known.</param>
/// <param name="Rejected">Lines that could not be used.</param>
/// <param name="Letters">The first of the rejected.</param>
public sealed record IngestOutcome(
    IngestEnd End, long Accepted, long Duplicates, long Rejected, ImmutableArray<DeadLetter> Letters);
