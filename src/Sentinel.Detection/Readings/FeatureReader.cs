using System.Numerics;
using Sentinel.Detection.Exchanges;

namespace Sentinel.Detection.Readings;

/// <summary>
/// Turns tokens into a feature row. The row's room is shared out: a quarter to the system prompt, a twelfth to earlier
/// turns, the rest, and what those leave, to the last user message. Owned by one worker at a time.
/// </summary>
internal sealed class FeatureReader
{
    private const int SystemShare = FeatureLayout.Width / 4;
    private const int HistoryShare = FeatureLayout.Width / 12;
    private const int ConceptShare = FeatureLayout.Width / 6;
    private const int SenseShare = FeatureLayout.Width / 4;
    private const int EdgeTokens = 12;
    private const int LineTokens = 5;

    // Tokens that a share of the row is good for: a token brings two to three features.
    private const double FeaturesPerToken = 2.4;

    private const ulong MarkSalt = 0x9AE16A3B2F90404F;
    private const ulong PairSalt = 0xC949D7C7509E6557;
    private const ulong TripleSalt = 0xFF51AFD7ED558CCD;
    private const ulong ConceptSalt = 0x9E3779B185EBCA87;
    private const ulong ConceptPairSalt = 0x27D4EB2F165667C5;
    private const ulong SenseSalt = 0x94D049BB133111EB;
    private const ulong SensePairSalt = 0xBF58476D1CE4E5B9;
    private const ulong HeadSalt = 0x2127599BF4325C37;
    private const ulong TailSalt = 0x880355F21E6D1965;
    private const ulong CustomerTurnSalt = 0xB492B66FBE98F273;
    private const ulong OtherTurnSalt = 0xC2B2AE3D27D4EB4F;

    private readonly FeatureRow _row = new();

    /// <summary>Fills a row.</summary>
    public void Read(Exchange exchange, in PromptTokens prompt, Span<int> row)
    {
        row = row[..FeatureLayout.Width];
        _row.Limit = FeatureLayout.Width;
        AddShape(exchange, prompt, row);
        AddEdges(prompt.User, row);
        _row.Limit = _row.Count + ConceptShare;
        AddConcepts(prompt.System, row);
        AddConcepts(prompt.User, row);
        _row.Limit = _row.Count + SenseShare;
        AddSenses(prompt.User, row);
        AddSenses(prompt.System, row);
        _row.Limit = _row.Count + SystemShare;
        AddWords(prompt.System, row);
        _row.Limit = _row.Count + HistoryShare;
        AddTurns(prompt.CustomerTurns, CustomerTurnSalt, row);
        AddTurns(prompt.OtherTurns, OtherTurnSalt, row);
        _row.Limit = FeatureLayout.Width;
        AddWords(prompt.User, row);
        _row.Finish(row);
    }

    private static bool IsTelling(in Token token) => token.Kind == TokenKind.Word && token.FoldedLength > 2;

    private void AddShape(Exchange exchange, in PromptTokens prompt, Span<int> row)
    {
        AddShape(row, 1, prompt.HasSystem);
        AddShape(row, 2, prompt.HasCode);
        AddShape(row, 3, prompt.HasForm);
        AddShape(row, 4, prompt.HasList);
        AddShape(row, 5, prompt.HasTurns);
        AddShape(row, 6, prompt.HasQuestion);
        AddShape(row, 7, exchange.SampleCount > 1);
        AddShape(row, 8, exchange.Logprobs);
        AddShape(row, 9, exchange.ToolCount > 0);
        AddShape(row, 10, exchange.SampleCount > 7);
        AddShape(row, FeatureLayout.LengthStart + BitOperations.Log2((uint)prompt.UserWordCount + 1), isThere: true);
    }

    private void AddShape(Span<int> row, int shape, bool isThere)
    {
        if (isThere)
        {
            _row.AddBucket(row, shape);
        }
    }

    // Requests open and close with what they ask; slots lie between.
    private void AddEdges(ReadOnlySpan<Token> tokens, Span<int> row)
    {
        var head = tokens[..Math.Min(EdgeTokens, tokens.Length)];
        for (var i = 1; i < head.Length; i++)
        {
            _row.Add(row, Pair(head, i) ^ HeadSalt);
        }

        var tail = tokens[Math.Max(head.Length, tokens.Length - EdgeTokens)..];
        for (var i = 1; i < tail.Length; i++)
        {
            _row.Add(row, Pair(tail, i) ^ TailSalt);
        }
    }

    // Concepts, and pairs of them in one sentence or neighbouring ones: what is to be done with what, in any words.
    private void AddConcepts(ReadOnlySpan<Token> tokens, Span<int> row)
    {
        ulong before = 0, here = 0, previous = 0;
        for (var i = 0; i < tokens.Length && !_row.IsFull; i++)
        {
            ref readonly var token = ref tokens[i];
            var isFirst = (token.Flags & TokenFlags.StartsWindow) != 0;
            (before, here, previous) = isFirst ? (0, 0, 0) : (before, here, previous);
            var mask = ConceptLexicon.MaskOf(token, previous);
            var added = mask & ~here;
            here |= mask;
            AddPairs(added, here | before, row);
            previous = token.Hash;
            if ((token.Flags & TokenFlags.EndsSentence) != 0)
            {
                (before, here, previous) = (here, 0, 0);
            }
        }
    }

