using System.Buffers;
using Sentinel.Detection.Ports;
using Sentinel.FakeClickHouse;
using Sentinel.Storage.Snapshots;
using Sentinel.Testing;

namespace Sentinel.Storage.Tests;

[Collection(OneEngine.Name)]
public sealed class SnapshotTests(StoreEngine fixture)
{
    [Fact]
    public async Task Folder_KeepsTheContract()
    {
        var folder = Directory.CreateTempSubdirectory("sentinel-snapshots-").FullName;
        await KeepsTheContractAsync(new FolderSnapshots(folder));
        Assert.Empty(Directory.EnumerateFiles(folder, "*.writing"));
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task ClickHouse_KeepsTheContract()
    {
        await using var scope = await HttpScope.OpenMigratedAsync(fixture);
        await KeepsTheContractAsync(new ClickHouseSnapshots(scope.Http));
    }

    [Fact]
    public async Task ObjectStore_KeepsTheContract()
    {
        await using var bucket = await FakeBucket.StartAsync();
        using var store = new S3Snapshots(OptionsOf(bucket), TimeProvider.System, new Random(1));
        await KeepsTheContractAsync(store);
        Assert.True(bucket.Lists > 0);
    }

    [Fact]
    public async Task Folder_CutOffWrite_LeavesTheOldBlob()
    {
        var folder = Directory.CreateTempSubdirectory("sentinel-snapshots-").FullName;
        var store = new FolderSnapshots(folder);
        await store.WriteAsync("a", new ReadOnlySequence<byte>([1, 2]), CancellationToken.None);
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => store.WriteAsync("a", new ReadOnlySequence<byte>(new byte[9]), cancelled.Token));
        Assert.Equal([1, 2], await ReadAsync(store, "a"));
        Assert.Equal(["a"], await store.ListAsync("", CancellationToken.None));
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task ClickHouse_CutOffWrite_LeavesTheOldBlob()
    {
        await using var scope = await HttpScope.OpenMigratedAsync(
            fixture, options => options with { UnavailableMax = TimeSpan.FromMilliseconds(10) });
        var store = new ClickHouseSnapshots(scope.Http);
        var old = Bytes(ClickHouseSnapshots.PartBytesMax + 5, seed: 1);
        await store.WriteAsync("a", new ReadOnlySequence<byte>(old), CancellationToken.None);

        // The head's query and the first part pass, the second part does not.
        scope.Server.Faults.Add(
            ServerFault.None, ServerFault.None, ServerFault.Cut, ServerFault.Cut, ServerFault.Cut, ServerFault.Cut);
        await Assert.ThrowsAsync<ClickHouseUnavailableException>(() => store.WriteAsync(
            "a", new ReadOnlySequence<byte>(Bytes(old.Length, seed: 2)), CancellationToken.None));
        scope.Server.Faults.Clear();
        Assert.Equal(old, await ReadAsync(store, "a"));
        var newer = Bytes(100, seed: 3);
        await store.WriteAsync("a", new ReadOnlySequence<byte>(newer), CancellationToken.None);
        Assert.Equal(newer, await ReadAsync(store, "a"));
    }

    [Fact]
    public async Task ClickHouse_NewerVersion_FreesTheBytesOfTheOld()
    {
        await using var scope = await HttpScope.OpenMigratedAsync(fixture);
        var store = new ClickHouseSnapshots(scope.Http);
        for (var seed = 0; seed < 3; seed++)
        {
            await store.WriteAsync("a", new ReadOnlySequence<byte>(Bytes(1_000, seed)), CancellationToken.None);
        }

        Assert.Equal(1_000UL, await scope.Database.NumberAsync(
            "SELECT sum(length(bytes)) FROM snapshot_parts FINAL LIMIT 1"));
    }

    [Fact]
    public async Task ClickHouse_PartMissing_IsNoBlob()
    {
        await using var scope = await HttpScope.OpenMigratedAsync(fixture);
        var store = new ClickHouseSnapshots(scope.Http);
        await store.WriteAsync("a", new ReadOnlySequence<byte>(Bytes(1_000, seed: 1)), CancellationToken.None);
        await scope.Database.ExecuteAsync("TRUNCATE TABLE snapshot_parts", [], CancellationToken.None);
        Assert.Null(await store.ReadAsync("a", CancellationToken.None));
    }

    [Fact]
    public async Task ObjectStore_PassingFailures_AreTriedAgain()
    {
        await using var bucket = await FakeBucket.StartAsync();
        using var store = new S3Snapshots(OptionsOf(bucket), TimeProvider.System, new Random(1));
        bucket.FailuresNext = 2;
        await store.WriteAsync("a", new ReadOnlySequence<byte>([1]), CancellationToken.None);
        Assert.Equal([1], await ReadAsync(store, "a"));
    }

    [Fact]
    public async Task ObjectStore_WrongSecret_IsOneClearSentence()
    {
        await using var bucket = await FakeBucket.StartAsync();
        var options = OptionsOf(bucket) with { SecretKey = "not-it" };
        using var store = new S3Snapshots(options, TimeProvider.System, new Random(1));
        var failure = await Assert.ThrowsAsync<ObjectStoreException>(
            () => store.WriteAsync("a", new ReadOnlySequence<byte>([1]), CancellationToken.None));
        Assert.Contains("refuses the access key", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("not-it", failure.ToString(), StringComparison.Ordinal);
    }

    // Examples of Amazon's documentation, "Signature Calculations for the Authorization Header".
    [Theory]
    [InlineData("lifecycle=", "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543")]
    [InlineData("max-keys=2&prefix=J", "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7")]
    public void Authorization_PublishedExamples_AreMet(string query, string signature)
    {
        var signer = new S3Signer(
            "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "us-east-1");
        var value = S3Signature.Authorization(
            signer, "GET", "examplebucket.s3.amazonaws.com", "/", query, S3Signature.EmptyHash, "20130524T000000Z");
        Assert.EndsWith("Signature=" + signature, value, StringComparison.Ordinal);
    }

    [Fact]
    public void Faults_WrongOptions_NameEveryKey()
    {
        var faults = new S3SnapshotOptions { Bucket = "a b", Region = "", RetriesMax = -1 }.Faults();
        foreach (var key in new[] { "Url", "Bucket", "Region", "AccessKey", "SecretKey", "RetriesMax" })
        {
            Assert.Contains(faults, fault => fault.StartsWith($"ObjectStore:{key} ", StringComparison.Ordinal));
        }
    }

    private static async Task KeepsTheContractAsync(ISnapshotStore store)
    {
        var none = CancellationToken.None;
        Assert.Null(await store.ReadAsync("account/0/17", none));
        await store.DeleteAsync("account/0/17", none);
        var large = Bytes((2 * ClickHouseSnapshots.PartBytesMax) + 77, seed: 1);
        await store.WriteAsync("account/0/17", InPieces(large), none);
        Assert.Equal(large, await ReadAsync(store, "account/0/17"));
        await store.WriteAsync("account/0/17", new ReadOnlySequence<byte>([1, 2, 3]), none);
        Assert.Equal([1, 2, 3], await ReadAsync(store, "account/0/17"));
        await store.WriteAsync("account/0/empty", ReadOnlySequence<byte>.Empty, none);
        Assert.Empty((await ReadAsync(store, "account/0/empty"))!);
        await store.WriteAsync("account/1/a b+%ä", new ReadOnlySequence<byte>([4]), none);
        await store.WriteAsync("Account/0", new ReadOnlySequence<byte>([5]), none);
        Assert.Equal(["account/0/17", "account/0/empty", "account/1/a b+%ä"], await store.ListAsync("account/", none));
        Assert.Equal(["Account/0"], await store.ListAsync("A", none));
        await store.DeleteAsync("account/0/17", none);
        Assert.Null(await store.ReadAsync("account/0/17", none));
        Assert.Equal(["account/0/empty"], await store.ListAsync("account/0/", none));
        await store.WriteAsync("account/0/17", new ReadOnlySequence<byte>([6]), none);
        Assert.Equal([6], await ReadAsync(store, "account/0/17"));
    }

    private static S3SnapshotOptions OptionsOf(FakeBucket bucket) => new()
    {
        Url = bucket.Url,
        Bucket = FakeBucket.Bucket,
        AccessKey = FakeBucket.AccessKey,
        SecretKey = FakeBucket.SecretKey,
    };

    private static async Task<byte[]?> ReadAsync(ISnapshotStore store, string name)
    {
        using var bytes = await store.ReadAsync(name, CancellationToken.None);
        return bytes?.Memory.ToArray();
    }

    private static byte[] Bytes(int length, int seed)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private static ReadOnlySequence<byte> InPieces(byte[] bytes)
    {
        var first = new Piece(bytes.AsMemory(0, 100), 0);
        var last = first.Then(bytes.AsMemory(100, 5_000_000)).Then(bytes.AsMemory(5_000_100));
        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> memory, long start)
        {
            Memory = memory;
            RunningIndex = start;
        }

        public Piece Then(ReadOnlyMemory<byte> memory)
        {
            var next = new Piece(memory, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
