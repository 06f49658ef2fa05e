using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text;
using Sentinel.Detection.Exchanges;

namespace Sentinel.Detection.Readings;

/// <summary>
/// Reads one word at a time and hashes what it says rather than how it is written: lower case, without accents,
/// width, invisible characters, apostrophes, and with look-alikes of other alphabets read as the Latin word they
/// imitate.
/// </summary>
internal static class WordScanner
{
    private const int StemLength = 5;
    private const int SyllableStemLength = 2;
    private const int BlockBytes = 32;
    private const int PrefixMax = 8;
    private const ulong OffsetBasis = 14695981039346656037;
    private const ulong Prime = 1099511628211;
    private const ulong StemSalt = 0x5354454D;

    private static readonly byte[] AsciiLetters = BuildAsciiLetters();

    /// <summary>Reads the word at <paramref name="start"/> into the token; returns the byte after it.</summary>
    /// <param name="text">The text.</param>
    /// <param name="start">First byte of the word.</param>
    /// <param name="afterLatin">Whether the word before is Latin: then one made of look-alikes alone is too.</param>
    /// <param name="token">Gets the bounds and hashes.</param>
    /// <param name="isLatin">Whether the word has a Latin letter, or was read as Latin.</param>
    public static int Read(ReadOnlySpan<byte> text, int start, bool afterLatin, ref Token token, out bool isLatin)
    {
        if (TryReadAscii(text, start, ref token, out var end))
        {
            isLatin = true;
            return end;
        }

        var word = new Word();
        end = word.Scan(text, start, foldLookalikes: false);
        if (word.LookalikeCount > 0 && word.ForeignCount == 0 && (word.LatinCount > 0 || afterLatin))
        {
            word = new Word();
            end = word.Scan(text, start, foldLookalikes: true);
        }

        isLatin = word.LatinCount > 0;
        token.Start = start;
        token.End = end;
        token.Kind = TokenKind.Word;
        token.Hash = KeyHash.Mix(word.Hash);
        token.Stem = word.StemHash == 0 ? 0 : KeyHash.Mix(word.StemHash ^ StemSalt);
        return end;
    }

    /// <summary>Folded letter of an ASCII byte, or 0.</summary>
    public static byte AsciiLetter(byte item) => item < 0x80 ? AsciiLetters[item] : (byte)0;

    // The usual word: letters of ASCII up to something that surely ends it. Same hashes as the general way. Its end is
    // found by vector, and its hashes are taken without a branch on its length, which no processor foretells.
    private static bool TryReadAscii(ReadOnlySpan<byte> text, int start, ref Token token, out int end)
    {
        end = start;
        if (text.Length - start <= BlockBytes)
        {
            return false;
        }

        ref var word = ref Unsafe.Add(ref MemoryMarshal.GetReference(text), start);
        var lower = Vector256.LoadUnsafe(ref word) | Vector256.Create((byte)0x20);
        var letters = Vector256.LessThan(lower - Vector256.Create((byte)'a'), Vector256.Create((byte)26));
        var length = BitOperations.TrailingZeroCount(~letters.ExtractMostSignificantBits());
        var next = Unsafe.Add(ref word, length);
        if (length is 0 or BlockBytes || next >= 0x80 || next == '\'')
        {
            return false;
        }

        var hashes = default(PrefixHashes);
        FillPrefixes(Unsafe.ReadUnaligned<ulong>(ref word), hashes);
        var hash = hashes[(length - 1) & (PrefixMax - 1)];
        if (length > PrefixMax)
        {
            hash = hashes[PrefixMax - 1];
            for (var i = PrefixMax; i < length; i++)
            {
                hash = (hash ^ (byte)(Unsafe.Add(ref word, i) | 0x20)) * Prime;
            }
        }

        end = start + length;
        token.Start = start;
        token.End = end;
        token.Kind = TokenKind.Word;
        token.Hash = KeyHash.Mix(hash);
        token.Stem = KeyHash.Mix(hashes[StemLength - 1] ^ StemSalt) & (ulong)((StemLength - length) >> 31);
        return true;
    }

