using System.Globalization;
using System.Text;
using Sentinel.Detection.Exchanges;
using Sentinel.Detection.Ports;
using Sentinel.Detection.Readings;
using Sentinel.Detection.Scoring;
using Sentinel.Streaming.Input;
using Sentinel.Streaming.Partitions;

namespace Sentinel.Streaming.Preparation;

/// <summary>
/// All that can be done to a line without knowing any other: decode, read the prompt, score. Allocates for bad lines
/// only. One for each worker.
/// </summary>
internal sealed class Preparer(IScorer scorer)
{
    /// <summary>
    /// An excerpt is kept from this harvest score on: below it the content is as good as surely innocent, and what is
    /// not needed as evidence is not kept.
    /// </summary>
    public const float ExcerptHarvestMin = 0.2f;

    private readonly Exchange _exchange = new();
    private readonly Reading _reading = new();
    private readonly PromptReader _reader = new();
    private readonly FeatureBatch _features = new(PreparedChunk.ObservationsMax);
    private readonly ContentScores[] _scores = new ContentScores[PreparedChunk.ObservationsMax];
    private readonly int[] _lines = new int[PreparedChunk.ObservationsMax];

    /// <summary>Prepares all lines of a chunk.</summary>
    public void Prepare(LineChunk lines, PreparedChunk prepared)
    {
        prepared.Clear();
        _features.UnreadableCount = 0;
        for (var i = 0; i < lines.LineCount; i++)
        {
            var isCut = lines.Fault is { IsLineCut: true } && i == lines.LineCount - 1;
            _lines[Math.Min(prepared.Count, _lines.Length - 1)] = i;
            PrepareLine(lines, lines.Lines[i], isCut, prepared);
        }

        if (lines.Fault is { } fault)
        {
            prepared.DeadLetters.Add(new DeadLetter(
                lines.Source, fault.Line, fault.ByteOffset, fault.Code, fault.Describe(), HeadOfLast(lines, fault)));
        }

        Score(prepared);
        ReadPieces(lines, prepared);
    }

    /// <summary>
    /// Prepares records; observations carry the offsets of theirs. An exchange further ahead of the time at which its
    /// record was written than <paramref name="aheadMaxMs"/> counts as that far.
    /// </summary>
    public void Prepare(ReadOnlySpan<LogRecord> records, string source, long aheadMaxMs, PreparedChunk prepared)
    {
        prepared.Clear();
        _features.UnreadableCount = 0;
        foreach (ref readonly var record in records)
        {
            var value = record.Value.Span;
            if (value.Length > ExchangeDecoder.LineBytesMax)
            {
                var line = new ChunkLine(0, value.Length, record.Offset, 0, value.Length);
                prepared.DeadLetters.Add(TooLong(source, line, value));
            }
            else if (RecordDecoder.TryDecode(value, record.Format, _exchange, out var fault))
            {
                Read(_features.Row(prepared.Count));
                var observation = prepared.Add(_exchange.EventId);
                observation.Take(_exchange, _reading);
                observation.Offset = record.Offset;
                if (record.WrittenAtMs > 0)
                {
                    observation.OccurredAtMs = Math.Min(observation.OccurredAtMs, record.WrittenAtMs + aheadMaxMs);
                }
            }
            else
            {
                prepared.DeadLetters.Add(
                    new DeadLetter(source, record.Offset, 0, fault.Code, fault.Describe(), HeadOf(value)));
            }
        }

        Score(prepared);
    }

    private void PrepareLine(LineChunk lines, ChunkLine line, bool isCut, PreparedChunk prepared)
    {
        var fault = default(DecodeFault);
        if (!line.IsTooLong && ExchangeDecoder.TryDecode(lines.BytesOf(line), _exchange, out fault))
        {
            Read(_features.Row(prepared.Count));
            prepared.Add(_exchange.EventId).Take(_exchange, _reading);
        }
        else if (!isCut) // Else the source's own fault says why.
        {
            prepared.DeadLetters.Add(line.IsTooLong
                ? TooLong(lines.Source, line, lines.BytesOf(line))
                : LetterOf(lines, line, fault));
        }
    }

    private void Read(Span<int> row)
    {
        _reader.Read(_exchange, _reading, row);
        _features.UnreadableCount += _reading.IsUnreadable ? 1 : 0;
    }

    private void Score(PreparedChunk prepared)
    {
        if (prepared.Count == 0)
        {
            return;
        }

        _features.RowCount = prepared.Count;
        prepared.Model = scorer.Score(_features, _scores.AsSpan(0, prepared.Count));
        for (var i = 0; i < prepared.Count; i++)
        {
            var observation = prepared.Observations[i];
            observation.Scores = _scores[i];
            if (_scores[i].Harvest < ExcerptHarvestMin)
            {
                observation.Excerpt.Clear();
            }
        }
    }

    // Where the second tier may be asked, the line is read once more for it: once a frame, and never where it is not.
    private void ReadPieces(LineChunk lines, PreparedChunk prepared)
    {
        if (prepared.Count == 0 || scorer.HoldSecond() is not { } second)
        {
            return;
        }

        prepared.TakeSecond(second);
        for (var i = 0; i < prepared.Count; i++)
        {
            var observation = prepared.Observations[i];
            if (observation.Scores.HarvestSteps >= second.AskedFromSteps
                && prepared.TryAddPieces(SecondOpinion.FrameOf(observation), out var row)
                && ExchangeDecoder.TryDecode(lines.BytesOf(lines.Lines[_lines[i]]), _exchange, out _))
            {
                _ = _reader.ReadPieces(_exchange, second.Vocabulary, row);
            }
        }
    }

    private static DeadLetter LetterOf(LineChunk lines, ChunkLine line, DecodeFault fault) => new(
        lines.Source, line.Number, line.ByteOffset, fault.Code, fault.Describe(), HeadOf(lines.BytesOf(line)));

    private static DeadLetter TooLong(string source, ChunkLine line, ReadOnlySpan<byte> bytes)
    {
        var length = line.FullLength.ToString(CultureInfo.InvariantCulture);
        var max = ExchangeDecoder.LineBytesMax.ToString(CultureInfo.InvariantCulture);
        return new DeadLetter(
            source,
            line.Number,
            line.ByteOffset,
            DecodeFault.CodeOf(DecodeFaultKind.TooLong),
            $"The line has {length} bytes, above {max}.",
            HeadOf(bytes));
    }

    private static string HeadOfLast(LineChunk lines, SourceFault fault) =>
        fault.IsLineCut ? HeadOf(lines.BytesOf(lines.Lines[^1])) : "";

    private static string HeadOf(ReadOnlySpan<byte> line)
    {
        const int BytesOfCharMax = 4;
        var head = Encoding.UTF8.GetString(line[..Math.Min(line.Length, DeadLetter.HeadMax * BytesOfCharMax)]);
        if (head.Length <= DeadLetter.HeadMax)
        {
            return head;
        }

        return char.IsHighSurrogate(head[DeadLetter.HeadMax - 1])
            ? head[..(DeadLetter.HeadMax - 1)]
            : head[..DeadLetter.HeadMax];
    }
}
