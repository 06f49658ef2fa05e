using System.Buffers.Binary;
using System.IO.Compression;
using Microsoft.AspNetCore.Http;

namespace Sentinel.FakeClickHouse;

/// <summary>Reads a request's body as the server would: whatever its encoding.</summary>
public static class RequestBody
{
    private const int Lz4HeadLength = 7;

    internal static async Task<byte[]> ReadAsync(HttpRequest request)
    {
        using var bytes = new MemoryStream();
        switch (request.Headers.ContentEncoding.ToString())
        {
            case "gzip":
                await using (var gzip = new GZipStream(request.Body, CompressionMode.Decompress))
                {
                    await gzip.CopyToAsync(bytes);
                }

                return bytes.ToArray();
            case "lz4":
                await request.Body.CopyToAsync(bytes);
                return UnpackLz4(bytes.ToArray());
            default:
                await request.Body.CopyToAsync(bytes);
                return bytes.ToArray();
        }
    }

    /// <summary>The content of an LZ4 frame of independent blocks without checksums.</summary>
    public static byte[] UnpackLz4(ReadOnlySpan<byte> frame)
    {
        if (frame.Length < Lz4HeadLength || BinaryPrimitives.ReadUInt32LittleEndian(frame) != 0x184D2204)
        {
            throw new InvalidDataException("Not an LZ4 frame.");
        }

        var to = new List<byte>();
        for (var position = Lz4HeadLength; ;)
        {
            var head = BinaryPrimitives.ReadUInt32LittleEndian(frame[position..]);
            position += sizeof(uint);
            if (head == 0)
            {
                return position == frame.Length ? [.. to] : throw new InvalidDataException("Bytes after the end.");
            }

            var length = (int)(head & int.MaxValue);
            var block = frame.Slice(position, length);
            position += length;
            if (head > int.MaxValue)
            {
                to.AddRange(block);
            }
            else
            {
                UnpackBlock(block, to);
            }
        }
    }

    private static void UnpackBlock(ReadOnlySpan<byte> block, List<byte> to)
    {
        var start = to.Count;
        for (var position = 0; ;)
        {
            var token = block[position++];
            var literals = LengthOf(token >> 4, block, ref position);
            to.AddRange(block.Slice(position, literals));
            position += literals;
            if (position == block.Length)
            {
                return;
            }

            var distance = BinaryPrimitives.ReadUInt16LittleEndian(block[position..]);
            position += sizeof(ushort);
            var length = LengthOf(token & 15, block, ref position) + 4;
            var from = to.Count - distance;
            if (distance == 0 || from < start)
            {
                throw new InvalidDataException("A match before the block.");
            }

            for (var i = 0; i < length; i++)
            {
                to.Add(to[from + i]);
            }
        }
    }

    private static int LengthOf(int part, ReadOnlySpan<byte> block, ref int position)
    {
        if (part < 15)
        {
            return part;
        }

        byte more;
        do
        {
            more = block[position++];
            part += more;
        }
        while (more == 255);
        return part;
    }
}