    private void AddPairs(ulong added, ulong around, Span<int> row)
    {
        for (; added != 0; added &= added - 1)
        {
            var concept = BitOperations.TrailingZeroCount(added);
            _row.Add(row, ConceptSalt * (ulong)(concept + 1));
            for (var others = around & ~(1UL << concept); others != 0; others &= others - 1)
            {
                var other = BitOperations.TrailingZeroCount(others);
                var pair = (Math.Min(concept, other) * ConceptLexicon.ConceptsMax) + Math.Max(concept, other) + 1;
                _row.Add(row, ConceptPairSalt * (ulong)pair);
            }
        }
    }

    // Senses, and pairs of neighbouring ones: what is said, in any words.
    private void AddSenses(ReadOnlySpan<Token> tokens, Span<int> row)
    {
        var before = LexiconTable.None;
        var previous = 0UL;
        for (var i = 0; i < tokens.Length && !_row.IsFull; i++)
        {
            ref readonly var token = ref tokens[i];
            if ((token.Flags & TokenFlags.StartsWindow) != 0)
            {
                (before, previous) = (LexiconTable.None, 0);
            }

            var sense = SenseLexicon.Of(token, previous);
            previous = token.Hash;
            if (sense >= 0)
            {
                _row.Add(row, KeyHash.Mix(SenseSalt + (ulong)sense));
                if (before >= 0 && before != sense)
                {
                    _row.Add(row, KeyHash.Mix(SensePairSalt + ((ulong)before << 16) + (ulong)sense));
                }

                before = sense;
            }

            if ((token.Flags & TokenFlags.EndsSentence) != 0)
            {
                (before, previous) = (LexiconTable.None, 0);
            }
        }
    }

    private void AddWords(ReadOnlySpan<Token> tokens, Span<int> row)
    {
        var room = (int)((_row.Limit - _row.Count) / FeaturesPerToken);
        if (tokens.Length <= room)
        {
            AddRange(tokens, 0, tokens.Length, row);
            return;
        }

        var head = room * 2 / 5;
        var tail = room / 4;
        AddRange(tokens, 0, head, row);
        AddRange(tokens, tokens.Length - tail, tokens.Length, row);
        AddLines(tokens, head, tokens.Length - tail, row);
        AddRange(tokens, head, tokens.Length - tail, row);
    }

    // Beginnings of lines, spread evenly: headings and numbered demands stand there.
    private void AddLines(ReadOnlySpan<Token> tokens, int start, int end, Span<int> row)
    {
        var lines = 0;
        for (var i = start; i < end; i++)
        {
            lines += (tokens[i].Flags & TokenFlags.StartsLine) != 0 ? 1 : 0;
        }

        var linesKept = Math.Max(1, (int)((_row.Limit - _row.Count) / (FeaturesPerToken * LineTokens)));
        var (line, kept) = (0, 0);
        for (var i = start; i < end && !_row.IsFull; i++)
        {
            if ((tokens[i].Flags & TokenFlags.StartsLine) == 0)
            {
                continue;
            }

            if ((long)line * linesKept / Math.Max(1, lines) >= kept)
            {
                AddRange(tokens, i, Math.Min(end, i + LineTokens), row);
                kept++;
            }

            line++;
        }
    }

    private void AddRange(ReadOnlySpan<Token> tokens, int start, int end, Span<int> row)
    {
        for (var i = start; i < end && !_row.IsFull; i++)
        {
            AddToken(tokens, i, row);
        }
    }

    private void AddToken(ReadOnlySpan<Token> tokens, int i, Span<int> row)
    {
        ref readonly var token = ref tokens[i];
        if (token.Kind == TokenKind.Unit || IsTelling(token))
        {
            _row.Add(row, token.Hash);
        }

        if (token.Stem != 0)
        {
            _row.Add(row, token.Stem);
        }

        if ((token.Before | token.After) != 0)
        {
            _row.Add(row, token.Hash ^ (MarkSalt * (((ulong)token.Before << 8) | token.After)));
        }

        if (i == 0 || !IsJoined(tokens, i))
        {
            return;
        }

        _row.Add(row, Pair(tokens, i));
        if (token.Kind == TokenKind.Unit && i > 1 && IsJoined(tokens, i - 1))
        {
            _row.Add(row, KeyHash.Mix(Pair(tokens, i) + tokens[i - 2].Hash) ^ TripleSalt);
        }
    }

    private void AddTurns(ReadOnlySpan<Token> tokens, ulong salt, Span<int> row)
    {
        for (var i = 0; i < tokens.Length && !_row.IsFull; i++)
        {
            if (tokens[i].Kind == TokenKind.Unit || IsTelling(tokens[i]))
            {
                _row.Add(row, tokens[i].Hash ^ salt);
            }
        }
    }

    private static bool IsJoined(ReadOnlySpan<Token> tokens, int i) =>
        (tokens[i].Flags & TokenFlags.StartsWindow) == 0 && (tokens[i - 1].Flags & TokenFlags.EndsSentence) == 0;

    private static ulong Pair(ReadOnlySpan<Token> tokens, int i) =>
        KeyHash.Mix(tokens[i - 1].Hash + (tokens[i].Hash * PairSalt));
}
