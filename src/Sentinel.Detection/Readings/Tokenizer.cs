using System.Text;
using Sentinel.Detection.Exchanges;

namespace Sentinel.Detection.Readings;

/// <summary>
/// Cuts text into tokens. Bounded: of a long text it reads the beginning, the end, and windows spread evenly over the
/// middle. Owned by one worker at a time; the tokens are valid until the next <see cref="Clear"/>.
/// </summary>
internal sealed partial class Tokenizer
{
    /// <summary>Bytes up to which a segment is read whole: about 350 words, twice what a row holds.</summary>
    public const int WholeBytesMax = 2 * 1024;

    /// <summary>Tokens kept; text of single characters makes more and is cut.</summary>
    public const int TokensMax = 4096;

    private const int HeadBytes = 896;
    private const int TailBytes = 640;
    private const int MiddleWindows = 4;
    private const int MiddleWindowBytes = 128;

    private static readonly ulong NumberHash = KeyHash.Of("⟨number⟩");
    private static readonly ulong LinkHash = KeyHash.Of("⟨link⟩");
    private static readonly ulong MailHash = KeyHash.Of("⟨mail⟩");
    private static readonly ulong HttpHash = WordHash("http"u8);
    private static readonly ulong HttpsHash = WordHash("https"u8);
    private static readonly ulong WwwHash = WordHash("www"u8);

    private readonly Token[] _tokens = new Token[TokensMax];
    private int _quoteEnd;
    private int _closingQuote;
    private int _fenceEnd;
    private int _windowFirst;
    private bool _startsLine;
    private bool _startsWindow;
    private WordScript _script;

    /// <summary>Tokens cut since the last <see cref="Clear"/>.</summary>
    public Span<Token> Tokens => _tokens.AsSpan(0, Count);

    /// <summary>How many.</summary>
    public int Count { get; private set; }

    /// <summary>Code fences seen.</summary>
    public int FenceCount { get; private set; }

    /// <summary>Curly and square brackets seen.</summary>
    public int BracketCount { get; private set; }

    /// <summary>Question marks seen.</summary>
    public int QuestionCount { get; private set; }

    /// <summary>Lines that begin with a number or a bullet.</summary>
    public int ListLineCount { get; private set; }

    /// <summary>Forgets the tokens and counts.</summary>
    public void Clear() => Count = FenceCount = BracketCount = QuestionCount = ListLineCount = 0;

    /// <summary>
    /// Cuts one segment, whole or by windows of at most <paramref name="wholeBytesMax"/> bytes in all.
    /// </summary>
    /// <returns>Number of tokens added.</returns>
    public int Read(ReadOnlySpan<byte> text, TextSegment segment, int wholeBytesMax)
    {
        var before = Count;
        var (start, end) = (segment.Start, segment.Start + segment.Length);
        _windowFirst = Count;
        if (segment.Length <= wholeBytesMax)
        {
            ReadWindow(text[..end], start, isFirst: true);
            return Count - before;
        }

        var headEnd = BoundaryAfter(text, start + (int)((long)HeadBytes * wholeBytesMax / WholeBytesMax), end);
        var tailStart = BoundaryAfter(text, end - (int)((long)TailBytes * wholeBytesMax / WholeBytesMax), end);
        ReadWindow(text[..headEnd], start, isFirst: true);
        if (wholeBytesMax == WholeBytesMax)
        {
            ReadMiddle(text, headEnd, tailStart);
        }

        ReadWindow(text[..end], tailStart, isFirst: false);
        return Count - before;
    }

    /// <summary>Hash of a character that is a token by itself.</summary>
    public static ulong UnitHash(int codePoint) =>
        KeyHash.Mix((ulong)Characters.Fold(codePoint) * 0x9E3779B97F4A7C15);

    private static ulong WordHash(ReadOnlySpan<byte> word)
    {
        var token = default(Token);
        _ = WordScanner.Read(word, 0, WordScript.Other, ref token, out _);
        return token.Hash;
    }

    // The first place at or after i where a word cannot be cut: after white space, or else where a code point starts.
    private static int BoundaryAfter(ReadOnlySpan<byte> text, int i, int end)
    {
        var limit = Math.Min(end, i + 64);
        for (var at = i; at < limit; at++)
        {
            if (text[at] is (byte)' ' or (byte)'\n')
            {
                return at;
            }
        }

        while (i < end && (text[i] & 0xC0) == 0x80)
        {
            i++;
        }

        return i;
    }

    private void ReadMiddle(ReadOnlySpan<byte> text, int start, int end)
    {
        for (var window = 0; window < MiddleWindows; window++)
        {
            var at = start + (int)((long)(end - start) * window / MiddleWindows);
            var slot = text[at..Math.Min(end, at + 512)];
            var newLine = slot.IndexOf((byte)'\n');
            var first = newLine >= 0 ? at + newLine : BoundaryAfter(text, at, end);
            var last = BoundaryAfter(text, Math.Min(end, first + MiddleWindowBytes), end);
            ReadWindow(text[..last], first, isFirst: false);
        }
    }

