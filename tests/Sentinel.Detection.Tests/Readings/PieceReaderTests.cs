using System.Text;
using Sentinel.Detection.Exchanges;
using Sentinel.Detection.Readings;

namespace Sentinel.Detection.Tests.Readings;

public sealed class PieceReaderTests
{
    private readonly PromptReader _reader = new();
    private readonly ushort[] _row = new ushort[PieceLayout.Width];

    [Fact]
    public void ReadPieces_TakesTheLongestPieceAndGoesOnInTheWord()
    {
        var vocabulary = Vocabulary("_zo", "_zorgon", "ing", "in", "g", "_g");
        Assert.Equal([SpecialPiece.User, Piece(1), Piece(2)], Read("zorgoning", vocabulary));
        Assert.Equal([SpecialPiece.User, Piece(0), Piece(4)], Read("zog", vocabulary));
        Assert.Equal([SpecialPiece.User, Piece(5), SpecialPiece.Unknown, Piece(3)], Read("gxxin", vocabulary));
    }

    [Fact]
    public void ReadPieces_DisguisedWords_ReadAlike()
    {
        var vocabulary = Vocabulary(
            ["_explain", "_reasoning", .. "abcdefghijklmnopqrstuvwxyz".SelectMany(static c => new[] { $"{c}", $"_{c}" })]);
        var plain = Read("Explain your reasoning in full, step by step.", vocabulary);
        Assert.Equal(plain, Read("EXPLAIN Your rea\u200Bsoning in full, step by step.", vocabulary));
        Assert.Equal(plain, Read("Ехplain your rеаsoning in full, step by step.", vocabulary));
        Assert.Contains(Piece(0), plain);
        Assert.Contains(Piece(1), plain);
    }

    [Fact]
    public void ReadPieces_NumbersLinksAndCode_AreOnePieceWhateverTheySay()
    {
        var vocabulary = Vocabulary("_see");
        var first = Read("see 12 https://a.example/b\n```\nprint(1)\n```", vocabulary);
        var second = Read("see 9 https://other.example\n```\nfor x in y: pass\n```", vocabulary);
        Assert.Equal(first, second);
        Assert.Contains(SpecialPiece.Number, first);
        Assert.Contains(SpecialPiece.Link, first);
        Assert.Contains(SpecialPiece.Code, first);
    }

    [Fact]
    public void ReadPieces_WordsOfOneSense_CarryItInEveryLanguage()
    {
        var vocabulary = Vocabulary("_x");
        Read("translate", vocabulary);
        var sense = _row[PieceLayout.LengthMax + 1];
        Assert.NotEqual(0, sense);
        Read("übersetze", vocabulary);
        Assert.Equal(sense, _row[PieceLayout.LengthMax + 1]);
    }

    [Fact]
    public void ReadPieces_WordThatIsNoPieceButHasASense_IsTheSense()
    {
        var vocabulary = Vocabulary("_translate", "_trans", "late", "_erklar", "_über", "setze", "_reg", "ular");
        Assert.Equal([SpecialPiece.User, Piece(0)], Read("translate", vocabulary));
        Assert.NotEqual(0, _row[PieceLayout.LengthMax + 1]);
        Assert.Equal([SpecialPiece.User, SpecialPiece.Unknown], Read("übersetze", vocabulary));
        Assert.NotEqual(0, _row[PieceLayout.LengthMax + 1]);
        Assert.Equal([SpecialPiece.User, Piece(6), Piece(7)], Read("regular", vocabulary)); // No sense: its parts stay.
    }

    [Fact]
    public void ReadPieces_LongMessage_KeepsBeginningAndEnd()
    {
        var vocabulary = Vocabulary("_first", "_last", "_word");
        var text = "first " + string.Concat(Enumerable.Repeat("word ", 250)) + "last";
        var pieces = Read(text, vocabulary, "word word");
        Assert.Equal(PieceLayout.LengthMax, pieces.Length);
        Assert.Equal(
            [SpecialPiece.System, Piece(2), Piece(2), SpecialPiece.User, Piece(0)], pieces[..5]);
        Assert.Single(pieces, SpecialPiece.Gap);
        Assert.Equal(Piece(1), pieces[^1]);
    }

    [Fact]
    public void ReadPieces_AnyText_NeverThrowsAndStaysWithinBounds()
    {
        var vocabulary = Vocabulary("_a", "b", "推", "_理");
        for (var seed = 1; seed <= 400; seed++)
        {
            var random = new Random(seed);
            var bytes = new byte[random.Next(5_000)];
            random.NextBytes(bytes);
            if (seed % 4 == 0)
            {
                Array.Fill(bytes, (byte)random.Next(256));
            }

            var exchange = new Exchange();
            exchange.Clear();
            bytes.CopyTo(exchange.ReserveText(bytes.Length));
            exchange.CommitSegment(seed % 3 == 0 ? SegmentRole.System : SegmentRole.User, bytes.Length);
            var count = _reader.ReadPieces(exchange, vocabulary, _row);
            Assert.InRange(count, 0, PieceLayout.LengthMax);
            Assert.True(_row.AsSpan(0, count).IndexOf(SpecialPiece.Padding) < 0, $"seed {seed}");
            Assert.True(_row.AsSpan(count, PieceLayout.LengthMax - count).IndexOfAnyExcept((ushort)0) < 0, $"seed {seed}");
            Assert.All(_row[..count], piece => Assert.InRange(piece, 1, vocabulary.Count - 1));
        }
    }

    [Fact]
    public void TryCreate_RefusesWhatIsNoVocabulary()
    {
        string[][] odd = [[], [""], ["_"], ["a", "a"], [new string('x', PieceVocabulary.LettersMax + 1)]];
        foreach (var pieces in odd)
        {
            Assert.False(PieceVocabulary.TryCreate(pieces, out _, out var fault), string.Join(',', pieces));
            Assert.NotEmpty(fault!);
        }

        var most = Enumerable.Range(0, PieceVocabulary.PiecesMax - PieceVocabulary.SpecialCount).Select(i => $"p{i}");
        Assert.True(PieceVocabulary.TryCreate([.. most], out _, out _));
        Assert.False(PieceVocabulary.TryCreate([.. most, "one more"], out _, out _));
    }

    private static ushort Piece(int number) => (ushort)(SpecialPiece.Count + number);

    private static PieceVocabulary Vocabulary(params string[] pieces)
    {
        Assert.True(PieceVocabulary.TryCreate(pieces, out var vocabulary, out var fault), fault);
        return vocabulary;
    }

    private ushort[] Read(string user, PieceVocabulary vocabulary, string? system = null)
    {
        var exchange = new Exchange();
        exchange.Clear();
        foreach (var (role, text) in new[] { (SegmentRole.System, system), (SegmentRole.User, user) })
        {
            if (text is not null)
            {
                var bytes = Encoding.UTF8.GetBytes(text);
                bytes.CopyTo(exchange.ReserveText(bytes.Length));
                exchange.CommitSegment(role, bytes.Length);
            }
        }

        return _row[.._reader.ReadPieces(exchange, vocabulary, _row)];
    }
}
