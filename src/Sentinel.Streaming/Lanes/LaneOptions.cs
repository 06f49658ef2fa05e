using System.ComponentModel.DataAnnotations;

namespace Sentinel.Streaming.Lanes;

/// <summary>How a lane commits. Neither value changes any result.</summary>
public sealed record LaneOptions
{
    /// <summary>
    /// Rows of all kinds after which a commit begins. Default 50,000: about 15 MiB of observations, a block of the size
    /// that ClickHouse likes. Two blocks can be in memory.
    /// </summary>
    [Range(1, Lane.RecoveryWindow - 1)]
    public int CommitRowsMax { get; init; } = 50_000;

    /// <summary>How long appended rows wait for a commit while more arrive. Default one second.</summary>
    public TimeSpan CommitDelayMax { get; init; } = TimeSpan.FromSeconds(1);
}
