using Sentinel.FakeClickHouse;
using Sentinel.Storage.Http;
using Sentinel.Testing;

namespace Sentinel.Storage.Tests;

[Collection(OneEngine.Name)]
public sealed class Lz4FrameTests(StoreEngine fixture)
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(12, 1)]
    [InlineData(13, 1)]
    [InlineData(300, 1)]
    [InlineData(70_000, 1)]
    [InlineData(200_000, 3)]
    [InlineData(200_000, 60)]
    [InlineData(200_000, 256)]
    public void WriteBlock_AnyBytes_UnpackToThemselves(int length, int letters)
    {
        var random = new Random(length + letters);
        var bytes = new byte[length];
        for (var i = 0; i < length; i++)
        {
            bytes[i] = (byte)random.Next(letters);
        }

        Assert.Equal(bytes, RequestBody.UnpackLz4(Pack(bytes)));
    }

    [Fact]
    public void WriteBlock_RandomRuns_UnpackToThemselves()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var bytes = new List<byte>();
            while (bytes.Count < 5_000)
            {
                bytes.AddRange(bytes.Count > 100 && random.Next(3) > 0
                    ? bytes.GetRange(random.Next(bytes.Count - 60), random.Next(60))
                    : [.. Enumerable.Range(0, random.Next(40)).Select(_ => (byte)random.Next(256))]);
            }

            Assert.Equal(bytes, RequestBody.UnpackLz4(Pack([.. bytes])));
        }
    }

    [Fact]
    public async Task Frame_ReadByClickHouse_IsWhatWasWritten()
    {
        // The engine's own decoder, which also checks the head's checksum.
        var numbers = Enumerable.Range(0, 100_000).Select(i => (byte)(i % 250 * (i / 7 % 3))).ToArray();
        var folder = Directory.CreateTempSubdirectory("sentinel-lz4-").FullName;
        var file = Path.Combine(folder, "numbers.lz4");
        await File.WriteAllBytesAsync(file, Pack(numbers));
        await using var clickHouse = fixture.OpenEmpty();
        var sum = await clickHouse.NumberAsync($"SELECT sum(n) FROM file('{file}', RowBinary, 'n UInt8') LIMIT 1");
        Assert.Equal((ulong)numbers.Sum(item => item), sum);
        Directory.Delete(folder, recursive: true);
    }

    private static byte[] Pack(ReadOnlySpan<byte> bytes)
    {
        var block = new byte[Lz4Frame.RoomFor(bytes.Length)];
        var length = bytes.Length == 0 ? 0 : new Lz4Frame().WriteBlock(bytes, block);
        return [.. Lz4Frame.Head, .. block.AsSpan(0, length), .. Lz4Frame.End];
    }
}
