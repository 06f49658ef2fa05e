using System.Text;
using Sentinel.Detection.Exchanges;

namespace Sentinel.Detection.Readings;

/// <summary>
/// Words of twelve languages that name the same thing in requests to a model: they give the same feature, so that what
/// is learned of a way of asking in one language holds in the others, and with other words of one language.
/// </summary>
/// <remarks>
/// An entry is a word; <c>word*</c>, every word that begins with its first five letters (two syllables in Hangul);
/// <c>one_two</c>, two words in a row; in scripts without spaces, the first two characters in a row. Built once,
/// never changed.
/// </remarks>
internal static partial class ConceptLexicon
{
    /// <summary>Concepts that there can be: the bits of a mask.</summary>
    public const int ConceptsMax = 64;

    private const int SlotCount = 1 << 13;

    // Bits that words of the lexicon, and first words of its pairs, set by the upper bits of their keys: most words of
    // a prompt are neither, and a bit of 8 KiB tells so without a look into the table.
    private static readonly ulong[] MayBeKey = new ulong[1 << 10];
    private static readonly ulong[] MayBeFirst = new ulong[1 << 10];
    private static readonly ulong[] Keys = new ulong[SlotCount];
    private static readonly byte[] Values = new byte[SlotCount];

    static ConceptLexicon()
    {
        var concept = 0;
        foreach (var line in Entries.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            foreach (var entry in line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..])
            {
                Add(KeyOf(entry), concept);
            }

            concept++;
        }
    }

    /// <summary>The key of two tokens in a row.</summary>
    public static ulong PairKey(ulong first, ulong second) => KeyHash.Mix((first * 3) + second);

    /// <summary>The bit of the concept that a token names, alone or with the one before it; 0 for none.</summary>
    /// <param name="token">The token.</param>
    /// <param name="previous">Hash of the token before, or 0.</param>
    public static ulong MaskOf(in Token token, ulong previous)
    {
        if (token.Kind > TokenKind.Unit)
        {
            return 0;
        }

        var mask = previous == 0 || !Has(MayBeFirst, previous) ? 0 : Find(PairKey(previous, token.Hash));
        if (token.Kind == TokenKind.Word)
        {
            // The whole word says more than its beginning.
            var whole = Find(token.Hash);
            mask |= whole != 0 || token.Stem == 0 ? whole : Find(token.Stem);
        }

        return mask;
    }

    private static bool Has(ulong[] bits, ulong key) => (bits[key >> 54] >> (int)(key >> 48) & 1) != 0;

    private static void Put(ulong[] bits, ulong key) => bits[key >> 54] |= 1UL << (int)(key >> 48);

    private static ulong Find(ulong key) => Has(MayBeKey, key) ? FindInTable(key) : 0;

    private static ulong FindInTable(ulong key)
    {
        for (var slot = (int)(key % SlotCount); Keys[slot] != 0; slot = (slot + 1) % SlotCount)
        {
            if (Keys[slot] == key)
            {
                return 1UL << Values[slot];
            }
        }

        return 0;
    }

    // The first concept that claims a word keeps it.
    private static void Add(ulong key, int concept)
    {
        Put(MayBeKey, key);
        var slot = (int)(key % SlotCount);
        while (Keys[slot] != 0 && Keys[slot] != key)
        {
            slot = (slot + 1) % SlotCount;
        }

        if (Keys[slot] == 0)
        {
            (Keys[slot], Values[slot]) = (key, (byte)concept);
        }
    }

    private static ulong KeyOf(string entry)
    {
        if (entry.Contains('_', StringComparison.Ordinal))
        {
            var words = entry.Split('_');
            return PairOf(TokenOf(words[0]).Hash, TokenOf(words[1]).Hash);
        }

        var first = Rune.GetRuneAt(entry, 0);
        if (Characters.ClassOf(first.Value) == CharacterClass.Unit)
        {
            var second = Rune.GetRuneAt(entry, first.Utf16SequenceLength);
            return PairOf(Tokenizer.UnitHash(first.Value), Tokenizer.UnitHash(second.Value));
        }

        var token = TokenOf(entry.TrimEnd('*'));
        return entry[^1] == '*' && token.Stem != 0 ? token.Stem : token.Hash;
    }

    private static ulong PairOf(ulong first, ulong second)
    {
        Put(MayBeFirst, first);
        return PairKey(first, second);
    }

    private static Token TokenOf(string word)
    {
        var token = default(Token);
        _ = WordScanner.Read(Encoding.UTF8.GetBytes(word), 0, WordScript.Other, ref token, out _);
        return token;
    }
}
