using Confluent.Kafka;
using Sentinel.Detection.Exchanges;
using Sentinel.Streaming.Kafka;
using Sentinel.Streaming.Lanes;
using Sentinel.Streaming.Partitions;
using Sentinel.Testing.Kafka;

namespace Sentinel.Streaming.Tests.Kafka;

/// <summary>The consumer against the modern protocol.</summary>
public sealed class KafkaPartitionConsumerTests : IDisposable
{
    private const string Topic = "t.exchanges";
    private readonly MockKafka _kafka = new();

    public void Dispose() => _kafka.Dispose();

    [Fact]
    public async Task Run_Records_ReachTheirLanesInOrderAndAreCommitted()
    {
        _kafka.CreateTopic(Topic, 3);
        await TestRecords.WriteAsync(_kafka.Options, Topic, 3, 3_000);
        var seen = new LaneRecorder();
        await using (var running = new RunningConsumer(_kafka.Options, Topic, seen))
        {
            await Eventually.IsTrueAsync(() => seen.Distinct == 3_000, "all records");
            await Eventually.IsTrueAsync(
                () => TestRecords.Committed(_kafka.Options, Topic, 3).All(offset => offset == 1_000), "commits while running");
            await Eventually.IsTrueAsync(() => seen.Idles.Select(idle => idle.Partition).Distinct().Count() == 3, "idle calls");
            Assert.All(running.Consumer.Statuses, status =>
            {
                Assert.Equal(PartitionStage.Running, status.Stage);
                Assert.Equal((1_000, 1_000, 0), (status.Position, status.DurableOffset, status.InboxRecords));
                Assert.Equal((0, 0), (status.UnreadRecords, status.UnfinishedRecords));
            });
            await running.StopAsync();
        }

        Assert.Empty(seen.Faults);
        Assert.Equal(3_000, seen.Total);
        Assert.Equal(3, seen.Flushes.Count);
        Assert.Equal(0, seen.LivingLanes);
        Assert.All(seen.Idles, idle => Assert.True(idle.Now >= idle.Since));
    }

    [Fact]
    public async Task Stop_WhatWasOnlyFlushedAtTheEnd_IsCommittedAndNotReadAgain()
    {
        _kafka.CreateTopic(Topic, 1);
        await TestRecords.WriteAsync(_kafka.Options, Topic, 1, 500);
        var first = new LaneRecorder { IsDurableAtOnce = false };
        await using (var running = new RunningConsumer(_kafka.Options, Topic, first))
        {
            await Eventually.IsTrueAsync(() => first.Distinct == 500, "all records");
            Assert.True(TestRecords.Committed(_kafka.Options, Topic, 1)[0] <= 0, "committed before it was durable");
            await running.StopAsync();
        }

        Assert.Equal([500L], TestRecords.Committed(_kafka.Options, Topic, 1));
        await TestRecords.WriteAsync(_kafka.Options, Topic, 1, 100);
        var second = new LaneRecorder { RereadRecords = 50 };
        await using (var running = new RunningConsumer(_kafka.Options, Topic, second))
        {
            await Eventually.IsTrueAsync(() => second.Distinct >= 150, "the rest, and what the lane asked for again");
        }

        Assert.Equal((0, 500L), second.Opens.Single());
        Assert.Equal(150, second.Total);
        Assert.Empty(second.Faults);
    }

