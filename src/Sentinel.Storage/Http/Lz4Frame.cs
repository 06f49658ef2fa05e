using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Sentinel.Storage.Http;

// Writes bytes as an LZ4 frame (lz4/doc/lz4_Frame_format.md): independent blocks of at most 4 MiB, no checksums, since
// TCP and the server's own have them. One match finder, one table: the speed of LZ4 at its default level.
internal sealed class Lz4Frame
{
    /// <summary>Bytes of one block before compression.</summary>
    public const int BlockBytesMax = 4 << 20;

    /// <summary>Length of a block's own head.</summary>
    public const int BlockHeadLength = sizeof(uint);

    private const int HashBits = 14;
    private const int MatchMin = 4;
    private const int DistanceMax = 65_535;

    // The format ends in literals, so that a decoder may copy in long steps.
    private const int LastLiterals = 5;
    private const int LastMatchStart = 12;
    private const uint StoredAsItIs = 1u << 31;

    private readonly int[] _table = new int[1 << HashBits];

    /// <summary>
    /// What a frame begins with: magic, version 1 with independent blocks, blocks of 4 MiB, and the checksum of those
    /// two bytes, which never change.
    /// </summary>
    public static ReadOnlySpan<byte> Head => [0x04, 0x22, 0x4D, 0x18, 0x60, 0x70, 0x73];

    /// <summary>What a frame ends with.</summary>
    public static ReadOnlySpan<byte> End => [0, 0, 0, 0];

    /// <summary>Room that a block needs at most, its head included.</summary>
    public static int RoomFor(int length) => BlockHeadLength + length + (length / 255) + 16;

    /// <summary>Writes one block with its head; gives its length.</summary>
    public int WriteBlock(ReadOnlySpan<byte> from, Span<byte> to)
    {
        var length = Compress(from, to[BlockHeadLength..]);
        if (length >= from.Length)
        {
            from.CopyTo(to[BlockHeadLength..]);
            BinaryPrimitives.WriteUInt32LittleEndian(to, (uint)from.Length | StoredAsItIs);
            return BlockHeadLength + from.Length;
        }

        BinaryPrimitives.WriteUInt32LittleEndian(to, (uint)length);
        return BlockHeadLength + length;
    }

    private int Compress(ReadOnlySpan<byte> from, Span<byte> to)
    {
        Array.Clear(_table); // Positions are kept from 1; 0 is none.
        int position = 0, literalsStart = 0, written = 0, misses = 0;
        while (position < from.Length - LastMatchStart)
        {
            var sequence = At<uint>(from, position);
            ref var slot = ref _table[(sequence * 2_654_435_761u) >> (32 - HashBits)];
            var candidate = slot - 1;
            slot = position + 1;
            if (candidate < 0 || position - candidate > DistanceMax || At<uint>(from, candidate) != sequence)
            {
                position += 1 + (misses++ >> 6); // What does not compress is passed over in growing steps.
                continue;
            }

            misses = 0;
            var length = MatchMin + MatchLength(from, candidate + MatchMin, position + MatchMin);
            written = PutSequence(from[literalsStart..position], position - candidate, length, to, written);
            position += length;
            literalsStart = position;
        }

        return PutLiterals(from[literalsStart..], matchPart: 0, to, written);
    }

    private static int MatchLength(ReadOnlySpan<byte> from, int left, int right)
    {
        var start = right;
        var end = from.Length - LastLiterals;
        while (right + sizeof(ulong) <= end)
        {
            var difference = At<ulong>(from, left) ^ At<ulong>(from, right);
            if (difference != 0)
            {
                return right - start + (BitOperations.TrailingZeroCount(difference) >> 3);
            }

            left += sizeof(ulong);
            right += sizeof(ulong);
        }

        while (right < end && from[left] == from[right])
        {
            left++;
            right++;
        }

        return right - start;
    }

    private static int PutSequence(ReadOnlySpan<byte> literals, int distance, int length, Span<byte> to, int written)
    {
        var rest = length - MatchMin;
        written = PutLiterals(literals, Math.Min(rest, 15), to, written);
        BinaryPrimitives.WriteUInt16LittleEndian(to[written..], (ushort)distance);
        return PutRest(rest, to, written + sizeof(ushort));
    }

    private static int PutLiterals(ReadOnlySpan<byte> literals, int matchPart, Span<byte> to, int written)
    {
        to[written++] = (byte)((Math.Min(literals.Length, 15) << 4) | matchPart);
        written = PutRest(literals.Length, to, written);
        literals.CopyTo(to[written..]);
        return written + literals.Length;
    }

    // A length of 15 or more goes on in bytes of 255 and a last one below.
    private static int PutRest(int length, Span<byte> to, int written)
    {
        if (length < 15)
        {
            return written;
        }

        for (length -= 15; length >= 255; length -= 255)
        {
            to[written++] = 255;
        }

        to[written++] = (byte)length;
        return written;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T At<T>(ReadOnlySpan<byte> bytes, int position)
        where T : unmanaged =>
        Unsafe.ReadUnaligned<T>(ref Unsafe.Add(ref MemoryMarshal.GetReference(bytes), position));
}
