using System.ComponentModel.DataAnnotations;
using Sentinel.Streaming.Preparation;

namespace Sentinel.Streaming.Lanes;

/// <summary>The bounds of a lane that takes submissions.</summary>
public sealed record LiveLaneOptions
{
    /// <summary>How the lane commits.</summary>
    public LaneOptions Lane { get; init; } = new();

    /// <summary>
    /// Memory that prepared exchanges may take while they wait for the lane. Default 32 MiB: some 50 chunks of 256
    /// exchanges, half a second of work.
    /// </summary>
    [Range(2L * PreparedChunk.BytesMax, 1L << 30)]
    public long QueueBytesMax { get; init; } = 32L << 20;

    /// <summary>
    /// Submissions read at once. Default 16: each holds one chunk of lines, usually below 1 MiB and at most 6.
    /// </summary>
    [Range(1, 1_024)]
    public int SubmissionsMax { get; init; } = 16;

    /// <summary>Exchanges and dead letters that share one commit at most. Default 16,384, or 64 full chunks.</summary>
    [Range(1, 50_000)]
    public int GroupRowsMax { get; init; } = 16_384;

    /// <summary>Bytes of one submission, decompressed. Default 64 MiB.</summary>
    [Range(1, 1L << 32)]
    public long SubmissionBytesMax { get; init; } = 64L << 20;

    /// <summary>Dead letters told to the submitter; the others are counted and kept in the store.</summary>
    [Range(0, 10_000)]
    public int LettersToldMax { get; init; } = 100;

    /// <summary>How long a submission waits for room before it is told that the lane is busy. Default 5 s.</summary>
    public TimeSpan BusyWaitMax { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Threads that prepare.</summary>
    [Range(1, 1_024)]
    public int WorkerCount { get; init; } = Environment.ProcessorCount;

    /// <summary>Prepared chunks that can exist.</summary>
    internal int ChunksMax => (int)Math.Max(2, QueueBytesMax / PreparedChunk.BytesMax);
}
