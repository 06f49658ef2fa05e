namespace Sentinel.Streaming.Kafka;

/// <summary>How one assigned partition stands, as read at one moment without stopping its lane.</summary>
/// <param name="Id">The partition.</param>
/// <param name="Stage">What its lane is doing.</param>
/// <param name="Position">Offset of the next record to be read from the broker; -1 until the lane is open.</param>
/// <param name="DurableOffset">Offset below which everything is durable; -1 until the lane is open.</param>
/// <param name="EndOffset">The partition's end as last heard; -1 when nothing was heard yet.</param>
/// <param name="InboxBytes">Keys and values that wait for the lane or are with it.</param>
/// <param name="InboxRecords">Records that wait for the lane or are with it.</param>
/// <param name="IsPaused">Fetching stands still because the inbox is full.</param>
public readonly record struct PartitionStatus(
    PartitionId Id,
    PartitionStage Stage,
    long Position,
    long DurableOffset,
    long EndOffset,
    long InboxBytes,
    int InboxRecords,
    bool IsPaused)
{
    /// <summary>Records not yet read from the broker; 0 while unknown.</summary>
    public long UnreadRecords => EndOffset < 0 || Position < 0 ? 0 : Math.Max(0, EndOffset - Position);

    /// <summary>Records whose effects are not yet durable; 0 while unknown.</summary>
    public long UnfinishedRecords => EndOffset < 0 || DurableOffset < 0 ? 0 : Math.Max(0, EndOffset - DurableOffset);
}

/// <summary>What the lane of an assigned partition is doing.</summary>
public enum PartitionStage
{
    /// <summary>It loads its state; nothing is read for it.</summary>
    Opening,

    /// <summary>It takes records.</summary>
    Running,

    /// <summary>It makes durable what it took, or gives up.</summary>
    Ending,
}
