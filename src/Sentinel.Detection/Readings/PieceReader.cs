using System.Numerics;
using System.Text;
using Sentinel.Detection.Exchanges;

namespace Sentinel.Detection.Readings;

/// <summary>
/// Cuts a prompt's tokens into pieces of a vocabulary. Numbers, links and code are one piece each, whatever they say:
/// they change from use to use of a frame. Never throws on any text; allocates nothing. Owned by one worker at a time.
/// </summary>
internal sealed class PieceReader
{
    private const int SystemMax = PieceLayout.LengthMax / 4;
    private const int TurnMax = PieceLayout.LengthMax / 16;
    private const int WordLettersMax = 48;

    private readonly char[] _letters = new char[WordLettersMax];
    private readonly Cut[] _cuts = new Cut[PieceLayout.LengthMax];

    /// <summary>Fills a row; returns how many pieces it has.</summary>
    public int Read(
        ReadOnlySpan<byte> text, Exchange exchange, in PromptTokens prompt, PieceVocabulary vocabulary, Span<ushort> row)
    {
        row = row[..PieceLayout.Width];
        row.Clear();
        var count = 0;
        AddShape(row, ref count, SpecialPiece.Samples, exchange.SampleCount > 1);
        AddShape(row, ref count, SpecialPiece.Logprobs, exchange.Logprobs);
        AddShape(row, ref count, SpecialPiece.Tools, exchange.ToolCount > 0);
        AddPart(text, prompt.System, SpecialPiece.System, SystemMax, vocabulary, row, ref count);
        AddPart(text, prompt.CustomerTurns, SpecialPiece.CustomerTurn, TurnMax, vocabulary, row, ref count);
        AddPart(text, prompt.OtherTurns, SpecialPiece.OtherTurn, TurnMax, vocabulary, row, ref count);
        AddPart(text, prompt.User, SpecialPiece.User, PieceLayout.LengthMax, vocabulary, row, ref count);
        return count;
    }

    private static void AddShape(Span<ushort> row, ref int count, ushort piece, bool isThere)
    {
        if (isThere)
        {
            row[count++] = piece;
        }
    }

    // Head and tail of what does not fit, in the proportion of three to two, with a gap between them.
    private void AddPart(
        ReadOnlySpan<byte> text,
        ReadOnlySpan<Token> tokens,
        ushort opening,
        int partMax,
        PieceVocabulary vocabulary,
        Span<ushort> row,
        ref int count)
    {
        var room = Math.Min(partMax, PieceLayout.LengthMax - count) - 1;
        if (tokens.IsEmpty || room < 3)
        {
            return;
        }

        row[count++] = opening;
        var headRoom = (room - 1) * 3 / 5;
        var cut = CutForward(text, tokens, vocabulary, room, headRoom, out var end);
        if (end.Tokens == tokens.Length)
        {
            Write(_cuts.AsSpan(0, cut), row, ref count);
            return;
        }

        Write(_cuts.AsSpan(0, end.HeadPieces), row, ref count);
        row[count++] = SpecialPiece.Gap;
        var tailRoom = room - 1 - end.HeadPieces;
        var rest = tokens[end.HeadTokens..];
        cut = CutForward(text, rest[FirstOfTail(text, rest, vocabulary, tailRoom)..], vocabulary, tailRoom, 0, out _);
        Write(_cuts.AsSpan(0, cut), row, ref count);
    }

    // The earliest token from which all to the end fits: pieces are counted from the end backwards.
    private int FirstOfTail(ReadOnlySpan<byte> text, ReadOnlySpan<Token> tokens, PieceVocabulary vocabulary, int room)
    {
        var (first, taken) = (tokens.Length, 0);
        while (first > 0)
        {
            ref readonly var token = ref tokens[first - 1];
            taken += CountPieces(text, token, vocabulary) + ((token.Flags & TokenFlags.StartsLine) != 0 ? 1 : 0);
            if (taken > room)
            {
                break;
            }

            first--;
        }

        return first;
    }

    // Cuts tokens until the room is full; a word is never cut in half. Returns the pieces, and tells where a head ends.
    private int CutForward(
        ReadOnlySpan<byte> text,
        ReadOnlySpan<Token> tokens,
        PieceVocabulary vocabulary,
        int room,
        int headRoom,
        out CutEnd end)
    {
        var (count, previous) = (0, 0UL);
        end = default;
        for (; end.Tokens < tokens.Length; end.Tokens++)
        {
            ref readonly var token = ref tokens[end.Tokens];
            var before = count;
            if ((token.Flags & TokenFlags.StartsWindow) != 0)
            {
                previous = 0;
            }

            var isNewLine = (token.Flags & TokenFlags.StartsLine) != 0 && end.Tokens > 0;
            if ((isNewLine && !TryPut(ref count, room, SpecialPiece.Line))
                || !TryCut(text, token, previous, vocabulary, room, ref count))
            {
                return before;
            }

            if (count <= headRoom)
            {
                (end.HeadTokens, end.HeadPieces) = (end.Tokens + 1, count);
            }

            previous = (token.Flags & TokenFlags.EndsSentence) != 0 ? 0 : token.Hash;
        }

        return count;
    }

