using System.Text;
using Sentinel.Detection.Exchanges;

namespace Sentinel.Detection.Readings;

/// <summary>
/// Words and pairs of words, each with a number. An entry is a word; <c>word*</c>, every word that begins with its first
/// five letters (two syllables in Hangul); <c>one_two</c>, two words in a row; in scripts without spaces, the first two
/// characters in a row, or one alone. Never changed once it is filled.
/// </summary>
internal sealed class LexiconTable
{
    /// <summary>What is given for a token that is in no entry.</summary>
    public const int None = -1;

    private const int FilterShift = 64 - FilterBits;
    private const int FilterBits = 18;

    // Bits that words of the lexicon, and first words of its pairs, set by the upper bits of their keys: most words of
    // a prompt are neither, and one bit tells so without a look into the table.
    private readonly ulong[] _mayBeKey = new ulong[1 << (FilterBits - 6)];
    private readonly ulong[] _mayBeFirst = new ulong[1 << (FilterBits - 6)];
    private readonly ulong[] _keys;
    private readonly ushort[] _values;

    /// <summary>A table for at most half as many entries as it has slots, a power of two.</summary>
    public LexiconTable(int slots) => (_keys, _values) = (new ulong[slots], new ushort[slots]);

    /// <summary>Entries in it.</summary>
    public int Count { get; private set; }

    /// <summary>Adds an entry; the first that claims a word keeps it.</summary>
    public void Add(string entry, int value)
    {
        var key = KeyOf(entry);
        Put(_mayBeKey, key);
        var slot = SlotOf(key);
        if (_keys[slot] == 0)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(++Count, _keys.Length / 2, entry);
            (_keys[slot], _values[slot]) = (key, (ushort)value);
        }
    }

    /// <summary>The number of the pair that a token makes with the one before it; <see cref="None"/> if there is none.</summary>
    /// <param name="token">The token.</param>
    /// <param name="previous">Hash of the token before, or 0.</param>
    public int OfPair(in Token token, ulong previous) =>
        previous == 0 || !Has(_mayBeFirst, previous) ? None : Find(PairKey(previous, token.Hash));

    /// <summary>The number of a word, or of its beginning: the whole word says more.</summary>
    public int OfWord(in Token token)
    {
        var whole = Find(token.Hash);
        return whole >= 0 || token.Stem == 0 ? whole : Find(token.Stem);
    }

    private static ulong PairKey(ulong first, ulong second) => KeyHash.Mix((first * 3) + second);

    private static bool Has(ulong[] bits, ulong key) =>
        (bits[key >> (FilterShift + 6)] >> (int)(key >> FilterShift) & 1) != 0;

    private static void Put(ulong[] bits, ulong key) => bits[key >> (FilterShift + 6)] |= 1UL << (int)(key >> FilterShift);

    private int Find(ulong key)
    {
        if (!Has(_mayBeKey, key))
        {
            return None;
        }

        var slot = SlotOf(key);
        return _keys[slot] == 0 ? None : _values[slot];
    }

    private int SlotOf(ulong key)
    {
        var slot = (int)key & (_keys.Length - 1);
        while (_keys[slot] != 0 && _keys[slot] != key)
        {
            slot = (slot + 1) & (_keys.Length - 1);
        }

        return slot;
    }

    private ulong KeyOf(string entry)
    {
        if (entry.Contains('_', StringComparison.Ordinal))
        {
            var words = entry.Split('_');
            return PairOf(TokenOf(words[0]).Hash, TokenOf(words[1]).Hash);
        }

        var first = Rune.GetRuneAt(entry, 0);
        if (Characters.ClassOf(first.Value) == CharacterClass.Unit)
        {
            var hash = Tokenizer.UnitHash(first.Value);
            return entry.Length == first.Utf16SequenceLength
                ? hash
                : PairOf(hash, Tokenizer.UnitHash(Rune.GetRuneAt(entry, first.Utf16SequenceLength).Value));
        }

        var token = TokenOf(entry.TrimEnd('*'));
        return entry[^1] == '*' && token.Stem != 0 ? token.Stem : token.Hash;
    }

    private ulong PairOf(ulong first, ulong second)
    {
        Put(_mayBeFirst, first);
        return PairKey(first, second);
    }

    private static Token TokenOf(string word)
    {
        var token = default(Token);
        _ = WordScanner.Read(Encoding.UTF8.GetBytes(word), 0, WordScript.Other, ref token, out _);
        return token;
    }
}
