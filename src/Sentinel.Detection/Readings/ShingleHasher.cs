using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text;

namespace Sentinel.Detection.Readings;

/// <summary>
/// Hashes the shingles of a text in vectors: the text, lower-case and with single spaces, is cut into eight stretches,
/// one a lane, and every lane takes one byte at each step. FNV-1a waits for one multiplication a byte; eight lanes of
/// five shingles each wait together, and no step branches on where words end (<c>ReadingBenchmarks.Sketch</c> against
/// <c>SketchWordByWord</c>). Owned by one worker at a time.
/// </summary>
internal sealed class ShingleHasher
{
    private const int ShingleWords = MinHashSketch.ShingleWords;
    private const int LaneCount = 8;
    private const int LaneBytesMax = 256;
    private const int BlockBytes = 32;
    private const int TextBytes = 4096;

    // A block may treble (each broken byte becomes U+FFFD), and lanes read past the end of what they hash.
    private readonly byte[] _text = new byte[TextBytes + (4 * BlockBytes) + LaneBytesMax + LaneCount];
    private readonly int[] _ends = new int[(TextBytes + (4 * BlockBytes)) / 2];
    private readonly ulong[] _shingles = new ulong[(TextBytes + (4 * BlockBytes)) / 2];
    private readonly ulong[] _states = new ulong[LaneBytesMax * LaneCount];
    private readonly Lane[] _lanes = new Lane[LaneCount];
    private int _length;
    private int _wordCount;
    private bool _isAfterSpace;

    /// <summary>
    /// Takes all shingles of a text into the minima. False where the text has fewer words than a shingle, or words too
    /// long for a lane; then the minima mean nothing.
    /// </summary>
    public bool TryHash(ReadOnlySpan<byte> utf8, Span<ulong> minima, out ulong key, out int wordCount)
    {
        (key, wordCount) = (0, ShingleWords - 1);
        (_length, _wordCount, _isAfterSpace) = (0, 0, true);
        for (var i = 0; i < utf8.Length;)
        {
            i = Fill(utf8, i);
            if (i == utf8.Length && !_isAfterSpace)
            {
                EndWord();
            }

            var isLastRound = i == utf8.Length && wordCount >= ShingleWords;
            if (_wordCount < ShingleWords && !isLastRound)
            {
                return false;
            }

            if (!TryHashWords(out var count))
            {
                return false;
            }

            MinHashSketch.Update(_shingles.AsSpan(0, count), minima);
            key = MinHashSketch.KeyOf(_shingles.AsSpan(0, count), key);
            wordCount += count;
            Carry();
        }

        return wordCount >= ShingleWords;
    }

    private int Fill(ReadOnlySpan<byte> utf8, int i)
    {
        while (i < utf8.Length && _length < TextBytes)
        {
            if (utf8.Length - i >= BlockBytes && TryFillBlock(utf8.Slice(i, BlockBytes)))
            {
                i += BlockBytes;
                continue;
            }

            i = FillSlowly(utf8, i, Math.Min(utf8.Length, i + BlockBytes));
        }

        return i;
    }

    // The usual block: ASCII, no two spaces in a row.
    private bool TryFillBlock(ReadOnlySpan<byte> ascii)
    {
        var block = Vector256.Create(ascii);
        var isSpace = Vector256.Equals(block, Vector256.Create((byte)' '))
            | Vector256.LessThan(block - Vector256.Create((byte)'\t'), Vector256.Create((byte)5));
        var spaces = isSpace.ExtractMostSignificantBits();
        if (block.ExtractMostSignificantBits() != 0 || (spaces & ((spaces << 1) | (_isAfterSpace ? 1u : 0))) != 0)
        {
            return false;
        }

        var isUpper = Vector256.LessThan(block - Vector256.Create((byte)'A'), Vector256.Create((byte)26));
        var lower = block | (isUpper & Vector256.Create((byte)0x20));
        Vector256.ConditionalSelect(isSpace, Vector256.Create((byte)' '), lower).CopyTo(_text, _length);
        for (var rest = spaces; rest != 0; rest &= rest - 1)
        {
            _ends[_wordCount++] = _length + BitOperations.TrailingZeroCount(rest);
        }

        _length += BlockBytes;
        _isAfterSpace = spaces >> (BlockBytes - 1) != 0;
        return true;
    }

    private int FillSlowly(ReadOnlySpan<byte> utf8, int i, int end)
    {
        while (i < end)
        {
            var (rune, length) = (new Rune((char)(utf8[i] & 0x7F)), 1);
            if (utf8[i] >= 0x80)
            {
                _ = Rune.DecodeFromUtf8(utf8[i..], out rune, out length);
            }

            i += length;
            if (!Rune.IsWhiteSpace(rune))
            {
                _length += MinHashSketch.ToLower(rune).EncodeToUtf8(_text.AsSpan(_length));
                _isAfterSpace = false;
            }
            else if (!_isAfterSpace)
            {
                EndWord();
            }
        }

        return i;
    }

