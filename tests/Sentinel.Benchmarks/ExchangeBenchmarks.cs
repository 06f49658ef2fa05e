using BenchmarkDotNet.Attributes;
using Sentinel.Detection;
using Sentinel.Detection.Exchanges;
using Sentinel.Detection.Observations;
using Sentinel.Detection.Policy;
using Sentinel.Detection.Readings;
using Sentinel.Detection.Scoring;
using Sentinel.Inference;

namespace Sentinel.Benchmarks;

/// <summary>
/// What one exchange of 1 KiB costs on its way, on one core: decoding, reading, scoring, and all of it to evidence.
/// Each figure is per exchange.
/// </summary>
[MemoryDiagnoser]
public class ExchangeBenchmarks
{
    private const int LineCount = 4096;
    private const int BatchRows = 256;
    private readonly byte[][] _lines = BenchmarkLines.Make(LineCount, accounts: 1000);
    private readonly Exchange[] _decoded = new Exchange[LineCount];
    private readonly Exchange _exchange = new();
    private readonly Reading _reading = new();
    private readonly PromptReader _reader = new();
    private readonly FeatureBatch _batch = new(BatchRows);
    private readonly ContentScores[] _scores = new ContentScores[BatchRows];
    private readonly Observation[] _observations = new Observation[BatchRows];
    private readonly JudgeOutput _output = new();
    private OnnxScorer _scorer = null!;
    private Judge _judge = null!;
    private ulong _event;

    [GlobalSetup]
    public void Setup()
    {
        _scorer = OnnxScorer.LoadDefault();
        _judge = new Judge(DetectionPolicy.Default, _scorer.Reference, _scorer.ModelVersion, partition: 0);
        for (var i = 0; i < LineCount; i++)
        {
            _decoded[i] = new Exchange();
            if (!ExchangeDecoder.TryDecode(_lines[i], _decoded[i], out _))
            {
                throw new InvalidOperationException($"Line {i} does not decode.");
            }
        }

        for (var i = 0; i < BatchRows; i++)
        {
            _observations[i] = new Observation();
            _reader.Read(_decoded[i], _reading, _batch.Row(i));
        }

        _batch.RowCount = BatchRows;
        DecodeToEvidence();
    }

    [GlobalCleanup]
    public void Cleanup() => _scorer.Dispose();

    [Benchmark(OperationsPerInvoke = LineCount)]
    public long Decode()
    {
        var sum = 0L;
        foreach (var line in _lines)
        {
            ExchangeDecoder.TryDecode(line, _exchange, out _);
            sum += _exchange.OccurredAtMs;
        }

        return sum;
    }

    [Benchmark(OperationsPerInvoke = LineCount)]
    public long Read()
    {
        var sum = 0L;
        foreach (var exchange in _decoded)
        {
            _reader.Read(exchange, _reading, _batch.Row(0));
            sum += _reading.WordCount;
        }

        return sum;
    }

    [Benchmark(OperationsPerInvoke = BatchRows)]
    public int Score()
    {
        _scorer.Score(_batch, _scores);
        return _scores[0].HarvestSteps;
    }

    [Benchmark(OperationsPerInvoke = LineCount)]
    public long DecodeToEvidence()
    {
        for (var first = 0; first < LineCount; first += BatchRows)
        {
            for (var i = 0; i < BatchRows; i++)
            {
                ExchangeDecoder.TryDecode(_lines[first + i], _exchange, out _);
                _reader.Read(_exchange, _reading, _batch.Row(i));
                _observations[i].Take(_exchange, _reading);
            }

            _scorer.Score(_batch, _scores);
            for (var i = 0; i < BatchRows; i++)
            {
                var observation = _observations[i];
                observation.Scores = _scores[i];
                observation.Offset = (long)++_event;
                if (_judge.TryAdmit(new EventKey(KeyHash.Mix(_event), _event)))
                {
                    _judge.Observe(observation, _output);
                }
            }

            _output.Clear();
        }

        return _judge.ExchangeCount;
    }
}
