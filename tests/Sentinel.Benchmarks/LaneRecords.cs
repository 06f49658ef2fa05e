using System.Buffers;
using Sentinel.Simulation;
using Sentinel.Streaming.Partitions;

namespace Sentinel.Benchmarks;

/// <summary>Records of ordinary traffic of 100,000 accounts, a round at a time, in memory.</summary>
internal sealed class LaneRecords(int recordBytes) : IDisposable
{
    public const int AccountCount = 100_000;
    public const int RoundMax = 50_000;

    private readonly BenchmarkTraffic _traffic = new(AccountCount, recordBytes, exchangesPerSecond: 2000, seed: 7);
    private readonly ArrayBufferWriter<byte> _bytes = new(RoundMax * (recordBytes + 64));
    private readonly LogRecord[] _records = new LogRecord[RoundMax];
    private readonly int[] _ends = new int[RoundMax];
    private long _next;

    /// <summary>The next records; what was given before is no longer valid.</summary>
    public ReadOnlyMemory<LogRecord> NextRound()
    {
        _bytes.ResetWrittenCount();
        for (var i = 0; i < RoundMax; i++)
        {
            _traffic.WriteNext(_bytes);
            _ends[i] = _bytes.WrittenCount;
        }

        for (var i = 0; i < RoundMax; i++)
        {
            var start = i == 0 ? 0 : _ends[i - 1];
            var value = _bytes.WrittenMemory[start..(_ends[i] - 1)];
            _records[i] = new LogRecord(_next++, default, value, RecordFormat.Unknown, WrittenAtMs: 0);
        }

        return _records;
    }

    public void Dispose() => _traffic.Dispose();
}
