using Sentinel.Detection.Policy;
using Sentinel.Detection.Ports;
using Sentinel.Detection.Rulings;
using Sentinel.Detection.Workloads;

namespace Sentinel.Streaming.Partitions;

/// <summary>What all lanes of one process work with. Immutable; its parts are thread-safe.</summary>
/// <param name="Topics">Names of the topics.</param>
/// <param name="Records">Where lanes write.</param>
/// <param name="Snapshots">Where lanes keep their state.</param>
/// <param name="OpenStore">Opens the store of one partition for findings; the lane disposes of what it gets.</param>
/// <param name="Policy">The thresholds.</param>
/// <param name="Options">How lanes commit.</param>
/// <param name="Clock">Times commits.</param>
/// <param name="Owner">
/// Letters and digits that no other process uses, so that two that believe to own a partition write different blobs.
/// </param>
/// <param name="Notify">Hears what people should know, in one sentence; must be quick.</param>
public sealed record LaneSurroundings(
    TopicNames Topics,
    IRecordWriter Records,
    ISnapshotStore Snapshots,
    Func<int, CancellationToken, Task<ILaneStore>> OpenStore,
    DetectionPolicy Policy,
    PartitionLaneOptions Options,
    TimeProvider Clock,
    string Owner,
    Action<string> Notify)
{
    /// <summary>Verified workloads; looked at once a batch.</summary>
    public WorkloadsInForce Workloads { get; init; } = new();

    /// <summary>What people ruled; looked at once a batch.</summary>
    public RulingsInForce Rulings { get; init; } = new();

    /// <summary>Called when a snapshot is whole; must be quick.</summary>
    public Action Saved { get; init; } = static () => { };
}
