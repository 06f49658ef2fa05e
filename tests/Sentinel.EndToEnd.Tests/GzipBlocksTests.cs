using System.Buffers;
using System.IO.Compression;
using System.Text;
using Sentinel.Hosting.Output;

namespace Sentinel.EndToEnd.Tests;

public sealed class GzipBlocksTests
{
    [Fact]
    public async Task CompleteAsync_ManyBlocks_AreReadAsOneTextInTheirOrder()
    {
        // Of very different sizes, so that later ones are compressed before earlier ones.
        var blocks = Enumerable.Range(0, 40).Select(i => TextOf(i, i % 3 == 0 ? 60_000 : 1)).ToArray();
        Assert.Equal(string.Concat(blocks), Decompress(await WriteAsync(blocks, blocksMax: 8)));
    }

    [Fact]
    public async Task CompleteAsync_AnyNumberAtOnce_SameBytes()
    {
        var blocks = Enumerable.Range(0, 20).Select(i => TextOf(i, 500 * i)).ToArray();
        var alone = await WriteAsync(blocks, blocksMax: 1);
        Assert.NotEmpty(alone);
        Assert.Equal(alone, await WriteAsync(blocks, blocksMax: 3));
        Assert.Equal(alone, await WriteAsync(blocks, blocksMax: 64));
    }

    [Fact]
    public async Task CompleteAsync_NoBlock_WritesNothing() =>
        Assert.Equal("", Decompress(await WriteAsync([], blocksMax: 2)));

    [Fact]
    public async Task CompleteAsync_BlockThatWasNotEnded_IsLeftOut()
    {
        using var file = new MemoryStream();
        await using var gzip = new GzipBlocks(file, 2);
        Add(gzip, "ended");
        await gzip.EndBlockAsync(CancellationToken.None);
        Assert.Equal(0, gzip.Block.WrittenCount);
        Add(gzip, "not ended");
        await gzip.CompleteAsync(CancellationToken.None);
        Assert.Equal("ended", Decompress(file.ToArray()));
    }

    [Fact]
    public async Task EndBlockAsync_FullFile_SaysSoAndLeavesNothingBehind()
    {
        await using var gzip = new GzipBlocks(new FullStream(), 2);
        await Assert.ThrowsAsync<IOException>(async () =>
        {
            for (var i = 0; i < 3; i++)
            {
                Add(gzip, "more than fits");
                await gzip.EndBlockAsync(CancellationToken.None);
            }
        });
    }

    [Fact]
    public async Task EndBlockAsync_ManyBlocks_UsesFewBuffersAgain()
    {
        await using var gzip = new GzipBlocks(Stream.Null, 3);
        var buffers = new HashSet<ArrayBufferWriter<byte>>(ReferenceEqualityComparer.Instance);
        for (var i = 0; i < 50; i++)
        {
            buffers.Add(gzip.Block);
            Add(gzip, "text");
            await gzip.EndBlockAsync(CancellationToken.None);
        }

        Assert.InRange(buffers.Count, 2, 4);
    }

    private static async Task<byte[]> WriteAsync(string[] blocks, int blocksMax)
    {
        using var file = new MemoryStream();
        await using var gzip = new GzipBlocks(file, blocksMax);
        foreach (var block in blocks)
        {
            Add(gzip, block);
            await gzip.EndBlockAsync(CancellationToken.None);
        }

        await gzip.CompleteAsync(CancellationToken.None);
        return file.ToArray();
    }

    private static void Add(GzipBlocks gzip, string text) => gzip.Block.Write(Encoding.UTF8.GetBytes(text));

    private static string TextOf(int number, int repeated) =>
        string.Concat(Enumerable.Range(0, repeated).Select(i => $"{number} {i * number}\n"));

    private static string Decompress(byte[] file)
    {
        using var text = new StreamReader(new GZipStream(new MemoryStream(file), CompressionMode.Decompress));
        return text.ReadToEnd();
    }

    private sealed class FullStream : MemoryStream
    {
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken) =>
            ValueTask.FromException(new IOException("no space left"));
    }
}
