using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using Sentinel.Detection.Ports;
using Sentinel.Detection.Stages;
using Sentinel.Detection.State;
using Sentinel.Streaming.Lanes;
using Sentinel.Streaming.Partitions;

namespace Sentinel.Streaming.Tests.Partitions;

public class SnapshotKeeperTests
{
    private readonly Blobs _blobs = new();
    private readonly List<string> _notices = [];

    [Fact]
    public async Task LoadAsync_NothingSaved_GivesAStageWithoutMemory()
    {
        var (stage, manifest) = await NewKeeper("a").LoadAsync(static () => new Numbers(), CancellationToken.None);
        Assert.Empty(stage.Loaded);
        Assert.Null(manifest);
    }

    [Fact]
    public async Task LoadAsync_SeveralSaves_ReadsAllInOrderAndWhereTheyStand()
    {
        await SaveAsync(NewKeeper("a"), [1, 2], [3], [4, 5]);
        var (stage, manifest) = await NewKeeper("b").LoadAsync(static () => new Numbers(), CancellationToken.None);
        Assert.Equal([1, 2, 3, 4, 5], stage.Loaded);
        Assert.Equal((2, 3), (manifest!.Resume, manifest.Position));
    }

    [Fact]
    public async Task LoadAsync_TornManifest_UsesTheOneBeforeAndSaysSo()
    {
        await SaveAsync(NewKeeper("a"), [1], [2]);
        _blobs.Cut(_blobs.Names.Last(static name => name.Contains("/m-", StringComparison.Ordinal)));
        var (stage, manifest) = await NewKeeper("b").LoadAsync(static () => new Numbers(), CancellationToken.None);
        Assert.Equal([1], stage.Loaded);
        Assert.Equal(1, manifest!.Position);
        Assert.Contains("torn", Assert.Single(_notices), StringComparison.Ordinal);
    }

    [Fact]
    public async Task LoadAsync_LostSegment_UsesTheOneBefore()
    {
        await SaveAsync(NewKeeper("a"), [1], [2]);
        await _blobs.DeleteAsync(
            _blobs.Names.Last(static name => name.Contains("/s-", StringComparison.Ordinal)), CancellationToken.None);
        var (stage, _) = await NewKeeper("b").LoadAsync(static () => new Numbers(), CancellationToken.None);
        Assert.Equal([1], stage.Loaded);
    }

    [Theory]
    [InlineData(1, "run the newer version")]
    [InlineData(-1, "run the older version")]
    public async Task LoadAsync_AnotherFormat_IsRefusedWithASentence(int apart, string expected)
    {
        await SaveAsync(NewKeeper("a"), [1]);
        var name = _blobs.Names.Single(static name => name.Contains("/m-", StringComparison.Ordinal));
        var bytes = _blobs[name];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(4), (ushort)(SnapshotManifest.Format + apart));
        SHA256.HashData(bytes.AsSpan(0, bytes.Length - 32)).CopyTo(bytes.AsSpan(bytes.Length - 32));
        var fault = await Assert.ThrowsAsync<LaneFaultedException>(
            () => NewKeeper("b").LoadAsync(static () => new Numbers(), CancellationToken.None));
        Assert.Contains(expected, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SaveAsync_AfterAnotherOwnerLoaded_NeitherHarmsTheOther()
    {
        var zombie = NewKeeper("a");
        await SaveAsync(zombie, [1]);
        var keeper = NewKeeper("b");
        _ = await keeper.LoadAsync(static () => new Numbers(), CancellationToken.None);
        await zombie.SaveAsync([Segment(99)], 2, 2, CancellationToken.None);
        await keeper.SaveAsync([Segment(2)], 2, 2, CancellationToken.None);
        await keeper.SaveAsync([Segment(3)], 3, 3, CancellationToken.None);
        var (stage, _) = await NewKeeper("c").LoadAsync(static () => new Numbers(), CancellationToken.None);
        Assert.Equal([1, 2, 3], stage.Loaded);
    }

    [Fact]
    public async Task SaveAsync_ManyTimes_KeepsFewBlobs()
    {
        var keeper = NewKeeper("a");
        for (var i = 0; i < 600; i++)
        {
            await keeper.SaveAsync([Segment((byte)i)], i, i, CancellationToken.None);
        }

        Assert.InRange(_blobs.Names.Count, 2, 2 * 260);
        var (stage, _) = await NewKeeper("b").LoadAsync(static () => new Numbers(), CancellationToken.None);
        Assert.Equal(600 % 256 - 1, stage.Loaded[^1]);
    }

    private static byte[] Segment(params ReadOnlySpan<byte> numbers)
    {
        var writer = new SegmentWriter();
        foreach (var number in numbers)
        {
            writer.Keyed(1, number, [number]);
        }

        return writer.Finish().Single();
    }

    private static async Task SaveAsync(SnapshotKeeper keeper, params byte[][] saves)
    {
        _ = await keeper.LoadAsync(static () => new Numbers(), CancellationToken.None);
        for (var i = 0; i < saves.Length; i++)
        {
            await keeper.SaveAsync([Segment(saves[i])], i, i + 1, CancellationToken.None);
        }
    }

    private SnapshotKeeper NewKeeper(string owner) => new(_blobs, "accounts-3", owner, _notices.Add);

    private sealed class Numbers : ISavedStage, ISegmentVisitor
    {
        public List<int> Loaded { get; } = [];

        public long UnsavedBytes => 0;

        public void TrackChanges()
        {
        }

        public void Save(SegmentWriter writer)
        {
        }

        public void Load(ReadOnlySpan<byte> segment) => SegmentReader.Read(segment, this);

        public void EndLoading()
        {
        }

        public void Keyed(byte section, ulong key, ReadOnlySpan<byte> value) => Loaded.Add(value[0]);

        public void Log(byte section, long start, int itemBytes, int generationMax, ReadOnlySpan<byte> items)
        {
        }

        public void Single(byte section, ReadOnlySpan<byte> value)
        {
        }
    }

    private sealed class Blobs : ISnapshotStore
    {
        private readonly SortedDictionary<string, byte[]> _blobs = new(StringComparer.Ordinal);

        public IReadOnlyList<string> Names => [.. _blobs.Keys];

        public byte[] this[string name] => _blobs[name];

        public void Cut(string name) => _blobs[name] = _blobs[name][..^5];

        public Task WriteAsync(string name, ReadOnlySequence<byte> bytes, CancellationToken cancel)
        {
            _blobs[name] = bytes.ToArray();
            return Task.CompletedTask;
        }

        public Task<IMemoryOwner<byte>?> ReadAsync(string name, CancellationToken cancel) => Task.FromResult(
            _blobs.TryGetValue(name, out var bytes) ? (IMemoryOwner<byte>?)new Owned(bytes) : null);

        public Task<IReadOnlyList<string>> ListAsync(string prefix, CancellationToken cancel) =>
            Task.FromResult<IReadOnlyList<string>>(
                [.. _blobs.Keys.Where(name => name.StartsWith(prefix, StringComparison.Ordinal))]);

        public Task DeleteAsync(string name, CancellationToken cancel)
        {
            _blobs.Remove(name);
            return Task.CompletedTask;
        }

        private sealed class Owned(byte[] bytes) : IMemoryOwner<byte>
        {
            public Memory<byte> Memory => bytes;

            public void Dispose()
            {
            }
        }
    }
}
