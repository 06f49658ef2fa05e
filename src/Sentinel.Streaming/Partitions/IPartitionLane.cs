namespace Sentinel.Streaming.Partitions;

/// <summary>
/// What works on one assigned partition. Calls come one at a time; different lanes run side by side. A failure that the
/// lane's adapters could not ride out is a <see cref="Lanes.LaneFaultedException"/>, which must end the process:
/// a new one goes on from the stored offset.
/// </summary>
public interface IPartitionLane : IAsyncDisposable
{
    /// <summary>Offset below which all that records caused is durable: what may be committed to the group.</summary>
    long DurableOffset { get; }

    /// <summary>
    /// Loads the state of the partition. What records before <paramref name="committedOffset"/> caused is durable and
    /// is not emitted again.
    /// </summary>
    /// <param name="committedOffset">The group's offset, or the partition's first one when it has none.</param>
    /// <param name="cancel">Ends loading.</param>
    /// <returns>Offset to read from, at most <paramref name="committedOffset"/>.</returns>
    Task<long> OpenAsync(long committedOffset, CancellationToken cancel);

    /// <summary>Takes records in offset order. Waits while what it writes to is slow; the consumer pauses meanwhile.</summary>
    ValueTask TakeAsync(ReadOnlyMemory<LogRecord> records, CancellationToken cancel);

    /// <summary>Nothing is left to read and nothing came since <paramref name="since"/>. Called about once a second.</summary>
    ValueTask IdleAsync(DateTimeOffset since, DateTimeOffset now, CancellationToken cancel);

    /// <summary>Makes all that was taken durable: before the partition is given up, and at the end.</summary>
    Task FlushAsync(CancellationToken cancel);
}