    private bool TryCut(
        ReadOnlySpan<byte> text,
        in Token token,
        ulong previous,
        PieceVocabulary vocabulary,
        int room,
        ref int count)
    {
        var special = SpecialOf(token);
        if (special != SpecialPiece.Padding)
        {
            var isRepeated = count > 0 && _cuts[count - 1].Piece == special;
            return isRepeated || TryPut(ref count, room, special);
        }

        var length = Fold(text, token);
        var first = count;
        for (var i = 0; i < length;)
        {
            var piece = vocabulary.Longest(_letters.AsSpan(i, length - i), i == 0, out var taken);
            i += taken;
            var isRepeated = piece == SpecialPiece.Unknown && count > first && _cuts[count - 1].Piece == piece;
            if (!isRepeated && !TryPut(ref count, room, piece))
            {
                return false;
            }
        }

        if (count > first)
        {
            var (sense, concepts) = (SenseLexicon.Of(token, previous), ConceptLexicon.MaskOf(token, previous));
            if (sense >= 0 && count > first + 1)
            {
                // Parts of a word mean nothing; what it means is known.
                (count, _cuts[first].Piece) = (first + 1, SpecialPiece.Unknown);
            }

            _cuts[first].Sense = (ushort)(sense + 1);
            _cuts[first].Concept = (ushort)(concepts == 0 ? 0 : BitOperations.TrailingZeroCount(concepts) + 1);
        }

        return true;
    }

    // At most so many pieces is a token cut into by itself: a word whose sense stands for it takes one.
    private int CountPieces(ReadOnlySpan<byte> text, in Token token, PieceVocabulary vocabulary)
    {
        if (SpecialOf(token) != SpecialPiece.Padding)
        {
            return 1;
        }

        var (length, count, last) = (Fold(text, token), 0, SpecialPiece.Padding);
        for (var i = 0; i < length;)
        {
            var piece = vocabulary.Longest(_letters.AsSpan(i, length - i), i == 0, out var taken);
            i += taken;
            count += piece == SpecialPiece.Unknown && piece == last ? 0 : 1;
            last = piece;
        }

        return count;
    }

    // The piece of what is no word, whatever it says; padding for words.
    private static ushort SpecialOf(in Token token) => (token.Flags & TokenFlags.Code) != 0
        ? SpecialPiece.Code
        : token.Kind switch
        {
            TokenKind.Number => SpecialPiece.Number,
            TokenKind.Link => SpecialPiece.Link,
            TokenKind.Mail => SpecialPiece.Mail,
            _ => SpecialPiece.Padding,
        };

    private bool TryPut(ref int count, int room, ushort piece)
    {
        if (count >= room || count >= _cuts.Length)
        {
            return false;
        }

        _cuts[count++] = new Cut { Piece = piece };
        return true;
    }

    private static void Write(ReadOnlySpan<Cut> cuts, Span<ushort> row, ref int count)
    {
        foreach (ref readonly var cut in cuts)
        {
            row[count] = cut.Piece;
            row[PieceLayout.LengthMax + count] = cut.Sense;
            row[(2 * PieceLayout.LengthMax) + count] = cut.Concept;
            count++;
        }
    }

    // The letters of a word as WordScanner takes them; what goes beyond the longest word is left out.
    private int Fold(ReadOnlySpan<byte> text, in Token token)
    {
        var length = 0;
        for (var i = token.Start; i < token.End && length < WordLettersMax;)
        {
            // Nearly every letter; among Cyrillic ones a Latin letter is a look-alike.
            var lower = text[i] | 0x20;
            if (lower is >= 'a' and <= 'z' && text[i] < 0x80 && token.Script != WordScript.Cyrillic)
            {
                _letters[length++] = (char)lower;
                i++;
                continue;
            }

            _ = Rune.DecodeFromUtf8(text[i..token.End], out var rune, out var bytes);
            i += bytes;
            var kind = Characters.ClassOf(rune.Value);
            if (kind is not (CharacterClass.Letter or CharacterClass.Unit))
            {
                continue;
            }

            var folded = Characters.Fold(rune.Value);
            var lookalike = token.Script switch
            {
                WordScript.Latin => Characters.LatinLookalike(folded),
                WordScript.Cyrillic => Characters.CyrillicLookalike(folded),
                _ => 0,
            };
            folded = lookalike == 0 ? folded : lookalike;
            _letters[length++] = folded > char.MaxValue ? '\uFFFD' : (char)folded;
        }

        return length;
    }

    private struct CutEnd
    {
        public int Tokens;
        public int HeadTokens;
        public int HeadPieces;
    }

    private struct Cut
    {
        public ushort Piece;
        public ushort Sense;
        public ushort Concept;
    }
}
