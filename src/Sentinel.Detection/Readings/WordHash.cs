using System.Runtime.CompilerServices;

namespace Sentinel.Detection.Readings;

/// <summary>
/// The hash of a word's folded bytes, taken sixteen at once by one multiplication of 64 by 64 bits, folded (as in
/// wyhash, Wang Yi, 2019): nearly every word costs two.
/// </summary>
internal struct WordHash
{
    /// <summary>Bytes of each of the two blocks that a step takes.</summary>
    public const int BlockBytes = 8;

    /// <summary>The bit that makes ASCII letters lower-case, in each byte of a block.</summary>
    public const ulong LowerCase = 0x2020202020202020;

    private const ulong FirstSecret = 0xA0761D6478BD642F;
    private const ulong SecondSecret = 0xE7037ED1A0B428DB;
    private const ulong LastSecret = 0x8EBC6AF09C88C6E3;

    private ulong _done;
    private ulong _first;
    private ulong _second;
    private int _fill;

    /// <summary>State after the bytes so far; 0 before the first.</summary>
    public readonly ulong State => _fill == 0 ? _done : Step(_done, _first, _second);

    /// <summary>Bytes taken.</summary>
    public int Length { get; private set; }

    /// <summary>Takes one byte.</summary>
    public void Append(byte item)
    {
        Length++;
        var bits = (ulong)item << (8 * (_fill % BlockBytes));
        if (_fill < BlockBytes)
        {
            _first |= bits;
        }
        else
        {
            _second |= bits;
        }

        if (++_fill == 2 * BlockBytes)
        {
            (_done, _first, _second, _fill) = (Step(_done, _first, _second), 0, 0, 0);
        }
    }

    /// <summary>Takes two blocks, the first byte lowest, padded with zeros.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Step(ulong state, ulong first, ulong second) =>
        Fold(first ^ state ^ FirstSecret, second ^ SecondSecret);

    /// <summary>The hash from the last state.</summary>
    /// <param name="state">The state.</param>
    /// <param name="salt">What the hash is of.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Finish(ulong state, ulong salt) => Fold(state ^ salt, LastSecret);

    /// <summary>The first bytes of a block, 1 to 8; the others become 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Keep(ulong block, int count) => block & (ulong.MaxValue >> (8 * (BlockBytes - count)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Fold(ulong left, ulong right) => Math.BigMul(left, right, out var low) ^ low;
}