    [Fact]
    public async Task Rebalance_SecondConsumer_TakesHalf_AndReadsAgainOnlyWhatTheGroupDidNotNote()
    {
        _kafka.CreateTopic(Topic, 4);
        await TestRecords.WriteAsync(_kafka.Options, Topic, 4, 2_000);
        var seen = new LaneRecorder { IsDurableAtOnce = false }; // Shared: two lanes of one partition would be seen.
        await using var first = new RunningConsumer(_kafka.Options, Topic, seen);
        await Eventually.IsTrueAsync(() => seen.Distinct == 2_000, "the first half");
        await using var second = new RunningConsumer(_kafka.Options, Topic, seen);
        await Eventually.IsTrueAsync(
            () => first.Consumer.Statuses.Count == 2 && second.Consumer.Statuses.Count(IsRunning) == 2, "two each");
        await TestRecords.WriteAsync(_kafka.Options, Topic, 4, 2_000);
        await Eventually.IsTrueAsync(() => seen.Distinct == 4_000, "the second half");
        await first.StopAsync();
        await Eventually.IsTrueAsync(() => second.Consumer.Statuses.Count(IsRunning) == 4, "all to the second");
        await TestRecords.WriteAsync(_kafka.Options, Topic, 4, 400);
        await Eventually.IsTrueAsync(() => seen.Distinct == 4_400, "the last");
        await second.StopAsync();

        Assert.Empty(seen.Faults);

        // What was flushed on the way is not read again, but where the client's cluster refuses the commit because the other
        // member's first join failed (a broker would take it): then that partition's 500, and the consumer says so.
        var refused = seen.Notices.Where(notice => notice.Text.Contains("did not note offset 500", StringComparison.Ordinal));
        Assert.Equal(4_400 + (500 * refused.Count()), seen.Total);
        Assert.Equal([1_100L, 1_100L, 1_100L, 1_100L], TestRecords.Committed(_kafka.Options, Topic, 4));

        static bool IsRunning(PartitionStatus status) => status.Stage == PartitionStage.Running;
    }

    [Fact]
    public async Task SlowLane_IsPausedWhileOthersGoOn_AndTheGroupStaysWhole()
    {
        _kafka.CreateTopic(Topic, 2);
        await TestRecords.WriteAsync(_kafka.Options, Topic, 2, 3_200, bytes: 3_000); // 4.8 MB each.
        var release = new TaskCompletionSource();
        var seen = new LaneRecorder
        {
            BeforeTake = (id, cancel) => id.Partition == 0 ? release.Task.WaitAsync(cancel) : Task.CompletedTask,
        };
        var options = _kafka.Options with
        {
            InboxBytesMax = 4 << 20,
            Extra = new Dictionary<string, string> { ["max.poll.interval.ms"] = "6000", ["heartbeat.interval.ms"] = "200" },
        };
        await using var running = new RunningConsumer(options, Topic, seen);
        await Eventually.IsTrueAsync(() => seen.Distinct == 1_600, "the other partition");
        await Eventually.IsTrueAsync(() => running.Consumer.Statuses.Any(status => status.IsPaused), "a pause");
        await Task.Delay(7_000); // Longer than a member may be silent.
        var paused = running.Consumer.Statuses.Single(status => status.IsPaused);
        Assert.Equal(0, paused.Id.Partition);

        // What waits is bounded; how much the lane had taken out before it stood still is chance.
        Assert.InRange(paused.InboxBytes, 1, 3 << 20);
        release.SetResult();
        await Eventually.IsTrueAsync(() => seen.Distinct == 3_200, "the rest");
        await running.StopAsync();

        Assert.Empty(seen.Faults);
        Assert.Equal(3_200, seen.Total);
        Assert.Equal(2, seen.Opens.Count); // Nobody took a partition away meanwhile.
    }

    [Fact]
    public async Task Lane_ThatFails_EndsTheConsumerWithItsException()
    {
        _kafka.CreateTopic(Topic, 2);
        await TestRecords.WriteAsync(_kafka.Options, Topic, 2, 10);
        var seen = new LaneRecorder
        {
            BeforeTake = (id, _) => id.Partition == 1
                ? Task.FromException(new LaneFaultedException("the store is gone"))
                : Task.CompletedTask,
        };
        await using var running = new RunningConsumer(_kafka.Options, Topic, seen);
        var fault = await Assert.ThrowsAsync<LaneFaultedException>(() => running.Work.WaitAsync(TimeSpan.FromSeconds(20)));
        Assert.Equal("the store is gone", fault.Message);
        Assert.Equal(0, seen.LivingLanes);
        Assert.True(TestRecords.Committed(_kafka.Options, Topic, 2)[1] <= 0);
    }

