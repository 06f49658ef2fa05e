using System.Collections.Concurrent;
using System.Text;
using Sentinel.Streaming.Kafka;
using Sentinel.Streaming.Partitions;
using Sentinel.Testing.Kafka;

namespace Sentinel.Streaming.Tests.Kafka;

/// <summary>The table feed against the modern protocol.</summary>
public sealed class KafkaTableFeedTests : IDisposable
{
    private const string Topic = "t.verdicts";
    private readonly MockKafka _kafka = new();
    private readonly ConcurrentDictionary<string, string> _table = new();
    private readonly ConcurrentQueue<KafkaNotice> _notices = new();
    private readonly CancellationTokenSource _stop = new();

    public void Dispose()
    {
        _stop.Dispose();
        _kafka.Dispose();
    }

    [Fact]
    public async Task Feed_CatchesUpWithAllPartitions_AndKnowsHowStaleItIs()
    {
        _kafka.CreateTopic(Topic, 3);
        await WriteAsync(Enumerable.Range(0, 3_000).Select(i => ($"a{i % 500}", $"v{i}")));
        await WriteAsync([("a7", "")]);
        var feed = Feed();
        Assert.Null(feed.StaleFor(TimeProvider.System.GetUtcNow()));
        var run = feed.RunAsync(_stop.Token);
        await feed.WhenCaughtUp.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(499, _table.Count);
        Assert.Equal("v2999", _table["a499"]);
        Assert.Equal(3_001, feed.RowsRead);
        Assert.InRange(feed.StaleFor(TimeProvider.System.GetUtcNow())!.Value, TimeSpan.Zero, TimeSpan.FromSeconds(3));

        await WriteAsync([("new", "row")]);
        await Eventually.IsTrueAsync(() => _table.ContainsKey("new"), "a row written later");

        _kafka.SetAway(true);
        await Eventually.IsTrueAsync(
            () => feed.StaleFor(TimeProvider.System.GetUtcNow()) > TimeSpan.FromSeconds(2.5), "staleness");
        _kafka.SetAway(false);
        await WriteAsync([("later", "row")]);
        await Eventually.IsTrueAsync(() => _table.ContainsKey("later"), "a row after the broker came back");
        await Eventually.IsTrueAsync(
            () => feed.StaleFor(TimeProvider.System.GetUtcNow()) < TimeSpan.FromSeconds(2), "freshness");
        await StopAsync(run);
    }

    [Fact]
    public async Task Feed_EmptyTopic_HasCaughtUpAtOnce()
    {
        _kafka.CreateTopic(Topic, 2);
        var feed = Feed();
        var run = feed.RunAsync(_stop.Token);
        await feed.WhenCaughtUp.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(0, feed.RowsRead);
        await StopAsync(run);
    }

    [Fact]
    public async Task Feed_CallbackThatThrows_EndsIt()
    {
        _kafka.CreateTopic(Topic, 1);
        await WriteAsync([("a", "b")]);
        var feed = new KafkaTableFeed(
            _kafka.Options, Topic, static _ => throw new InvalidDataException("no such verdict"), TimeProvider.System, _notices.Enqueue);
        await Assert.ThrowsAsync<InvalidDataException>(() => feed.RunAsync(_stop.Token).WaitAsync(TimeSpan.FromSeconds(20)));
        await Assert.ThrowsAsync<InvalidDataException>(() => feed.WhenCaughtUp);
    }

    private async Task StopAsync(Task run)
    {
        await _stop.CancelAsync();
        await run.WaitAsync(TimeSpan.FromSeconds(20));
    }

    private KafkaTableFeed Feed() => new(_kafka.Options, Topic, Apply, TimeProvider.System, _notices.Enqueue);

    private void Apply(ReadOnlyMemory<TableRow> rows)
    {
        foreach (var row in rows.Span)
        {
            var key = Encoding.UTF8.GetString(row.Key.Span);
            if (row.IsDeleted)
            {
                _table.TryRemove(key, out _);
            }
            else
            {
                _table[key] = Encoding.UTF8.GetString(row.Value.Span);
            }
        }
    }

    private async Task WriteAsync(IEnumerable<(string Key, string Value)> rows)
    {
        await using var writer = new KafkaRecordWriter(_kafka.Options, TimeProvider.System, static _ => { });
        foreach (var (key, value) in rows)
        {
            _ = await writer.WriteAsync(
                Topic, IRecordWriter.ByKey, Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(value), RecordFormat.Unknown, default);
        }
    }
}
