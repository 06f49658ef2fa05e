using System.Text;
using Sentinel.Streaming.Kafka;
using Sentinel.Testing.Kafka;

namespace Sentinel.Streaming.Tests.Kafka;

/// <summary>Against a broker with a log on disk that dies and comes back.</summary>
public sealed class RealBrokerTests
{
    private const string Topic = "sentinel.exchanges";

    [FactIfBroker]
    [Trait("Category", "Integration")]
    public async Task BrokerKilledAndStartedAgain_NothingIsLostOrSkipped()
    {
        await using var broker = await LegacyBroker.StartAsync(partitions: 2);
        await using var writer = new KafkaRecordWriter(broker.Options, TimeProvider.System, static _ => { });
        var seen = new LaneRecorder();
        await using var running = new RunningConsumer(broker.Options, Topic, seen);
        var written = new List<Task>();
        await WriteAsync(2_000);
        await Task.WhenAll(written).WaitAsync(TimeSpan.FromSeconds(30));
        await Eventually.IsTrueAsync(() => seen.Distinct == 2_000, "records before");

        await broker.KillAsync();
        await WriteAsync(2_000); // Wait in the writer.
        await broker.StartAgainAsync();
        await Task.WhenAll(written).WaitAsync(TimeSpan.FromSeconds(30));
        await WriteAsync(1_000);
        await Task.WhenAll(written).WaitAsync(TimeSpan.FromSeconds(30));
        // A write may be repeated where its answer was lost with the broker, which knows no idempotence.
        await Eventually.IsTrueAsync(() => seen.Distinct >= 5_000, "records after", seconds: 30);
        await running.StopAsync();

        Assert.Empty(seen.Faults);
        Assert.InRange(TestRecords.Committed(broker.Options, Topic, 2).Sum(), 5_000, seen.Total);

        async Task WriteAsync(int count)
        {
            for (var i = 0; i < count; i++)
            {
                written.Add(await writer.WriteAsync(
                    Topic, i % 2, Encoding.ASCII.GetBytes($"key-{i}"), new byte[500], default, default));
            }
        }
    }

    [FactIfBroker]
    [Trait("Category", "Integration")]
    public async Task RecordDamagedOnTheBroker_IsPassedOverAndTold()
    {
        await using var broker = await LegacyBroker.StartAsync(partitions: 1);
        await TestRecords.WriteAsync(broker.Options, Topic, partitions: 1, count: 100, bytes: 1_000);
        broker.Damage(Topic, partition: 0);
        var seen = new LaneRecorder();
        await using var running = new RunningConsumer(broker.Options, Topic, seen);
        await Eventually.IsTrueAsync(() => seen.Distinct == 99, "the others", seconds: 30);
        await Eventually.IsTrueAsync(() => running.Consumer.Statuses.Single().DurableOffset == 100, "the last record");
        Assert.Single(seen.Faults); // The gap.
        Assert.Equal(1, running.Consumer.DamagedPlaces);
        Assert.Contains(seen.Notices, notice => notice.Text.Contains("damaged on the broker", StringComparison.Ordinal));
    }
}
