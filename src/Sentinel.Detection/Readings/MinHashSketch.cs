using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using System.Text;
using Sentinel.Detection.Exchanges;

namespace Sentinel.Detection.Readings;

/// <summary>
/// The sketch of a text by which outputs are recognised when they come back as inputs. Gateways compute the same one
/// elsewhere, so every step is fixed: lower-case by simple mapping, split at Unicode white space, shingles of five
/// words, FNV-1a, 64 multiply-shift minima. All vector widths give the same minima.
/// </summary>
public static partial class MinHashSketch
{
    /// <summary>Minima of a sketch.</summary>
    public const int Length = Exchange.SketchLength;

    internal const int ShingleWords = 5;
    internal const ulong OffsetBasis = 14695981039346656037;
    internal const ulong Prime = 1099511628211;
    private const int PendingMax = 128;

    private static readonly ulong[] Multipliers = BuildParameters(odd: true);
    private static readonly ulong[] Increments = BuildParameters(odd: false);
    private static readonly byte[] AsciiLower = BuildAsciiLower();

    /// <summary>Computes the 64 minima of a text.</summary>
    /// <param name="utf8">The text; invalid UTF-8 counts as U+FFFD.</param>
    /// <param name="sketch">At least <see cref="Length"/> cells; left as it is when there is no sketch.</param>
    /// <returns>Whether the text has any word, and so a sketch.</returns>
    public static bool Compute(ReadOnlySpan<byte> utf8, Span<uint> sketch)
    {
        Span<ulong> minima = stackalloc ulong[Length];
        return Compute(utf8, minima, out _, out _) && Keep(minima, sketch);
    }

    /// <summary>
    /// Computes the 64 minima, and on the way a key of all words in their order and their number: by the hasher where
    /// the processor and the text allow, else, or without one, word by word.
    /// </summary>
    internal static bool Compute(
        ReadOnlySpan<byte> utf8, Span<uint> sketch, ShingleHasher? hasher, out ulong key, out int wordCount)
    {
        Span<ulong> minima = stackalloc ulong[Length];
        minima.Fill(uint.MaxValue);
        var isWide = Vector512.IsHardwareAccelerated && hasher is not null;
        if (isWide && hasher!.TryHash(utf8, minima, out key, out wordCount))
        {
            key = KeyHash.Combine(key, (ulong)wordCount);
            return Keep(minima, sketch);
        }

        return Compute(utf8, minima, out key, out wordCount) && Keep(minima, sketch);
    }

    /// <summary>A key of shingles in their order, going on from <paramref name="key"/>.</summary>
    internal static ulong KeyOf(ReadOnlySpan<ulong> shingles, ulong key)
    {
        foreach (var shingle in shingles)
        {
            key = (key ^ shingle) * Prime;
        }

        return key;
    }

    private static bool Keep(ReadOnlySpan<ulong> minima, Span<uint> sketch)
    {
        for (var cell = 0; cell < Length; cell++)
        {
            sketch[cell] = (uint)minima[cell];
        }

        return true;
    }

    private static bool Compute(ReadOnlySpan<byte> utf8, Span<ulong> minima, out ulong key, out int wordCount)
    {
        minima.Fill(uint.MaxValue);
        var shingler = new Shingler(stackalloc ulong[PendingMax], minima);
        var i = 0;
        while (i < utf8.Length)
        {
            i = SkipSpace(utf8, i);
            if (i < utf8.Length)
            {
                i = shingler.ReadWord(utf8, i);
            }
        }

        key = shingler.Finish();
        wordCount = shingler.WordCount;
        return wordCount > 0;
    }

