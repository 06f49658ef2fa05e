using System.Buffers;

namespace Sentinel.Detection.Ports;

/// <summary>
/// Keeps named blobs of bytes: a folder, ClickHouse, an object store. A blob is written whole or not at all as far as
/// the store can tell; readers check it all the same. Thread-safe.
/// </summary>
public interface ISnapshotStore
{
    /// <summary>Writes a blob; one with the same name gives way. Durable when the task ends.</summary>
    Task WriteAsync(string name, ReadOnlySequence<byte> bytes, CancellationToken cancel);

    /// <summary>Reads a blob whole, or gives null when there is none. The caller disposes of it.</summary>
    Task<IMemoryOwner<byte>?> ReadAsync(string name, CancellationToken cancel);

    /// <summary>Names that begin with a prefix, in ordinal order.</summary>
    Task<IReadOnlyList<string>> ListAsync(string prefix, CancellationToken cancel);

    /// <summary>Deletes a blob; nothing happens when there is none.</summary>
    Task DeleteAsync(string name, CancellationToken cancel);
}
