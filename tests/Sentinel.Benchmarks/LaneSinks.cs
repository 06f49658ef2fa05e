using System.Buffers;
using System.Collections.Concurrent;
using System.Collections.Immutable;
using Sentinel.Detection.Policy;
using Sentinel.Detection.Ports;
using Sentinel.Storage;
using Sentinel.Storage.Lanes;
using Sentinel.Streaming.Partitions;

namespace Sentinel.Benchmarks;

/// <summary>
/// What a lane writes to when nobody reads it: records are dropped, blocks are encoded as for ClickHouse and dropped,
/// snapshots stay in memory, since lanes read them again to make few of many.
/// </summary>
internal static class LaneSinks
{
    public static LaneSurroundings Surroundings(string prefix) => new(
        new TopicNames(prefix),
        new NoRecords(),
        new MemorySnapshots(),
        static async (partition, cancel) => await LaneStore.OpenFedAsync(new NoClickHouse(), partition, cancel),
        DetectionPolicy.Default,
        new PartitionLaneOptions(),
        TimeProvider.System,
        "bench",
        static _ => { });

    /// <summary>Drops what is inserted, and knows of nothing.</summary>
    public sealed class NoClickHouse : IClickHouse
    {
        public Task ExecuteAsync(string sql, ImmutableArray<SqlParameter> parameters, CancellationToken cancel) =>
            Task.CompletedTask;

        public Task<IMemoryOwner<byte>> QueryAsync(
            string sql, string format, ImmutableArray<SqlParameter> parameters, CancellationToken cancel) =>
            Task.FromResult<IMemoryOwner<byte>>(new Bytes(new byte[3 * sizeof(ulong)]));

        public Task ExportAsync(
            string sql, string format, ImmutableArray<SqlParameter> parameters, Stream output, CancellationToken cancel) =>
            throw new NotSupportedException();

        public Task InsertAsync(
            InsertTarget target, IReadOnlyList<ReadOnlyMemory<byte>> body, CancellationToken cancel) =>
            Task.CompletedTask;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private sealed class NoRecords : IRecordWriter
    {
        public ValueTask<Task> WriteAsync(
            string topic,
            int partition,
            ReadOnlyMemory<byte> key,
            ReadOnlyMemory<byte> value,
            RecordFormat format,
            CancellationToken cancel) => ValueTask.FromResult(Task.CompletedTask);
    }

    private sealed class MemorySnapshots : ISnapshotStore
    {
        private static readonly StringComparer Names = StringComparer.Ordinal;
        private readonly ConcurrentDictionary<string, byte[]> _blobs = new(Names);

        public Task WriteAsync(string name, ReadOnlySequence<byte> bytes, CancellationToken cancel)
        {
            _blobs[name] = bytes.ToArray();
            return Task.CompletedTask;
        }

        public Task<IMemoryOwner<byte>?> ReadAsync(string name, CancellationToken cancel) =>
            Task.FromResult<IMemoryOwner<byte>?>(_blobs.TryGetValue(name, out var bytes) ? new Bytes(bytes) : null);

        public Task<IReadOnlyList<string>> ListAsync(string prefix, CancellationToken cancel) =>
            Task.FromResult<IReadOnlyList<string>>(
                [.. _blobs.Keys.Where(name => name.StartsWith(prefix, StringComparison.Ordinal)).Order(Names)]);

        public Task DeleteAsync(string name, CancellationToken cancel)
        {
            _blobs.TryRemove(name, out _);
            return Task.CompletedTask;
        }
    }

    private sealed class Bytes(byte[] bytes) : IMemoryOwner<byte>
    {
        public Memory<byte> Memory => bytes;

        public void Dispose()
        {
        }
    }
}
