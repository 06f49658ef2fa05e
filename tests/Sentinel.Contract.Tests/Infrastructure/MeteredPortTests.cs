using System.Buffers;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using NSubstitute;
using Sentinel.Detection.Ports;
using Sentinel.Hosting.Observability;
using Sentinel.Storage;
using Sentinel.Storage.Observability;
using Sentinel.Streaming.Lanes;
using Sentinel.Streaming.Observability;
using Sentinel.Streaming.Partitions;

namespace Sentinel.Contract.Tests.Infrastructure;

/// <summary>What stands before a port passes everything on, and tells what it saw.</summary>
public sealed class MeteredPortTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly MetricCollector _collector = new(seriesMax: 100);
    private readonly StreamingTelemetry _streaming;
    private readonly StoreTelemetry _storage;

    public MeteredPortTests()
    {
        var meters = _services.GetRequiredService<IMeterFactory>();
        _streaming = new StreamingTelemetry(meters, TimeProvider.System);
        _storage = new StoreTelemetry(meters);
    }

    public void Dispose()
    {
        _streaming.Dispose();
        _storage.Dispose();
        _collector.Dispose();
        _services.Dispose();
    }

    [Fact]
    public async Task Lane_TellsRecordsDelayAndSpan()
    {
        var spans = new List<string>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == StreamingTelemetry.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = span =>
            {
                lock (spans)
                {
                    var (lane, count) = (span.GetTagItem("sentinel.lane"), span.GetTagItem("messaging.batch.message_count"));
                    spans.Add(string.Create(CultureInfo.InvariantCulture, $"{span.OperationName} {lane} {count}"));
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        var inner = Substitute.For<IPartitionLane>();
        inner.OpenAsync(70, Arg.Any<CancellationToken>()).Returns(60L);
        inner.DurableOffset.Returns(64L);
        await using var lane = new MeteredLane(
            inner, "m-lane", 3, _streaming, TimeProvider.System, _streaming.Snapshots.Opened("m-lane", 3));
        var minuteAgo = TimeProvider.System.GetUtcNow().AddMinutes(-1).ToUnixTimeMilliseconds();
        var records = new[] { new LogRecord(60, default, default, RecordFormat.Json, minuteAgo), default };

        Assert.Equal(60, await lane.OpenAsync(70, CancellationToken.None));
        await lane.TakeAsync(records, CancellationToken.None);
        await lane.TakeAsync(default, CancellationToken.None);
        await lane.FlushAsync(CancellationToken.None);

        await inner.Received(1).TakeAsync(records, CancellationToken.None);
        Assert.Equal(64, lane.DurableOffset);
        Assert.Equal(2, ValueOf("llm_sentinel_lane_records_total{lane=\"m-lane\"}"));
        Assert.InRange(ValueOf("llm_sentinel_lane_delay_seconds_sum{lane=\"m-lane\"}"), 60, 90);
        Assert.Equal(1, ValueOf("llm_sentinel_lane_open_duration_seconds_count{lane=\"m-lane\"}"));
        Assert.Contains("sentinel.batch m-lane 2", spans);
        Assert.Contains("sentinel.commit m-lane ", spans);
    }

    [Fact]
    public async Task Lane_ThatFaults_IsCountedAndPassesTheFaultOn()
    {
        var inner = Substitute.For<IPartitionLane>();
        inner.FlushAsync(Arg.Any<CancellationToken>())
            .Returns(Task.FromException(new LaneFaultedException("The store is gone.")));
        await using var lane = new MeteredLane(
            inner, "f-lane", 0, _streaming, TimeProvider.System, _streaming.Snapshots.Opened("f-lane", 0));
        await Assert.ThrowsAsync<LaneFaultedException>(() => lane.FlushAsync(CancellationToken.None));
        Assert.Equal(1, ValueOf("llm_sentinel_lane_commit_failures_total{lane=\"f-lane\"}"));
    }

    [Fact]
    public async Task LaneStore_TellsOncePerCommit()
    {
        var inner = Substitute.For<ILaneStore>();
        inner.PendingRows.Returns(2);
        inner.CommitAsync(Arg.Any<CancellationToken>()).Returns(Task.CompletedTask);
        var store = new MeteredLaneStore(inner, "s-lane", _streaming, TimeProvider.System);
        store.Append(new DeadLetter("stdin", 1, 0, "not_json", "It is no JSON.", ""));
        store.Append(new DeadLetter("stdin", 2, 9, "not_json", "It is no JSON.", ""));
        Assert.DoesNotContain("s-lane", Text(), StringComparison.Ordinal);
        await store.CommitAsync(CancellationToken.None);
        Assert.Equal(2, ValueOf("llm_sentinel_lane_dead_letters_total{lane=\"s-lane\",code=\"not_json\"}"));
        Assert.Equal(2, ValueOf("llm_sentinel_lane_commit_rows_sum{lane=\"s-lane\"}"));
        inner.CommitAsync(Arg.Any<CancellationToken>()).Returns(Task.FromException(new IOException("The disk is full.")));
        await Assert.ThrowsAsync<IOException>(() => store.CommitAsync(CancellationToken.None));
        Assert.Equal(1, ValueOf("llm_sentinel_lane_commit_failures_total{lane=\"s-lane\"}"));
    }

    [Fact]
    public async Task Snapshots_TellSizeAgeAndFailure()
    {
        var inner = Substitute.For<ISnapshotStore>();
        var store = new MeteredSnapshots(inner, _streaming, TimeProvider.System);
        using (var gauge = _streaming.Snapshots.Opened("a-lane", 5))
        {
            await store.WriteAsync("x", new ReadOnlySequence<byte>(new byte[100]), CancellationToken.None);
            gauge.Written();
            Assert.InRange(ValueOf("llm_sentinel_snapshot_age_seconds{lane=\"a-lane\",partition=\"5\"}"), 0, 30);
        }

        Assert.Equal(100, ValueOf("llm_sentinel_snapshot_bytes_sum{operation=\"write\"}"));
        Assert.DoesNotContain("a-lane", Text(), StringComparison.Ordinal); // Given up: it shows nothing.
        inner.ReadAsync("y", Arg.Any<CancellationToken>())
            .Returns(Task.FromException<IMemoryOwner<byte>?>(new IOException("No such disk.")));
        await Assert.ThrowsAsync<IOException>(() => store.ReadAsync("y", CancellationToken.None));
        Assert.Equal(1, ValueOf("llm_sentinel_snapshot_failures_total{operation=\"read\"}"));
    }

    [Fact]
    public async Task ClickHouse_TellsTablesAndWhetherItIsThere()
    {
        var inner = Substitute.For<IClickHouse>();
        await using var clickHouse = new MeteredClickHouse(inner, _storage, TimeProvider.System);
        ReadOnlyMemory<byte>[] body = [new byte[10], new byte[20]];
        await clickHouse.InsertAsync(
            new InsertTarget("INSERT INTO t_things (a, b)", "Native", ""), body, CancellationToken.None);
        Assert.Equal(30, ValueOf("llm_sentinel_store_insert_bytes_total{table=\"t_things\"}"));
        Assert.Equal(0, ValueOf("llm_sentinel_store_unavailable"));
        inner.InsertAsync(new InsertTarget("INSERT INTO t_other(a)", "Native", ""), body, Arg.Any<CancellationToken>())
            .Returns(Task.FromException(new IOException("Connection refused.")));
        await Assert.ThrowsAsync<IOException>(
            () => clickHouse.InsertAsync(
                new InsertTarget("INSERT INTO t_other(a)", "Native", ""), body, CancellationToken.None));
        Assert.Equal(1, ValueOf("llm_sentinel_store_unavailable"));
        Assert.Equal(1, ValueOf("llm_sentinel_store_failures_total{operation=\"insert\"}"));
        await clickHouse.ExecuteAsync("SELECT 1", [], CancellationToken.None);
        Assert.Equal(0, ValueOf("llm_sentinel_store_unavailable"));
    }

    [Fact]
    public void ConsumersAndFeeds_ShowWhatIsAssigned()
    {
        TimeSpan? staleFor = null;
        using (_streaming.Consumers.Watch(() => [new PartitionReading("t.exchanges", 4, 17, 5, 4_096, IsPaused: true)]))
        using (_streaming.Feeds.Watch("t.verdicts", () => staleFor, () => 3))
        {
            Assert.Equal(17, ValueOf("llm_sentinel_consumer_lag{topic=\"t.exchanges\",partition=\"4\"}"));
            Assert.Equal(5, ValueOf("llm_sentinel_consumer_uncommitted{topic=\"t.exchanges\",partition=\"4\"}"));
            Assert.Equal(4_096, ValueOf("llm_sentinel_lane_inbox_bytes{topic=\"t.exchanges\",partition=\"4\"}"));
            Assert.Equal(1, ValueOf("llm_sentinel_consumer_paused{topic=\"t.exchanges\",partition=\"4\"}"));
            Assert.Equal(0, ValueOf("llm_sentinel_feed_caught_up{topic=\"t.verdicts\"}"));
            Assert.DoesNotContain("staleness_seconds{topic=\"t.verdicts\"}", Text(), StringComparison.Ordinal);
            staleFor = TimeSpan.FromSeconds(2);
            Assert.Equal(1, ValueOf("llm_sentinel_feed_caught_up{topic=\"t.verdicts\"}"));
            Assert.Equal(2, ValueOf("llm_sentinel_feed_staleness_seconds{topic=\"t.verdicts\"}"));
            Assert.Equal(3, ValueOf("llm_sentinel_feed_records_total{topic=\"t.verdicts\"}"));
        }

        Assert.DoesNotContain("partition=\"4\"", Text(), StringComparison.Ordinal);
        Assert.DoesNotContain("caught_up{topic=\"t.verdicts\"}", Text(), StringComparison.Ordinal);
    }

    private string Text() => PrometheusText.Of(_collector, ExpositionFormat.Prometheus);

    // Other tests of this process may have meters of the same names; theirs never hold a value above zero.
    private double ValueOf(string series)
    {
        var values = Text().Split('\n')
            .Where(line => line.StartsWith(series + " ", StringComparison.Ordinal))
            .Select(line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture))
            .ToArray();
        Assert.True(values.Length > 0, $"no {series}");
        return values.Max();
    }
}