    /// <summary>Takes shingle hashes into the minima (64-bit cells that hold 32-bit values).</summary>
    internal static void Update(ReadOnlySpan<ulong> shingles, Span<ulong> minima)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            Update512(shingles, minima);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            Update256(shingles, minima);
        }
        else
        {
            UpdateScalar(shingles, minima);
        }
    }

    // The upper half of a 64-bit product from three of 32 bits: the processor's own multiplication of 64-bit lanes
    // takes twice the time (ReadingBenchmarks.Update). Sixteen cells at once, eight in the lower halves of the lanes
    // and eight in the upper ones, since only the lowest product needs all 64 bits of a lane.
    internal static void Update512(ReadOnlySpan<ulong> shingles, Span<ulong> minima)
    {
        var cells = MemoryMarshal.Cast<ulong, Vector512<ulong>>(minima[..Length]);
        var multipliers = MemoryMarshal.Cast<ulong, Vector512<ulong>>(Multipliers);
        var increments = MemoryMarshal.Cast<ulong, Vector512<ulong>>(Increments);
        for (var i = 0; i < cells.Length; i += 2)
        {
            var minimum = (cells[i] | (cells[i + 1] << 32)).AsUInt32();
            var (left, right) = (multipliers[i], multipliers[i + 1]);
            var lowerFactors = Halves(left, right << 32).AsUInt32();
            var upperFactors = Halves(left >>> 32, right).AsUInt32();
            var (leftIncrement, rightIncrement) = (increments[i], increments[i + 1]);
            foreach (var shingle in shingles)
            {
                var lower = Vector512.Create((uint)shingle);
                var upper = Vector512.Create((uint)(shingle >>> 32));
                var carried = Halves(
                    (MultiplyLower(left, lower.AsUInt64()) + leftIncrement) >>> 32,
                    MultiplyLower(right, lower.AsUInt64()) + rightIncrement);
                var product = carried.AsUInt32() + (upperFactors * lower) + (lowerFactors * upper);
                minimum = Vector512.Min(minimum, product);
            }

            cells[i] = minimum.AsUInt64() & Vector512.Create(0xFFFFFFFFUL);
            cells[i + 1] = minimum.AsUInt64() >>> 32;
        }
    }

    // The lower halves of one, and the upper halves of the other.
    private static Vector512<ulong> Halves(Vector512<ulong> lower, Vector512<ulong> upper) =>
        Vector512.ConditionalSelect(Vector512.Create(0xFFFFFFFFUL), lower, upper);

    /// <summary>Product of the lower 32 bits of each cell.</summary>
    internal static Vector512<ulong> MultiplyLower(Vector512<ulong> left, Vector512<ulong> right) =>
        Avx512F.IsSupported
            ? Avx512F.Multiply(left.AsUInt32(), right.AsUInt32())
            : (left & Vector512.Create(0xFFFFFFFFUL)) * (right & Vector512.Create(0xFFFFFFFFUL));

    internal static void Update256(ReadOnlySpan<ulong> shingles, Span<ulong> minima)
    {
        var cells = MemoryMarshal.Cast<ulong, Vector256<ulong>>(minima[..Length]);
        var multipliers = MemoryMarshal.Cast<ulong, Vector256<ulong>>(Multipliers);
        var increments = MemoryMarshal.Cast<ulong, Vector256<ulong>>(Increments);
        for (var i = 0; i < cells.Length; i++)
        {
            var cell = cells[i];
            foreach (var shingle in shingles)
            {
                cell = Vector256.Min(cell, ((multipliers[i] * Vector256.Create(shingle)) + increments[i]) >>> 32);
            }

            cells[i] = cell;
        }
    }

    internal static void UpdateScalar(ReadOnlySpan<ulong> shingles, Span<ulong> minima)
    {
        for (var i = 0; i < Length; i++)
        {
            var cell = minima[i];
            foreach (var shingle in shingles)
            {
                cell = Math.Min(cell, ((Multipliers[i] * shingle) + Increments[i]) >>> 32);
            }

            minima[i] = cell;
        }
    }

    /// <summary>The code point's simple lower case; one whose full lower case is longer stays.</summary>
    internal static Rune ToLower(Rune rune) => rune.Value == 0x0130 ? rune : Rune.ToLowerInvariant(rune);

    private static int SkipSpace(ReadOnlySpan<byte> utf8, int i)
    {
        while (i < utf8.Length)
        {
            if (utf8[i] < 0x80)
            {
                if (AsciiLower[utf8[i]] != 0)
                {
                    break;
                }

                i++;
                continue;
            }

            _ = Rune.DecodeFromUtf8(utf8[i..], out var rune, out var length);
            if (!Rune.IsWhiteSpace(rune))
            {
                break;
            }

            i += length;
        }

        return i;
    }

    // Cell i of the multipliers is splitmix64(2i) | 1, of the increments splitmix64(2i + 1).
    private static ulong[] BuildParameters(bool odd)
    {
        var values = new ulong[Length];
        for (var i = 0; i < Length; i++)
        {
            values[i] = odd ? KeyHash.Mix(2 * (ulong)i) | 1 : KeyHash.Mix((2 * (ulong)i) + 1);
        }

        return values;
    }

    // 0 stands for white space. NUL itself is no white space, so it is given a value that cannot come up otherwise.
    private static byte[] BuildAsciiLower()
    {
        var lower = new byte[128];
        for (var i = 0; i < lower.Length; i++)
        {
            lower[i] = i is >= 9 and <= 13 or ' ' ? (byte)0 : (byte)char.ToLowerInvariant((char)i);
        }

        lower[0] = NulMark;
        return lower;
    }

    private const byte NulMark = 0xFF;
}
