using System.Text;
using BenchmarkDotNet.Attributes;
using Google.Protobuf;
using Sentinel.Detection.Exchanges;
using Wire = LlmSentinel.Exchange.V1;

namespace Sentinel.Benchmarks;

/// <summary>
/// The same exchanges of 1 KiB decoded from both of their forms, and by the Protobuf library for comparison. Each
/// figure is per exchange.
/// </summary>
[MemoryDiagnoser]
public class DecoderBenchmarks
{
    private const int Count = 4096;
    private readonly byte[][] _lines = BenchmarkLines.Make(Count, accounts: 1000);
    private readonly byte[][] _messages = new byte[Count][];
    private readonly Exchange _exchange = new();

    [GlobalSetup]
    public void Setup()
    {
        var parser = new JsonParser(JsonParser.Settings.Default.WithIgnoreUnknownFields(true));
        for (var i = 0; i < Count; i++)
        {
            _messages[i] = parser.Parse<Wire.Exchange>(Encoding.UTF8.GetString(_lines[i])).ToByteArray();
            if (!ProtobufExchangeDecoder.TryDecode(_messages[i], _exchange, out _))
            {
                throw new InvalidOperationException($"Message {i} does not decode.");
            }
        }
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Count)]
    public long Json()
    {
        var sum = 0L;
        foreach (var line in _lines)
        {
            ExchangeDecoder.TryDecode(line, _exchange, out _);
            sum += _exchange.OccurredAtMs;
        }

        return sum;
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public long Protobuf()
    {
        var sum = 0L;
        foreach (var message in _messages)
        {
            ProtobufExchangeDecoder.TryDecode(message, _exchange, out _);
            sum += _exchange.OccurredAtMs;
        }

        return sum;
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public long ProtobufLibrary()
    {
        var sum = 0L;
        foreach (var message in _messages)
        {
            sum += Wire.Exchange.Parser.ParseFrom(message).OccurredAt.Seconds;
        }

        return sum;
    }
}
