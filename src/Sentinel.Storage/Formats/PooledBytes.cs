using System.Buffers;

namespace Sentinel.Storage.Formats;

// Bytes in a rented array.
internal sealed class PooledBytes : IMemoryOwner<byte>
{
    private const int FirstBytes = 16 << 10;

    private readonly int _length;
    private byte[]? _bytes;

    private PooledBytes(byte[] bytes, int length)
    {
        _bytes = bytes;
        _length = length;
    }

    public Memory<byte> Memory =>
        _bytes is { } bytes ? bytes.AsMemory(0, _length) : throw new ObjectDisposedException(nameof(PooledBytes));

    /// <summary>Room for so many bytes, which hold anything.</summary>
    public static PooledBytes Rent(int length) => new(ArrayPool<byte>.Shared.Rent(length), length);

    /// <summary>Reads a body to its end.</summary>
    public static async Task<IMemoryOwner<byte>> ReadAsync(
        HttpContent content, int bytesMax, CancellationToken cancel)
    {
        await using var stream = await content.ReadAsStreamAsync(cancel);
        var expected = Math.Clamp(content.Headers.ContentLength ?? FirstBytes, FirstBytes, bytesMax);
        var bytes = ArrayPool<byte>.Shared.Rent((int)expected);
        try
        {
            var length = 0;
            while (true)
            {
                var count = await stream.ReadAsync(bytes.AsMemory(length), cancel);
                length += count;
                if (count == 0)
                {
                    var result = new PooledBytes(bytes, length);
                    bytes = null;
                    return result;
                }

                if (length == bytes.Length)
                {
                    bytes = Grow(bytes, length, bytesMax);
                }
            }
        }
        finally
        {
            Return(bytes);
        }
    }

    public void Dispose() => Return(Interlocked.Exchange(ref _bytes, null));

    private static byte[] Grow(byte[] bytes, int length, int bytesMax)
    {
        if (length >= bytesMax)
        {
            throw new ClickHouseException($"The result is larger than {bytesMax} bytes; the query needs a limit.");
        }

        var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(bytesMax, 2L * length));
        bytes.AsSpan(0, length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(bytes);
        return larger;
    }

    private static void Return(byte[]? bytes)
    {
        if (bytes is not null)
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }
}