    // Hashes of the first letter, the first two, and so on; those past the word's end mean nothing.
    private static void FillPrefixes(ulong letters, Span<ulong> hashes)
    {
        letters |= 0x2020202020202020;
        var hash = OffsetBasis;
        hashes[7] = 0; // One check of the bounds for all.
        hashes[0] = hash = (hash ^ (byte)letters) * Prime;
        hashes[1] = hash = (hash ^ (byte)(letters >> 8)) * Prime;
        hashes[2] = hash = (hash ^ (byte)(letters >> 16)) * Prime;
        hashes[3] = hash = (hash ^ (byte)(letters >> 24)) * Prime;
        hashes[4] = hash = (hash ^ (byte)(letters >> 32)) * Prime;
        hashes[5] = hash = (hash ^ (byte)(letters >> 40)) * Prime;
        hashes[6] = hash = (hash ^ (byte)(letters >> 48)) * Prime;
        hashes[7] = (hash ^ (byte)(letters >> 56)) * Prime;
    }

    private static byte[] BuildAsciiLetters()
    {
        var letters = new byte[128];
        for (var i = 'a'; i <= 'z'; i++)
        {
            letters[i] = letters[char.ToUpperInvariant(i)] = (byte)i;
        }

        return letters;
    }

    [InlineArray(PrefixMax)]
    private struct PrefixHashes
    {
        private ulong _first;
    }

    private struct Word
    {
        private int _length;
        private ulong _stemState;

        public Word()
        {
            Hash = OffsetBasis;
        }

        public ulong Hash { get; private set; }

        public readonly ulong StemHash => _stemState;

        public int LatinCount { get; private set; }

        public int LookalikeCount { get; private set; }

        public int ForeignCount { get; private set; }

        public int Scan(ReadOnlySpan<byte> text, int i, bool foldLookalikes)
        {
            var atStem = 0UL;
            while (i < text.Length)
            {
                var item = text[i];
                if (item < 0x80)
                {
                    var letter = AsciiLetters[item];
                    if (letter == 0)
                    {
                        // An apostrophe between letters belongs to the word and is not part of what it says.
                        if (item == '\'' && i + 1 < text.Length && AsciiLetter(text[i + 1]) != 0)
                        {
                            i++;
                            continue;
                        }

                        break;
                    }

                    LatinCount++;
                    Hash = (Hash ^ letter) * Prime;
                    i++;
                    if (++_length == StemLength)
                    {
                        atStem = Hash;
                    }

                    continue;
                }

                _ = Rune.DecodeFromUtf8(text[i..], out var rune, out var length);
                var kind = Characters.ClassOf(rune.Value);
                if (kind == CharacterClass.Dropped || (rune.Value == 0x2019 && IsLetterAt(text, i + length)))
                {
                    i += length;
                    continue;
                }

                if (kind != CharacterClass.Letter)
                {
                    break;
                }

                i += length;
                Append(rune.Value, foldLookalikes);
                if (++_length == (rune.Value is >= 0xAC00 and < 0xD7A4 ? SyllableStemLength : StemLength))
                {
                    atStem = Hash;
                }
            }

            _stemState = atStem == Hash ? 0 : atStem;
            return i;
        }

        private static bool IsLetterAt(ReadOnlySpan<byte> text, int i) => i < text.Length && AsciiLetter(text[i]) != 0;

        private void Append(int codePoint, bool foldLookalikes)
        {
            var folded = Characters.Fold(codePoint);
            var lookalike = folded < 0x80 ? 0 : Characters.LatinLookalike(folded);
            if (folded < 0x80 || (foldLookalikes && lookalike != 0))
            {
                folded = folded < 0x80 ? folded : lookalike;
                LatinCount++;
            }
            else if (lookalike != 0)
            {
                LookalikeCount++;
            }
            else
            {
                ForeignCount++;
            }

            if (folded < 0x80)
            {
                // As one byte, so that it hashes like the plain letter.
                Hash = (Hash ^ (byte)folded) * Prime;
                return;
            }

            Hash = (Hash ^ (uint)(folded & 0xFF)) * Prime;
            Hash = (Hash ^ (uint)(folded >> 8)) * Prime;
        }
    }
}