    private void EndWord()
    {
        _ends[_wordCount++] = _length;
        _text[_length++] = (byte)' ';
        _isAfterSpace = true;
    }

    private int StartOf(int word) => word == 0 ? 0 : _ends[word - 1] + 1;

    private bool TryHashWords(out int count)
    {
        count = 0;
        for (var next = ShingleWords - 1; next < _wordCount;)
        {
            var bytesEach = ((_ends[_wordCount - 1] - StartOf(next)) / LaneCount) + LaneCount;
            var steps = 0;
            for (var i = 0; i < LaneCount; i++)
            {
                ref var lane = ref _lanes[i];
                lane = new Lane(Math.Min(StartOf(next - (ShingleWords - 1)), _length), next, next);
                var limit = Math.Min(lane.Start + LaneBytesMax, StartOf(next) + bytesEach);
                if (next < _wordCount && _ends[next] - lane.Start > LaneBytesMax)
                {
                    return false;
                }

                while (next < _wordCount && (next == lane.First || _ends[next] <= limit))
                {
                    steps = Math.Max(steps, _ends[next++] - lane.Start);
                }

                lane = lane with { End = next };
            }

            Step(steps);
            count = Collect(count);
        }

        return true;
    }

    // Every lane's state after each step is the hash of the five words up to there, if a word ends there.
    private int Collect(int count)
    {
        for (var i = 0; i < LaneCount; i++)
        {
            var lane = _lanes[i];
            for (var word = lane.First; word < lane.End; word++)
            {
                _shingles[count++] = _states[((_ends[word] - 1 - lane.Start) * LaneCount) + i];
            }
        }

        return count;
    }

    private void Step(int steps)
    {
        var basis = Vector512.Create(MinHashSketch.OffsetBasis);
        var space = Vector512.Create((ulong)' ');
        var (first, second, third, fourth, fifth) = (basis, basis, basis, basis, basis);
        ref var states = ref MemoryMarshal.GetArrayDataReference(_states);
        for (var step = 0; step < steps;)
        {
            var bytes = EightBytes(step);
            for (var end = Math.Min(steps, step + 8); step < end; step++)
            {
                var item = bytes & Vector512.Create(0xFFUL);
                bytes >>>= 8;
                var isSpace = Vector512.Equals(item, space);
                first = TimesPrime(first ^ item);
                second = TimesPrime(second ^ item);
                third = TimesPrime(third ^ item);
                fourth = TimesPrime(fourth ^ item);
                fifth = TimesPrime(fifth ^ item);
                first.StoreUnsafe(ref states, (nuint)(step * LaneCount));

                // After a space, the shingle that began a word later is the oldest one.
                first = Vector512.ConditionalSelect(isSpace, second, first);
                second = Vector512.ConditionalSelect(isSpace, third, second);
                third = Vector512.ConditionalSelect(isSpace, fourth, third);
                fourth = Vector512.ConditionalSelect(isSpace, fifth, fourth);
                fifth = Vector512.ConditionalSelect(isSpace, basis, fifth);
            }
        }
    }

    private static Vector512<ulong> TimesPrime(Vector512<ulong> state) =>
        state * Vector512.Create(MinHashSketch.Prime);

    private Vector512<ulong> EightBytes(int step)
    {
        ref var text = ref MemoryMarshal.GetArrayDataReference(_text);
        return Vector512.Create(
            Eight(ref text, _lanes[0].Start + step),
            Eight(ref text, _lanes[1].Start + step),
            Eight(ref text, _lanes[2].Start + step),
            Eight(ref text, _lanes[3].Start + step),
            Eight(ref text, _lanes[4].Start + step),
            Eight(ref text, _lanes[5].Start + step),
            Eight(ref text, _lanes[6].Start + step),
            Eight(ref text, _lanes[7].Start + step));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Eight(ref byte text, int at) =>
        Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref text, at));

    // The last words begin the next shingles; the word that is cut goes with them.
    private void Carry()
    {
        var kept = Math.Min(_wordCount, ShingleWords - 1);
        var start = StartOf(_wordCount - kept);
        for (var i = 0; i < kept; i++)
        {
            _ends[i] = _ends[_wordCount - kept + i] - start;
        }

        _text.AsSpan(start.._length).CopyTo(_text);
        _length -= start;
        _wordCount = kept;
    }

    /// <summary>A stretch of the text: shingles that end with its words are hashed from its first byte on.</summary>
    private readonly record struct Lane(int Start, int First, int End);
}
