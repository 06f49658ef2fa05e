using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text;

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
    private const int AheadBytes = 64;
    private const int StepBytes = 2 * WordHash.BlockBytes;
    private const ulong WordSalt = 0x589965CC75374CC3;
    private const ulong StemSalt = 0x1D8E4E27C47D124F;

    private static readonly byte[] AsciiLetters = BuildAsciiLetters();
    private static readonly ulong[] HeadMasks = BuildMasks(skipped: 0);
    private static readonly ulong[] TailMasks = BuildMasks(skipped: WordHash.BlockBytes);

    /// <summary>Reads the word at <paramref name="start"/> into the token; returns the byte after it.</summary>
    /// <param name="text">The text.</param>
    /// <param name="start">First byte of the word.</param>
    /// <param name="before">Script of the word before: a word made of look-alikes alone is taken to be of it.</param>
    /// <param name="token">Gets the bounds and hashes.</param>
    /// <param name="script">Script that the word was read in.</param>
    public static int Read(
        ReadOnlySpan<byte> text, int start, WordScript before, ref Token token, out WordScript script)
    {
        // A text's first word, and one among Cyrillic words, may imitate these.
        if (before == WordScript.Latin && TryReadAscii(text, start, ref token, out var end))
        {
            script = WordScript.Latin;
            return end;
        }

        var word = new Word(WordScript.Other);
        end = word.Scan(text, start);
        before = before == WordScript.Other && word.IsDoubtful ? ScriptAhead(text, end) : before;
        script = word.ScriptAfter(before);
        if (script == WordScript.Latin ? word.LookalikeCount > 0 : script == WordScript.Cyrillic && word.LatinCount > 0)
        {
            word = new Word(script);
            end = word.Scan(text, start);
        }

        token.Start = start;
        token.End = end;
        token.Kind = TokenKind.Word;
        token.Script = script;
        token.FoldedLength = (byte)Math.Min(word.FoldedLength, byte.MaxValue);
        token.Hash = WordHash.Finish(word.State, WordSalt);
        token.Stem = word.StemState == 0 ? 0 : WordHash.Finish(word.StemState, StemSalt);
        return end;
    }

    /// <summary>Folded letter of an ASCII byte, or 0.</summary>
    public static byte AsciiLetter(byte item) => item < 0x80 ? AsciiLetters[item] : (byte)0;

    // The usual word: letters of ASCII up to something that surely ends it. Same hashes as the general way. Its end is
    // found by vector, and eight letters are hashed at once.
    private static bool TryReadAscii(ReadOnlySpan<byte> text, int start, ref Token token, out int end)
    {
        end = start;
        if (text.Length - start < BlockBytes + WordHash.BlockBytes)
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

        // Two blocks whatever the length: whether a word is longer than one cannot be foretold.
        var block = BlockAt(ref word, 0);
        var second = BlockAt(ref word, WordHash.BlockBytes) & TailMasks[length];
        var state = WordHash.Step(0, block & HeadMasks[length], second);
        for (var i = StepBytes; i < length; i += StepBytes)
        {
            var rest = Math.Min(length - i, StepBytes);
            var more = BlockAt(ref word, i + WordHash.BlockBytes) & TailMasks[rest];
            state = WordHash.Step(state, BlockAt(ref word, i) & HeadMasks[rest], more);
        }

        end = start + length;
        token.Start = start;
        token.End = end;
        token.Kind = TokenKind.Word;
        token.Script = WordScript.Latin;
        token.FoldedLength = (byte)length;
        token.Hash = WordHash.Finish(state, WordSalt);
        var stem = WordHash.Finish(WordHash.Step(0, block & HeadMasks[StemLength], 0), StemSalt);
        token.Stem = length > StemLength ? stem : 0;
        return true;
    }

    private static ulong BlockAt(ref byte word, int i) =>
        Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref word, i)) | WordHash.LowerCase;

    // What a word of so many letters keeps of the block after the first ones.
    private static ulong[] BuildMasks(int skipped)
    {
        var masks = new ulong[BlockBytes + 1];
        for (var length = skipped + 1; length < masks.Length; length++)
        {
            masks[length] = WordHash.Keep(ulong.MaxValue, Math.Min(length - skipped, WordHash.BlockBytes));
        }

        return masks;
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

    // The first letter after a text's opening words that only one of the two alphabets has.
    private static WordScript ScriptAhead(ReadOnlySpan<byte> text, int i)
    {
        for (var end = Math.Min(text.Length, i + AheadBytes); i < end;)
        {
            _ = Rune.DecodeFromUtf8(text[i..], out var rune, out var length);
            var folded = Characters.Fold(rune.Value);
            if (AsciiLetter(text[i]) != 0 && Characters.CyrillicLookalike(folded) == 0)
            {
                return WordScript.Latin;
            }

            if (folded is >= 0x400 and < 0x530 && Characters.LatinLookalike(folded) == 0)
            {
                return WordScript.Cyrillic;
            }

            i += length;
        }

        return WordScript.Other;
    }

    // The script is the one whose look-alikes are folded into; none for Other.
    private struct Word(WordScript script)
    {
        private WordHash _hash;
        private int _length;
        private int _onlyLatinCount;
        private int _mostlyLatinCount;
        private int _foreignCount;
        private bool _isCyrillic;

        private static ReadOnlySpan<byte> UsualDoubles => "aeopcyx"u8;

        public readonly ulong State => _hash.State;

        /// <summary>Bytes hashed.</summary>
        public readonly int FoldedLength => _hash.Length;

        /// <summary>State after the letters of the stem; 0 where the word ends with them or before.</summary>
        public ulong StemState { get; private set; }

        public int LatinCount { get; private set; }

        public int LookalikeCount { get; private set; }

        /// <summary>Whether its letters may be of either alphabet.</summary>
        public readonly bool IsDoubtful => _foreignCount == 0 && (LookalikeCount > 0 || _mostlyLatinCount == 0);

        /// <summary>What the letters counted say the word is, after one of another script or the same.</summary>
        public readonly WordScript ScriptAfter(WordScript before)
        {
            if (_foreignCount > 0)
            {
                return _isCyrillic ? WordScript.Cyrillic : WordScript.Latin;
            }

            if (before == WordScript.Cyrillic)
            {
                // A word of ASCII alone is taken for an imitation only where all its letters are the usual doubles.
                var isImitation = LookalikeCount > 0 ? _onlyLatinCount == 0 : _mostlyLatinCount == 0;
                return isImitation ? WordScript.Cyrillic : WordScript.Latin;
            }

            return LatinCount > 0 || (LookalikeCount > 0 && before == WordScript.Latin)
                ? WordScript.Latin
                : WordScript.Other;
        }

        public int Scan(ReadOnlySpan<byte> text, int i)
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
                        if (item == '\'' && IsLetterAt(text, i + 1))
                        {
                            i++;
                            continue;
                        }

                        break;
                    }

                    AppendLatin(letter);
                    i++;
                    if (++_length == StemLength)
                    {
                        atStem = State;
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
                Append(rune.Value);
                if (++_length == (rune.Value is >= 0xAC00 and < 0xD7A4 ? SyllableStemLength : StemLength))
                {
                    atStem = State;
                }
            }

            StemState = atStem == State ? 0 : atStem;
            return i;
        }

        // A letter of ASCII, or one that looks like it.
        private static bool IsLetterAt(ReadOnlySpan<byte> text, int i)
        {
            if (i >= text.Length || text[i] < 0x80)
            {
                return i < text.Length && AsciiLetter(text[i]) != 0;
            }

            _ = Rune.DecodeFromUtf8(text[i..], out var rune, out _);
            return Characters.LatinLookalike(Characters.Fold(rune.Value)) != 0;
        }

        private void Append(int codePoint)
        {
            var folded = Characters.Fold(codePoint);
            if (folded < 0x80)
            {
                AppendLatin((byte)folded);
                return;
            }

            var lookalike = Characters.LatinLookalike(folded);
            if (lookalike == 0)
            {
                _foreignCount++;
                _isCyrillic |= folded is >= 0x400 and < 0x530;
            }
            else
            {
                LookalikeCount++;
                folded = script == WordScript.Latin ? lookalike : folded;
            }

            AppendFolded(folded);
        }

        private void AppendLatin(byte letter)
        {
            var lookalike = Characters.CyrillicLookalike(letter);
            LatinCount++;
            _onlyLatinCount += lookalike == 0 ? 1 : 0;
            _mostlyLatinCount += UsualDoubles.Contains(letter) ? 0 : 1;
            AppendFolded(script == WordScript.Cyrillic && lookalike != 0 ? lookalike : letter);
        }

        private void AppendFolded(int folded)
        {
            _hash.Append((byte)folded);
            if (folded < 0x80)
            {
                return; // As one byte, so that it hashes like the plain letter.
            }

            _hash.Append((byte)(folded >> 8));
            if (folded > char.MaxValue)
            {
                _hash.Append((byte)(folded >> 16));
            }
        }
    }
}