    private void ReadWindow(ReadOnlySpan<byte> text, int start, bool isFirst)
    {
        _quoteEnd = _closingQuote = _fenceEnd = 0;
        _startsLine = isFirst;
        _startsWindow = true;
        _windowFirst = Count;
        _script = WordScript.Other;
        var i = start;
        while (i < text.Length && Count < TokensMax)
        {
            i = ReadNext(text, i);
        }

        EndSentence();
    }

    private int ReadNext(ReadOnlySpan<byte> text, int i)
    {
        var item = text[i];
        switch (AsciiTable.KindOf(item))
        {
            case AsciiKind.Letter:
                return ReadWord(text, i);
            case AsciiKind.Digit:
                return ReadNumber(text, i);
            case AsciiKind.Mark:
                return ReadMark(text, i, item);
            case AsciiKind.Nothing:
                return i + 1;
            default:
                return ReadWide(text, i);
        }
    }

    private int ReadWide(ReadOnlySpan<byte> text, int i)
    {
        _ = Rune.DecodeFromUtf8(text[i..], out var rune, out var length);
        switch (Characters.ClassOf(rune.Value))
        {
            case CharacterClass.Letter:
                return ReadWord(text, i);
            case CharacterClass.Digit:
                return ReadNumber(text, i);
            case CharacterClass.Unit:
                ref var token = ref Add(text, i, i + length);
                token.Kind = TokenKind.Unit;
                token.Hash = UnitHash(rune.Value);
                _script = WordScript.Latin;
                return i + length;
            case CharacterClass.Other:
                ReadWideMark(text, i, rune.Value, length);
                return i + length;
            default:
                return i + length;
        }
    }

    private int ReadWord(ReadOnlySpan<byte> text, int i)
    {
        ref var token = ref Add(text, i, i);
        var end = WordScanner.Read(text, i, _script, ref token, out _script);
        if (end == i)
        {
            Count--;
            return i + 1;
        }

        if (end < text.Length)
        {
            var mark = text[end];
            if (mark is (byte)':' or (byte)'.' && OpensLink(text[end..], token.Hash))
            {
                end = EndOfLink(text, end);
                token.End = end;
                token.Kind = TokenKind.Link;
                token.Hash = LinkHash;
                token.Stem = 0;
                return end;
            }

            token.After = AsciiTable.AfterMark(mark);
            return mark == ' ' ? end + 1 : end; // A space means nothing: one step less for nearly every word.
        }

        return end;
    }

    private static bool OpensLink(ReadOnlySpan<byte> rest, ulong word) => rest[0] == '.'
        ? word == WwwHash
        : rest.StartsWith("://"u8) && (word == HttpHash || word == HttpsHash);

    private static int EndOfLink(ReadOnlySpan<byte> text, int i)
    {
        while (i < text.Length && text[i] > ' ' && text[i] is not ((byte)')' or (byte)'"' or (byte)'>' or (byte)']'))
        {
            i++;
        }

        return i;
    }

    private int ReadNumber(ReadOnlySpan<byte> text, int start)
    {
        var i = start;
        while (i < text.Length)
        {
            if (text[i] < 0x80)
            {
                // A point or comma inside a number belongs to it.
                var isPoint = text[i] is (byte)'.' or (byte)',';
                var isInside = isPoint && i + 1 < text.Length && char.IsAsciiDigit((char)text[i + 1]);
                if (!isInside && !char.IsAsciiDigit((char)text[i]))
                {
                    break;
                }

                i++;
                continue;
            }

            _ = Rune.DecodeFromUtf8(text[i..], out var rune, out var length);
            if (Characters.ClassOf(rune.Value) != CharacterClass.Digit)
            {
                break;
            }

            i += length;
        }

        if (_startsLine && i < text.Length && text[i] is (byte)'.' or (byte)')')
        {
            ListLineCount++;
        }

        ref var token = ref Add(text, start, i);
        token.Kind = TokenKind.Number;
        token.Hash = NumberHash;
        return i;
    }

    private void EndSentence()
    {
        if (Count > _windowFirst)
        {
            _tokens[Count - 1].Flags |= TokenFlags.EndsSentence;
        }
    }

    private ref Token Add(ReadOnlySpan<byte> text, int start, int end)
    {
        ref var token = ref _tokens[Count++];
        token = default;
        token.Start = start;
        token.End = end;
        token.Flags = (_startsLine ? TokenFlags.StartsLine : TokenFlags.None)
            | (_startsWindow ? TokenFlags.StartsWindow : TokenFlags.None)
            | (start < _quoteEnd ? TokenFlags.Quoted : TokenFlags.None)
            | (start < _fenceEnd ? TokenFlags.Code : TokenFlags.None);
        _startsLine = _startsWindow = false;
        if (start > 0)
        {
            var mark = text[start - 1];
            mark = mark == ' ' && start > 1 && text[start - 2] == '#' ? (byte)'#' : mark;
            token.Before = AsciiTable.BeforeMark(mark);
        }

        return ref token;
    }
}
