using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;

namespace Sentinel.Api.Decisions;

/// <summary>
/// SipHash-1-3 (Aumasson and Bernstein, 2012): 64 bits under a secret key, so that nobody who chooses names can choose
/// where in a table they fall.
/// </summary>
/// <param name="First">First half of the key.</param>
/// <param name="Second">Second half of the key.</param>
public readonly record struct KeyedHash(ulong First, ulong Second)
{
    /// <summary>Under a key that nobody knows.</summary>
    public static KeyedHash Draw()
    {
        Span<byte> key = stackalloc byte[2 * sizeof(ulong)];
        RandomNumberGenerator.Fill(key);
        return new KeyedHash(
            BinaryPrimitives.ReadUInt64LittleEndian(key), BinaryPrimitives.ReadUInt64LittleEndian(key[sizeof(ulong)..]));
    }

    /// <summary>Hash of the bytes.</summary>
    public ulong Of(ReadOnlySpan<byte> bytes)
    {
        var (v0, v1) = (First ^ 0x736F6D6570736575, Second ^ 0x646F72616E646F6D);
        var (v2, v3) = (First ^ 0x6C7967656E657261, Second ^ 0x7465646279746573);
        var last = (ulong)bytes.Length << 56;
        while (bytes.Length >= sizeof(ulong))
        {
            var word = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
            v3 ^= word;
            Round(ref v0, ref v1, ref v2, ref v3);
            v0 ^= word;
            bytes = bytes[sizeof(ulong)..];
        }

        for (var i = 0; i < bytes.Length; i++)
        {
            last |= (ulong)bytes[i] << (8 * i);
        }

        v3 ^= last;
        Round(ref v0, ref v1, ref v2, ref v3);
        v0 ^= last;
        v2 ^= 0xFF;
        Round(ref v0, ref v1, ref v2, ref v3);
        Round(ref v0, ref v1, ref v2, ref v3);
        Round(ref v0, ref v1, ref v2, ref v3);
        return v0 ^ v1 ^ v2 ^ v3;
    }

    private static void Round(ref ulong v0, ref ulong v1, ref ulong v2, ref ulong v3)
    {
        v0 += v1;
        v1 = BitOperations.RotateLeft(v1, 13) ^ v0;
        v0 = BitOperations.RotateLeft(v0, 32);
        v2 += v3;
        v3 = BitOperations.RotateLeft(v3, 16) ^ v2;
        v0 += v3;
        v3 = BitOperations.RotateLeft(v3, 21) ^ v0;
        v2 += v1;
        v1 = BitOperations.RotateLeft(v1, 17) ^ v2;
        v2 = BitOperations.RotateLeft(v2, 32);
    }
}
