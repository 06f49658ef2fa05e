namespace Sentinel.Streaming.Partitions;

/// <summary>Writes records to topics. Thread-safe.</summary>
public interface IRecordWriter
{
    /// <summary>
    /// Queues a record, waiting while the buffer is full. The task that comes back ends when all in-sync replicas have
    /// it. Records of one topic and partition keep their order. Key and value may be reused once the call returned.
    /// </summary>
    /// <param name="topic">Full name of the topic.</param>
    /// <param name="partition">Partition, or <see cref="ByKey"/>.</param>
    /// <param name="key">Key; empty for none.</param>
    /// <param name="value">Value; empty writes a tombstone.</param>
    /// <param name="format">Said in a header where the broker knows headers.</param>
    /// <param name="cancel">Stops waiting for room.</param>
    /// <exception cref="Lanes.LaneFaultedException">From the task: the record could not be written for good.</exception>
    ValueTask<Task> WriteAsync(
        string topic,
        int partition,
        ReadOnlyMemory<byte> key,
        ReadOnlyMemory<byte> value,
        RecordFormat format,
        CancellationToken cancel);

    /// <summary>Let the key choose the partition.</summary>
    const int ByKey = -1;
}
