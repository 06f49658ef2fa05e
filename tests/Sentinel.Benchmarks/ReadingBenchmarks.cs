using BenchmarkDotNet.Attributes;
using Sentinel.Detection.Exchanges;
using Sentinel.Detection.Readings;

namespace Sentinel.Benchmarks;

/// <summary>The steps of reading a prompt, each per exchange, over lines of two sizes.</summary>
[MemoryDiagnoser]
public class ReadingBenchmarks
{
    private const int LineCount = 512;
    private readonly Exchange[] _decoded = new Exchange[LineCount];
    private readonly ShingleHasher _hasher = new();
    private readonly uint[] _sketch = new uint[MinHashSketch.Length];
    private readonly ulong[] _shingles = new ulong[LineCount];
    private readonly ulong[] _minima = new ulong[MinHashSketch.Length];
    private readonly PromptReader _reader = new();
    private readonly Reading _reading = new();
    private readonly int[] _row = new int[FeatureLayout.Width];

    /// <summary>Bytes of a line.</summary>
    [Params(1150, 4700)]
    public int LineBytes { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var lines = BenchmarkLines.Make(LineCount, accounts: 100, LineBytes);
        for (var i = 0; i < LineCount; i++)
        {
            _decoded[i] = new Exchange();
            _ = ExchangeDecoder.TryDecode(lines[i], _decoded[i], out _);
            _shingles[i] = KeyHash.Mix((ulong)i);
        }
    }

    [Benchmark(OperationsPerInvoke = LineCount)]
    public void Read()
    {
        foreach (var exchange in _decoded)
        {
            _reader.Read(exchange, _reading, _row);
        }
    }

    [Benchmark(OperationsPerInvoke = LineCount)]
    public void Sketch() => Sketch(_hasher);

    [Benchmark(OperationsPerInvoke = LineCount)]
    public void SketchWordByWord() => Sketch(null);

    [Benchmark(OperationsPerInvoke = LineCount)]
    public void Update() => MinHashSketch.Update(_shingles, _minima);

    private void Sketch(ShingleHasher? hasher)
    {
        foreach (var exchange in _decoded)
        {
            var content = exchange.TextOf(exchange.Segments[^1]);
            _ = MinHashSketch.Compute(content, _sketch, hasher, out _, out _);
        }
    }
}
