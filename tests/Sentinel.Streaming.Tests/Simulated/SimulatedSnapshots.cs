using System.Buffers;
using Sentinel.Detection.Ports;

namespace Sentinel.Streaming.Tests.Simulated;

/// <summary>The store of snapshots as one process sees it.</summary>
internal sealed class SimulatedSnapshots(SimulatedProcess process, SimulatedServers servers) : ISnapshotStore
{
    /// <inheritdoc/>
    public Task WriteAsync(string name, ReadOnlySequence<byte> bytes, CancellationToken cancel)
    {
        var blob = bytes.ToArray();
        return process.AskSnapshots(
            QueueOf(name),
            () => servers.Blobs[name] = blob,
            part => servers.Blobs[name] = blob[..(int)(part * blob.Length)]);
    }

    /// <inheritdoc/>
    public async Task<IMemoryOwner<byte>?> ReadAsync(string name, CancellationToken cancel)
    {
        byte[]? blob = null;
        await process.AskSnapshots(QueueOf(name) + "-read", () => blob = servers.Blobs.GetValueOrDefault(name), null);
        return blob is null ? null : new Blob(blob);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> ListAsync(string prefix, CancellationToken cancel) =>
        Task.FromResult<IReadOnlyList<string>>(
            [.. servers.Blobs.Keys.Where(name => name.StartsWith(prefix, StringComparison.Ordinal))]);

    /// <inheritdoc/>
    public Task DeleteAsync(string name, CancellationToken cancel) =>
        process.AskSnapshots(QueueOf(name), () => servers.Blobs.Remove(name), null);

    private static string QueueOf(string name) => name[..name.IndexOf('/', StringComparison.Ordinal)];

    private sealed class Blob(byte[] bytes) : IMemoryOwner<byte>
    {
        public Memory<byte> Memory { get; } = bytes;

        public void Dispose()
        {
        }
    }
}
