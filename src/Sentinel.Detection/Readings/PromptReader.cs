using Sentinel.Detection.Exchanges;

namespace Sentinel.Detection.Readings;

/// <summary>
/// Reads the text of a prompt once: feature row, content sketch, frame and masked excerpt. Never throws on any text
/// and allocates nothing after its first use. One for each worker thread.
/// </summary>
/// <remarks>
/// Work is bounded but for the content sketch, which takes every word: a token for each of some 2 KiB of the last user
/// message (beginning, end, windows of the middle), 2 KiB of the system prompt and half a KiB of each of four turns.
/// </remarks>
public sealed class PromptReader
{
    private const int SystemBytesMax = 2048;
    private const int TurnBytesMax = 512;
    private const int TurnsMax = 4;
    private const int SystemSegmentsMax = 2;

    private readonly TextCleaner _cleaner = new();
    private readonly Tokenizer _tokenizer = new();
    private readonly FeatureReader _features = new();
    private readonly PieceReader _pieces = new();
    private readonly ExcerptWriter _excerpt = new();
    private readonly ShingleHasher _shingles = new();
    private readonly MaterialReader _material = new();

    /// <summary>Reads an exchange.</summary>
    /// <param name="exchange">The decoded exchange.</param>
    /// <param name="reading">Gets everything but the features.</param>
    /// <param name="featureRow">Gets the features: <see cref="FeatureLayout.Width"/> cells.</param>
    public void Read(Exchange exchange, Reading reading, Span<int> featureRow)
    {
        ArgumentNullException.ThrowIfNull(exchange);
        ArgumentNullException.ThrowIfNull(reading);
        var segments = exchange.Segments;
        var last = LastUser(segments);
        var content = last < 0 ? default : exchange.TextOf(segments[last]);
        reading.HasContentSketch = MinHashSketch.Compute(
            content, reading.ContentSketch, _shingles, out var key, out var words);
        reading.ContentKey = key;
        reading.ClearMaterial();
        if (reading.HasContentSketch && IsFirstTurn(exchange, segments))
        {
            _material.Read(content, reading.ContentSketch, reading);
        }

        _cleaner.Clean(exchange, out var text, out segments);
        var prompt = Cut(text, segments, last, words);
        reading.WordCount = words + _tokenizer.Count - prompt.User.Length;
        var clean = last < 0 ? default : text.Slice(segments[last].Start, segments[last].Length);
        reading.IsUnreadable = UnreadableText.Is(content, clean, words, prompt.User.Length);
        FrameReader.Read(prompt, ref reading.Frame);
        _features.Read(exchange, prompt, featureRow);
        _excerpt.Write(text, prompt, reading.Excerpt);
    }

    /// <summary>Reads an exchange as pieces for a second tier; no part of <see cref="Read"/> is needed before it.</summary>
    /// <param name="exchange">The decoded exchange.</param>
    /// <param name="vocabulary">The pieces.</param>
    /// <param name="row">Gets <see cref="PieceLayout.Width"/> cells.</param>
    /// <returns>Pieces in the row.</returns>
    public int ReadPieces(Exchange exchange, PieceVocabulary vocabulary, Span<ushort> row)
    {
        ArgumentNullException.ThrowIfNull(exchange);
        ArgumentNullException.ThrowIfNull(vocabulary);
        _cleaner.Clean(exchange, out var text, out var segments);
        var prompt = Cut(text, segments, LastUser(segments), words: 0);
        return _pieces.Read(text, exchange, prompt, vocabulary, row);
    }

    private PromptTokens Cut(ReadOnlySpan<byte> text, ReadOnlySpan<TextSegment> segments, int last, int words)
    {
        _tokenizer.Clear();
        var systemCount = ReadSystem(text, segments, last);
        var userStart = _tokenizer.Count;
        if (last >= 0)
        {
            _ = _tokenizer.Read(text, segments[last], Tokenizer.WholeBytesMax);
        }

        var userEnd = _tokenizer.Count;
        ReadTurns(text, segments, last, SegmentRole.User);
        var customerEnd = _tokenizer.Count;
        ReadTurns(text, segments, last, SegmentRole.Assistant);
        var tokens = _tokenizer.Tokens;
        return new PromptTokens
        {
            System = tokens[..systemCount],
            User = tokens[userStart..userEnd],
            CustomerTurns = tokens[userEnd..customerEnd],
            OtherTurns = tokens[customerEnd..],
            UserWordCount = Math.Max(words, userEnd - userStart),
            HasSystem = systemCount > 0,
            HasCode = _tokenizer.FenceCount > 0,
            HasForm = _tokenizer.BracketCount > 3,
            HasList = _tokenizer.ListLineCount > 1,
            HasTurns = tokens.Length > userEnd,
            HasQuestion = _tokenizer.QuestionCount > 0,
        };
    }

    private static bool IsFirstTurn(Exchange exchange, ReadOnlySpan<TextSegment> segments)
    {
        foreach (var segment in segments)
        {
            if (segment.Role is not (SegmentRole.User or SegmentRole.System))
            {
                return false;
            }
        }

        return exchange.Turn <= 1; // Unknown is less.
    }

    // The last message of the customer; where there is none, the last message that is not the system prompt.
    private static int LastUser(ReadOnlySpan<TextSegment> segments)
    {
        var other = -1;
        for (var i = segments.Length - 1; i >= 0; i--)
        {
            if (segments[i].Role == SegmentRole.User)
            {
                return i;
            }

            other = other < 0 && segments[i].Role != SegmentRole.System ? i : other;
        }

        return other;
    }

    private static bool IsTurnOf(SegmentRole role, SegmentRole wanted) => wanted == SegmentRole.User
        ? role == SegmentRole.User
        : role is not (SegmentRole.User or SegmentRole.System);

    private int ReadSystem(ReadOnlySpan<byte> text, ReadOnlySpan<TextSegment> segments, int last)
    {
        var kept = 0;
        for (var i = 0; i < segments.Length && kept < SystemSegmentsMax; i++)
        {
            if (segments[i].Role == SegmentRole.System && i != last)
            {
                _ = _tokenizer.Read(text, segments[i], SystemBytesMax);
                kept++;
            }
        }

        return _tokenizer.Count;
    }

    private void ReadTurns(ReadOnlySpan<byte> text, ReadOnlySpan<TextSegment> segments, int last, SegmentRole role)
    {
        var kept = 0;
        for (var i = segments.Length - 1; i >= 0 && kept < TurnsMax; i--)
        {
            if (i != last && IsTurnOf(segments[i].Role, role))
            {
                _ = _tokenizer.Read(text, segments[i], TurnBytesMax);
                kept++;
            }
        }
    }
}
