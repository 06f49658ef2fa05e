namespace Sentinel.Streaming.Kafka;

/// <summary>One record of a compacted topic. Its bytes are valid during the call that hands it over.</summary>
/// <param name="Partition">Where it was read.</param>
/// <param name="Offset">Position in the partition.</param>
/// <param name="Key">The key; empty when there is none.</param>
/// <param name="Value">The latest value; empty when the key was deleted.</param>
/// <param name="IsDeleted">The key was deleted.</param>
public readonly record struct TableRow(
    int Partition, long Offset, ReadOnlyMemory<byte> Key, ReadOnlyMemory<byte> Value, bool IsDeleted);
