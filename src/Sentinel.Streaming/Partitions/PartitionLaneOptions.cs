using System.ComponentModel.DataAnnotations;

namespace Sentinel.Streaming.Partitions;

/// <summary>How lanes of partitions commit and save their state. No value changes any result.</summary>
public sealed record PartitionLaneOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Lanes";

    /// <summary>
    /// Rows after which a commit to the store begins. Default 50,000: about 15 MiB of observations, a block of the size
    /// that ClickHouse likes. Two blocks can be in memory.
    /// </summary>
    [Range(1, 100_000)]
    public int CommitRowsMax { get; init; } = 50_000;

    /// <summary>How long rows wait for a commit while more arrive. Default one second.</summary>
    public TimeSpan CommitDelayMax { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Time between two snapshots. Default 15 s: so much of the log is read again after a crash, and of a busy partition
    /// some 3 MB/s are written.
    /// </summary>
    public TimeSpan SnapshotEvery { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Changes in memory after which a snapshot does not wait. Default 256 MiB.</summary>
    [Range(1 << 20, long.MaxValue)]
    public long UnsavedBytesMax { get; init; } = 256L << 20;

    /// <summary>
    /// How long a partition is empty before its account lane ends ticks by the clock, so that others need not wait for it.
    /// Default 10 s.
    /// </summary>
    public TimeSpan IdleAfter { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How far an exchange may be ahead of the time at which its record was written; what lies further ahead counts as
    /// that far, since one clock that is wrong would carry all event time with it. Default 10 min.
    /// </summary>
    public TimeSpan AheadMax { get; init; } = TimeSpan.FromMinutes(10);
}
