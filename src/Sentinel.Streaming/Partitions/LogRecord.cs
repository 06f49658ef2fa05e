namespace Sentinel.Streaming.Partitions;

/// <summary>What the bytes of a record are. By the record's header; by its content where there is none.</summary>
public enum RecordFormat : byte
{
    /// <summary>No header says; the reader looks at the content.</summary>
    Unknown,

    /// <summary>One JSON object, <c>application/json</c>.</summary>
    Json,

    /// <summary>One Protobuf message, <c>application/x-protobuf</c>.</summary>
    Protobuf,
}

/// <summary>
/// One record as read from its partition. Key and value are valid until the lane that was given them has taken them.
/// </summary>
/// <param name="Offset">Position in the partition.</param>
/// <param name="Key">The key; empty when there is none.</param>
/// <param name="Value">The value; empty for a tombstone.</param>
/// <param name="Format">What the value is.</param>
/// <param name="WrittenAtMs">Broker's or producer's time, milliseconds since 1970 UTC; for lag and latency only.</param>
public readonly record struct LogRecord(
    long Offset, ReadOnlyMemory<byte> Key, ReadOnlyMemory<byte> Value, RecordFormat Format, long WrittenAtMs);
