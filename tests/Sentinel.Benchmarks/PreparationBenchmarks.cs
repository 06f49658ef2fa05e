using BenchmarkDotNet.Attributes;
using Sentinel.Inference;
using Sentinel.Streaming.Input;
using Sentinel.Streaming.Preparation;

namespace Sentinel.Benchmarks;

/// <summary>
/// What a lane does with a line before it judges: decode, read, score, on one core in chunks of 256. Per exchange; a
/// million divided by the microseconds is exchanges a second a core.
/// </summary>
[MemoryDiagnoser]
public class PreparationBenchmarks
{
    private const int ChunkCount = 16;
    private const int LineCount = ChunkCount * LineChunk.LinesMax;
    private readonly LineChunk[] _chunks = new LineChunk[ChunkCount];
    private readonly PreparedChunk _prepared = new();
    private OnnxScorer _scorer = null!;
    private Preparer _preparer = null!;

    /// <summary>Bytes of a line.</summary>
    [Params(1150, 4700)]
    public int LineBytes { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _scorer = OnnxScorer.LoadDefault();
        _preparer = new Preparer(_scorer);
        var lines = BenchmarkLines.Make(LineCount, accounts: 1000, LineBytes);
        for (var i = 0; i < ChunkCount; i++)
        {
            _chunks[i] = new LineChunk();
            _chunks[i].Begin("benchmark");
            foreach (var line in lines.AsSpan(i * LineChunk.LinesMax, LineChunk.LinesMax))
            {
                _chunks[i].Append(line);
                _chunks[i].CloseLine(1, 0, line.Length);
            }
        }
    }

    [GlobalCleanup]
    public void Cleanup() => _scorer.Dispose();

    [Benchmark(OperationsPerInvoke = LineCount)]
    public int Prepare()
    {
        var count = 0;
        foreach (var chunk in _chunks)
        {
            _preparer.Prepare(chunk, _prepared);
            count += _prepared.Count;
        }

        return count;
    }
}
