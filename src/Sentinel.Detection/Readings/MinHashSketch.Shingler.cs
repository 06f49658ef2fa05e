using System.Text;
using Sentinel.Detection.Exchanges;

namespace Sentinel.Detection.Readings;

public static partial class MinHashSketch
{
    // FNV-1a cannot drop its first bytes, so the five shingles that a byte belongs to are hashed side by side: five
    // independent chains, which is also what hides the latency of the multiplication.
    private ref struct Shingler(Span<ulong> pending, Span<ulong> minima)
    {
        private readonly Span<ulong> _pending = pending;
        private readonly Span<ulong> _minima = minima;
        private int _pendingCount;
        private ulong _first;
        private ulong _second;
        private ulong _third;
        private ulong _fourth;
        private ulong _fifth;
        private ulong _key;

        public int WordCount { get; private set; }

        public int ReadWord(ReadOnlySpan<byte> utf8, int i)
        {
            _first = Step(_second, (byte)' ');
            _second = Step(_third, (byte)' ');
            _third = Step(_fourth, (byte)' ');
            _fourth = Step(_fifth, (byte)' ');
            _fifth = OffsetBasis;
            while (i < utf8.Length)
            {
                i = ReadAscii(utf8, i);
                if (i == utf8.Length || (utf8[i] < 0x80))
                {
                    break;
                }

                _ = Rune.DecodeFromUtf8(utf8[i..], out var rune, out var length);
                if (Rune.IsWhiteSpace(rune))
                {
                    break;
                }

                Append(ToLower(rune));
                i += length;
            }

            WordCount++;
            if (WordCount >= ShingleWords)
            {
                Emit(_first);
            }

            return i;
        }

        /// <summary>Ends the text; gives the key of its words in their order, 0 for none.</summary>
        public ulong Finish()
        {
            if (WordCount is > 0 and < ShingleWords)
            {
                Emit(WordCount switch { 1 => _fifth, 2 => _fourth, 3 => _third, _ => _second });
            }

            Update(_pending[.._pendingCount], _minima);
            return WordCount == 0 ? 0 : KeyHash.Combine(_key, (ulong)WordCount);
        }

        private static ulong Step(ulong hash, byte item) => (hash ^ item) * Prime;

        private int ReadAscii(ReadOnlySpan<byte> utf8, int i)
        {
            var (first, second, third, fourth, fifth) = (_first, _second, _third, _fourth, _fifth);
            for (; i < utf8.Length && utf8[i] < 0x80; i++)
            {
                var lower = AsciiLower[utf8[i]];
                if (lower == 0)
                {
                    break;
                }

                lower = lower == NulMark ? (byte)0 : lower;
                first = Step(first, lower);
                second = Step(second, lower);
                third = Step(third, lower);
                fourth = Step(fourth, lower);
                fifth = Step(fifth, lower);
            }

            (_first, _second, _third, _fourth, _fifth) = (first, second, third, fourth, fifth);
            return i;
        }

        private void Append(Rune rune)
        {
            Span<byte> bytes = stackalloc byte[4];
            foreach (var item in bytes[..rune.EncodeToUtf8(bytes)])
            {
                _first = Step(_first, item);
                _second = Step(_second, item);
                _third = Step(_third, item);
                _fourth = Step(_fourth, item);
                _fifth = Step(_fifth, item);
            }
        }

        private void Emit(ulong shingle)
        {
            _key = (_key ^ shingle) * Prime;
            _pending[_pendingCount++] = shingle;
            if (_pendingCount == PendingMax)
            {
                Update(_pending, _minima);
                _pendingCount = 0;
            }
        }
    }
}