    [Fact]
    public async Task StuckLane_IsGivenUpAtTheDeadline_AndNotCommitted()
    {
        _kafka.CreateTopic(Topic, 1);
        await TestRecords.WriteAsync(_kafka.Options, Topic, 1, 10);
        var seen = new LaneRecorder { BeforeTake = static (_, cancel) => Task.Delay(Timeout.Infinite, cancel) };
        var options = _kafka.Options with { RevokeTimeout = TimeSpan.FromSeconds(1) };
        await using var running = new RunningConsumer(options, Topic, seen);
        await Eventually.IsTrueAsync(() => running.Consumer.Statuses.Any(status => status.InboxRecords == 10), "records");
        await running.StopAsync();
        Assert.Contains(seen.Notices, notice => notice.Text.Contains("Kafka:RevokeTimeout", StringComparison.Ordinal));
        Assert.True(TestRecords.Committed(_kafka.Options, Topic, 1)[0] <= 0);
        // It is let go of once it yields.
        await Eventually.IsTrueAsync(() => seen.LivingLanes == 0, "no lane is left");
    }

    [Theory]
    [InlineData(CompressionType.Gzip)]
    [InlineData(CompressionType.Snappy)]
    [InlineData(CompressionType.Lz4)]
    [InlineData(CompressionType.Zstd)]
    public async Task CompressedBatches_AreRead(CompressionType codec)
    {
        _kafka.CreateTopic(Topic, 1);
        await TestRecords.WriteAsync(_kafka.Options, Topic, 1, 2_000, bytes: 2_000, codec, "application/json; charset=utf-8");
        var seen = new LaneRecorder { KeepsRecords = true };
        await using var running = new RunningConsumer(_kafka.Options, Topic, seen);
        await Eventually.IsTrueAsync(() => seen.Distinct == 2_000, "all records");
        Assert.All(seen.Records, record => Assert.Equal((2_000, RecordFormat.Json), (record.ValueLength, record.Record.Format)));
        Assert.Equal("key-0", seen.Records.First().Key);
        Assert.Empty(seen.Faults);
    }

    [Fact]
    public async Task TooLongRecord_ComesCutToOneByteMoreThanAllowed_AndWedgesNothing()
    {
        _kafka.CreateTopic(Topic, 1);
        await TestRecords.WriteAsync(_kafka.Options, Topic, 1, 1);
        await TestRecords.WriteAsync(_kafka.Options, Topic, 1, 1, bytes: ExchangeDecoder.LineBytesMax + 100_000, CompressionType.Lz4);
        await TestRecords.WriteAsync(_kafka.Options, Topic, 1, 1);
        var seen = new LaneRecorder { KeepsRecords = true };
        await using var running = new RunningConsumer(_kafka.Options, Topic, seen);
        await Eventually.IsTrueAsync(() => seen.Distinct == 3, "all records");
        Assert.Equal([100, ExchangeDecoder.LineBytesMax + 1, 100], seen.Records.Select(record => record.ValueLength));
        Assert.All(seen.Records, record => Assert.Equal(RecordFormat.Unknown, record.Record.Format));
    }

    [Fact]
    public async Task BrokerAway_LanesHearNoSilence_AndReadingGoesOnByItself()
    {
        _kafka.CreateTopic(Topic, 1);
        await TestRecords.WriteAsync(_kafka.Options, Topic, 1, 100);
        var seen = new LaneRecorder();
        await using var running = new RunningConsumer(_kafka.Options, Topic, seen);
        await Eventually.IsTrueAsync(() => seen.Distinct == 100 && !seen.Idles.IsEmpty, "records, then silence");
        _kafka.SetAway(true);
        var awayAt = TimeProvider.System.GetUtcNow();
        await Task.Delay(3_000);
        Assert.DoesNotContain(seen.Idles, idle => idle.Now > awayAt + TimeSpan.FromMilliseconds(500));
        Assert.Contains(seen.Notices, notice => notice.Text.Contains("does not answer", StringComparison.Ordinal));
        _kafka.SetAway(false);
        await TestRecords.WriteAsync(_kafka.Options, Topic, 1, 100);
        await Eventually.IsTrueAsync(() => seen.Distinct == 200, "records after it came back");
        await running.StopAsync();
        Assert.Empty(seen.Faults);
    }
}
