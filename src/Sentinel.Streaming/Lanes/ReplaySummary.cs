namespace Sentinel.Streaming.Lanes;

/// <summary>How far a run is.</summary>
/// <param name="Lines">Lines dealt with, good and bad; blank ones are not counted.</param>
/// <param name="BytesRead">Bytes read of the input as it lies.</param>
/// <param name="BytesTotal">Bytes of the whole input, or null when not known.</param>
/// <param name="Elapsed">Since the run began.</param>
public readonly record struct RunProgress(long Lines, long BytesRead, long? BytesTotal, TimeSpan Elapsed);

/// <summary>What a replay did and found.</summary>
/// <param name="Recovered">Exchanges that the store held before.</param>
/// <param name="Counts">What became of the input's lines.</param>
/// <param name="Exchanges">Exchanges judged, those recovered included.</param>
/// <param name="Accounts">Accounts seen.</param>
/// <param name="Flagged">Accounts flagged.</param>
/// <param name="Campaigns">Campaigns that stand.</param>
/// <param name="Elapsed">From the first line to the last commit.</param>
public sealed record ReplaySummary(
    long Recovered,
    LaneCounts Counts,
    long Exchanges,
    int Accounts,
    int Flagged,
    int Campaigns,
    TimeSpan Elapsed);
