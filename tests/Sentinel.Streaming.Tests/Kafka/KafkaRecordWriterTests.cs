using System.Text;
using Sentinel.Streaming.Kafka;
using Sentinel.Streaming.Lanes;
using Sentinel.Streaming.Partitions;
using Sentinel.Testing.Kafka;

namespace Sentinel.Streaming.Tests.Kafka;

/// <summary>The writer against the modern protocol.</summary>
public sealed class KafkaRecordWriterTests : IDisposable
{
    private const string Topic = "t.links";
    private readonly MockKafka _kafka = new();

    public void Dispose() => _kafka.Dispose();

    [Fact]
    public async Task Write_Records_ArriveInOrderWithKeyValueAndFormat()
    {
        _kafka.CreateTopic(Topic, 2);
        await using (var writer = Writer(_kafka.Options))
        {
            var tasks = new List<Task>();
            var value = new byte[16];
            for (var i = 0; i < 1_000; i++)
            {
                Encoding.ASCII.GetBytes($"value-{i,10}", value); // The same memory each time.
                tasks.Add(await writer.WriteAsync(Topic, i % 2, "key"u8.ToArray(), value, RecordFormat.Protobuf, default));
            }

            tasks.Add(await writer.WriteAsync(Topic, 0, "gone"u8.ToArray(), default, RecordFormat.Unknown, default));
            tasks.Add(await writer.WriteAsync(
                Topic, IRecordWriter.ByKey, "some"u8.ToArray(), "x"u8.ToArray(), RecordFormat.Json, default));
            await Task.WhenAll(tasks).WaitAsync(TimeSpan.FromSeconds(20));
            Assert.Equal(0, writer.WaitingBytes);
        }

        var seen = new LaneRecorder { KeepsRecords = true };
        await using var running = new RunningConsumer(_kafka.Options, Topic, seen);
        await Eventually.IsTrueAsync(() => seen.Distinct == 1_002, "all records");
        Assert.Equal(1_000, seen.Records.Count(record => record.Record.Format == RecordFormat.Protobuf && record.ValueLength == 16));
        Assert.Contains(seen.Records, record => record is { Key: "gone", ValueLength: 0 });
        Assert.Contains(seen.Records, record => record is { Key: "some", ValueLength: 1 });
        Assert.Empty(seen.Faults);
    }

    [Fact]
    public async Task Write_BrokerAwayAndBufferFull_WaitsAndLosesNothing()
    {
        _kafka.CreateTopic(Topic, 1);
        var options = _kafka.Options with { WriteBytesMax = 4 << 20 };
        await using var writer = Writer(options);
        await await writer.WriteAsync(Topic, 0, default, new byte[10], RecordFormat.Unknown, default);
        _kafka.SetAway(true);
        var tasks = new List<Task>();
        var writing = Task.Run(async () =>
        {
            for (var i = 0; i < 60; i++)
            {
                tasks.Add(await writer.WriteAsync(Topic, 0, default, new byte[100_000], RecordFormat.Unknown, default));
            }
        });
        await Eventually.IsTrueAsync(() => writer.WaitingBytes > 3_800_000, "a full buffer");
        await Task.Delay(500);
        Assert.False(writing.IsCompleted);
        Assert.InRange(writer.WaitingBytes, 1, 4 << 20);
        _kafka.SetAway(false);
        await writing.WaitAsync(TimeSpan.FromSeconds(20));
        await Task.WhenAll(tasks).WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(60, tasks.Count);
    }

    [Fact]
    public async Task Write_BrokerAwayForLongerThanTheLimit_IsAFaultThatSaysSo()
    {
        _kafka.CreateTopic(Topic, 1);
        await using var writer = Writer(_kafka.Options with { WriteTimeout = TimeSpan.FromSeconds(5) });
        await await writer.WriteAsync(Topic, 0, default, new byte[10], RecordFormat.Unknown, default);
        _kafka.SetAway(true);
        var written = await writer.WriteAsync(Topic, 0, default, new byte[10], RecordFormat.Unknown, default);
        var fault = await Assert.ThrowsAsync<LaneFaultedException>(() => written.WaitAsync(TimeSpan.FromSeconds(20)));
        Assert.Contains("could not be written to t.links: no broker took it within Kafka:WriteTimeout", fault.Message, StringComparison.Ordinal);
        _kafka.SetAway(false);

        // It stays faulted, and says so at once or when it is awaited.
        await Assert.ThrowsAsync<LaneFaultedException>(async () =>
        {
            var next = await writer.WriteAsync(Topic, 0, default, new byte[10], RecordFormat.Unknown, default);
            await next.WaitAsync(TimeSpan.FromSeconds(20));
        });
    }

    private static KafkaRecordWriter Writer(KafkaOptions options) => new(options, TimeProvider.System, static _ => { });
}
