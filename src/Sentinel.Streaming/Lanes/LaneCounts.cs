using System.Collections.Immutable;

namespace Sentinel.Streaming.Lanes;

/// <summary>What a lane has taken since it began; what it recovered is not in it.</summary>
/// <param name="Accepted">Exchanges that were new.</param>
/// <param name="Duplicates">Exchanges with an event id seen before.</param>
/// <param name="Rejected">Lines that could not be used, and sources that ended badly.</param>
/// <param name="RejectedByCode">The same by code, in ordinal order.</param>
public sealed record LaneCounts(
    long Accepted, long Duplicates, long Rejected, ImmutableSortedDictionary<string, long> RejectedByCode);

/// <summary>What became of one chunk.</summary>
internal readonly record struct ChunkOutcome(int Accepted, int Duplicates);
