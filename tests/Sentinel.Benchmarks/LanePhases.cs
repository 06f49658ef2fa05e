using System.Globalization;
using Sentinel.Detection.Exchanges;
using Sentinel.Detection.Observations;
using Sentinel.Detection.Policy;
using Sentinel.Detection.Readings;
using Sentinel.Detection.Scoring;
using Sentinel.Detection.Stages;
using Sentinel.Inference;
using Sentinel.Storage.Lanes;
using Sentinel.Streaming.Partitions;
using Sentinel.Streaming.Preparation;

namespace Sentinel.Benchmarks;

/// <summary>
/// Where a lane's time goes: each step over chunks of 256 records, by the clock of the thread. What a step takes is the
/// time below which a tenth of the chunks stayed, since neighbours on the machine only add to it; the mean has in it
/// what comes once in a while. Steps with a plus cut the tokens once more, which is to be taken off.
/// </summary>
internal sealed class LanePhases
{
    private const int ChunkRecords = 256;
    private const int RoundCount = 2;
    private const int WarmUpRounds = 2;

    private readonly Dictionary<string, List<double>> _times = [];
    private readonly Exchange[] _exchanges = new Exchange[ChunkRecords];
    private readonly Observation[] _observations = new Observation[ChunkRecords];
    private readonly FeatureBatch _features = new(ChunkRecords);
    private readonly ContentScores[] _scores = new ContentScores[ChunkRecords];
    private readonly uint[] _sketch = new uint[MinHashSketch.Length];
    private readonly int[] _row = new int[FeatureLayout.Width];
    private readonly ShingleHasher _shingles = new();
    private readonly Tokenizer _tokenizer = new();
    private readonly FeatureReader _featureReader = new();
    private readonly ExcerptWriter _excerptWriter = new();
    private readonly PromptReader _reader = new();
    private readonly Reading _reading = new();
    private readonly Utf8Text _excerpt = new();
    private readonly StageOutput _output = new();
    private readonly int _recordBytes;
    private FrameSketch _frame;

    public LanePhases(int recordBytes)
    {
        _recordBytes = recordBytes;
        for (var i = 0; i < ChunkRecords; i++)
        {
            _exchanges[i] = new Exchange();
            _observations[i] = new Observation();
        }
    }

    public void Run()
    {
        using var traffic = new LaneRecords(_recordBytes);
        using var scorer = OnnxScorer.LoadDefault();
        var store = LaneStore.OpenFedAsync(new LaneSinks.NoClickHouse(), 0, CancellationToken.None).Result;
        var stage = new AccountStage(DetectionPolicy.Default, scorer.Reference, scorer.ModelVersion, 0, 8);
        stage.TrackChanges();
        for (var round = 0; round < WarmUpRounds + RoundCount; round++)
        {
            if (round == WarmUpRounds)
            {
                _times.Clear();
            }

            var records = traffic.NextRound().Span;
            for (; records.Length >= ChunkRecords; records = records[ChunkRecords..])
            {
                Prepare(records[..ChunkRecords], scorer);
                Judge(records[0].Offset, stage, store);
            }

            store.CommitAsync(CancellationToken.None).Wait();
        }

        foreach (var (phase, times) in _times)
        {
            times.Sort();
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{_recordBytes} B, {phase,-10} {Undisturbed(times),7:N0} ns each (mean {times.Average():N0})"));
        }

        var sum = _times.Sum(static phase => phase.Key.StartsWith(' ') ? 0 : Undisturbed(phase.Value));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{_recordBytes} B, sum {sum,14:N0} ns"));
    }

    private static double Undisturbed(List<double> sorted) => sorted[sorted.Count / 10];

    private void Prepare(ReadOnlySpan<LogRecord> records, OnnxScorer scorer)
    {
        var from = ThreadClock.Now;
        for (var i = 0; i < records.Length; i++)
        {
            _ = RecordDecoder.TryDecode(records[i].Value.Span, records[i].Format, _exchanges[i], out _);
        }

        from = Took("decode", from);
        for (var i = 0; i < records.Length; i++)
        {
            _reader.Read(_exchanges[i], _reading, _features.Row(i));
            _observations[i].Take(_exchanges[i], _reading);
        }

        from = Took("read", from);
        ReadInSteps();

        from = ThreadClock.Now;
        _features.RowCount = records.Length;
        scorer.Score(_features, _scores);
        Took("score", from);
    }

    private void ReadInSteps()
    {
        var from = ThreadClock.Now;
        foreach (var exchange in _exchanges)
        {
            _ = MinHashSketch.Compute(exchange.TextOf(exchange.Segments[^1]), _sketch, _shingles, out _, out _);
        }

        from = Took("  sketch", from);
        foreach (var exchange in _exchanges)
        {
            _ = Tokens(exchange);
        }

        from = Took("  tokens", from);
        foreach (var exchange in _exchanges)
        {
            FrameReader.Read(Tokens(exchange), ref _frame);
        }

        from = Took("  +frame", from);
        foreach (var exchange in _exchanges)
        {
            _featureReader.Read(exchange, Tokens(exchange), _row);
        }

        from = Took("  +features", from);
        foreach (var exchange in _exchanges)
        {
            _excerptWriter.Write(exchange.Text, Tokens(exchange), _excerpt);
        }

        Took("  +excerpt", from);
    }

    // As the reader cuts the system prompt and the one message that these exchanges have.
    private PromptTokens Tokens(Exchange exchange)
    {
        _tokenizer.Clear();
        var system = _tokenizer.Read(exchange.Text, exchange.Segments[0], 2048);
        _ = _tokenizer.Read(exchange.Text, exchange.Segments[^1], Tokenizer.WholeBytesMax);
        return new PromptTokens
        {
            System = _tokenizer.Tokens[..system],
            User = _tokenizer.Tokens[system..],
            UserWordCount = _tokenizer.Count - system,
            HasSystem = true,
        };
    }

    private void Judge(long firstOffset, AccountStage stage, LaneStore store)
    {
        for (var i = 0; i < _observations.Length; i++)
        {
            var observation = _observations[i];
            observation.Scores = _scores[i];
            observation.Offset = firstOffset + i;
            if (_scores[i].Harvest < Preparer.ExcerptHarvestMin)
            {
                observation.Excerpt.Clear();
            }
        }

        var from = ThreadClock.Now;
        foreach (var observation in _observations)
        {
            _ = stage.TryAdmit(observation.EventKey);
        }

        from = Took("admit", from);
        foreach (var observation in _observations)
        {
            store.Append(observation);
        }

        from = Took("append", from);
        foreach (var observation in _observations)
        {
            stage.Observe(observation, _output);
        }

        Took("judge", from);
        _output.Clear();
    }

    private double Took(string phase, double from)
    {
        var nanoseconds = (ThreadClock.Now - from) / ChunkRecords;
        if (!_times.TryGetValue(phase, out var times))
        {
            _times[phase] = times = [];
        }

        times.Add(nanoseconds);
        return ThreadClock.Now;
    }
}
