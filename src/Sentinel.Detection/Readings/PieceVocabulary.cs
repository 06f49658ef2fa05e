using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Sentinel.Detection.Readings;

/// <summary>
/// The pieces that words are cut into: letters as <see cref="Characters"/> folds them. A piece begins a word or goes on
/// with one; those that begin are written with a leading <c>_</c>. Immutable; shared freely.
/// </summary>
public sealed class PieceVocabulary
{
    /// <summary>Most pieces, the special ones among them: two bytes name a piece, and a table of them stays small.</summary>
    public const int PiecesMax = 1 << 14;

    /// <summary>Longest piece, letters.</summary>
    public const int LettersMax = 16;

    /// <summary>What a piece that begins a word is written with.</summary>
    public const char Begins = '_';

    private const int SlotCount = 2 * PiecesMax;
    private const ulong BeginSeed = 0x9E3779B97F4A7C15;
    private const ulong InnerSeed = 0xC2B2AE3D27D4EB4F;
    private const ulong Multiplier = 0xFF51AFD7ED558CCD;

    private readonly ulong[] _keys = new ulong[SlotCount];
    private readonly ushort[] _pieces = new ushort[SlotCount];

    private PieceVocabulary(int count) => Count = count;

    /// <summary>Pieces, the special ones among them.</summary>
    public int Count { get; }

    /// <summary>Pieces that a file may not name: they stand for something other than letters.</summary>
    public static int SpecialCount => SpecialPiece.Count;

    /// <summary>A vocabulary of the pieces of letters in their order; false where they are no vocabulary.</summary>
    public static bool TryCreate(
        IReadOnlyList<string> pieces,
        [NotNullWhen(true)] out PieceVocabulary? vocabulary,
        [NotNullWhen(false)] out string? fault)
    {
        ArgumentNullException.ThrowIfNull(pieces);
        (vocabulary, fault) = (null, null);
        if (pieces.Count is 0 or > PiecesMax - SpecialPiece.Count)
        {
            fault = string.Create(CultureInfo.InvariantCulture, $"a vocabulary of {pieces.Count} pieces");
            return false;
        }

        var made = new PieceVocabulary(pieces.Count + SpecialPiece.Count);
        for (var i = 0; i < pieces.Count; i++)
        {
            if (!made.TryAdd(pieces[i], (ushort)(SpecialPiece.Count + i)))
            {
                fault = string.Create(CultureInfo.InvariantCulture, $"piece {i} is empty, too long, or there twice");
                return false;
            }
        }

        vocabulary = made;
        return true;
    }

    /// <summary>The longest piece at the beginning of some letters; <see cref="SpecialPiece.Unknown"/> of one letter if none.</summary>
    /// <param name="letters">What is left of the word; not empty.</param>
    /// <param name="isBegin">Whether the word begins there.</param>
    /// <param name="length">Letters of the piece, at least 1.</param>
    internal ushort Longest(ReadOnlySpan<char> letters, bool isBegin, out int length)
    {
        var (state, found) = (isBegin ? BeginSeed : InnerSeed, SpecialPiece.Unknown);
        length = 1;
        var end = Math.Min(letters.Length, LettersMax);
        for (var i = 0; i < end; i++)
        {
            state = Step(state, letters[i]);
            var slot = SlotOf(state);
            if (_keys[slot] == state)
            {
                (found, length) = (_pieces[slot], i + 1);
            }
        }

        return found;
    }

    // Never 0: an odd multiplier keeps what is not.
    private static ulong Step(ulong state, char letter)
    {
        var mixed = (state ^ letter) * Multiplier;
        mixed ^= mixed >> 32;
        return mixed == 0 ? 1 : mixed;
    }

    private int SlotOf(ulong key)
    {
        var slot = (int)(key >> 20) & (SlotCount - 1);
        while (_keys[slot] != 0 && _keys[slot] != key)
        {
            slot = (slot + 1) & (SlotCount - 1);
        }

        return slot;
    }

    private bool TryAdd(string piece, ushort id)
    {
        var isBegin = piece.StartsWith(Begins);
        var letters = isBegin ? piece.AsSpan(1) : piece;
        if (letters.Length is 0 or > LettersMax)
        {
            return false;
        }

        var state = isBegin ? BeginSeed : InnerSeed;
        foreach (var letter in letters)
        {
            state = Step(state, letter);
        }

        var slot = SlotOf(state);
        if (_keys[slot] != 0)
        {
            return false;
        }

        (_keys[slot], _pieces[slot]) = (state, id);
        return true;
    }
}
