using Microsoft.Extensions.Logging;
using Sentinel.Api.Decisions;
using Sentinel.Streaming.Kafka;
using Sentinel.Streaming.Observability;
using Sentinel.Streaming.Partitions;

namespace Sentinel.Hosting.Serving.Cluster;

/// <summary>
/// Keeps the boards of an API process: reads both compacted topics from their beginning and goes on. Tells the board how
/// fresh it is, once a second.
/// </summary>
internal sealed partial class BoardFeed(
    DecisionBoard board, RulingBoard rulings, StreamingTelemetry telemetry, TimeProvider clock, ILogger<BoardFeed> logger)
{
    private readonly TaskCompletionSource _caughtUp = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly VerdictHeadBatch _heads = new();
    private readonly List<KeyValuePair<RulingKey, Ruling?>> _rulings = [];

    /// <summary>Ends when all that stood at the start is on the boards.</summary>
    public Task WhenCaughtUp => _caughtUp.Task;

    /// <summary>Reads until cancelled.</summary>
    public async Task RunAsync(KafkaOptions options, Action<KafkaNotice> notify, CancellationToken cancel)
    {
        var verdictFeed = new KafkaTableFeed(options, options.Topics.Verdicts, ApplyVerdicts, clock, notify);
        var rulingFeed = new KafkaTableFeed(options, options.Topics.Rulings, ApplyRulings, clock, notify);
        using var verdictWatch = Watch(options.Topics.Verdicts, verdictFeed);
        using var rulingWatch = Watch(options.Topics.Rulings, rulingFeed);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        Task[] running =
        [
            verdictFeed.RunAsync(ending.Token), rulingFeed.RunAsync(ending.Token),
            WatchAsync(verdictFeed, rulingFeed, ending.Token),
        ];
        try
        {
            await await Task.WhenAny(running);
        }
        finally
        {
            await ending.CancelAsync();
            await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Nothing feeds the boards any more.</summary>
    public void Close() => board.IsLive = false;

    private IDisposable Watch(string topic, KafkaTableFeed feed) =>
        telemetry.Feeds.Watch(topic, () => feed.StaleFor(clock.GetUtcNow()), () => feed.RowsRead);

    private async Task WatchAsync(KafkaTableFeed verdicts, KafkaTableFeed rulingRows, CancellationToken cancel)
    {
        await Task.WhenAll(verdicts.WhenCaughtUp, rulingRows.WhenCaughtUp).WaitAsync(cancel);
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), clock);
        do
        {
            var now = clock.GetUtcNow();
            var (one, two) = (verdicts.StaleFor(now), rulingRows.StaleFor(now));
            if (one is { } verdictAge && two is { } rulingAge)
            {
                board.SetFresh(now - (verdictAge > rulingAge ? verdictAge : rulingAge));
                _caughtUp.TrySetResult();
            }
        }
        while (await timer.WaitForNextTickAsync(cancel));
    }

    private void ApplyVerdicts(ReadOnlyMemory<TableRow> rows) => board.Publish(
        _heads.Read(rows, row => Log.RowUnusable(logger, "verdict", row.Partition, row.Offset)));

    private void ApplyRulings(ReadOnlyMemory<TableRow> rows)
    {
        _rulings.Clear();
        foreach (ref readonly var row in rows.Span)
        {
            if (row.IsDeleted && RulingKey.TryReadRecordKey(row.Key.Span, out var withdrawn))
            {
                _rulings.Add(new(withdrawn, null));
            }
            else if (Ruling.TryRead(row.Value, out var ruling))
            {
                _rulings.Add(new(ruling.Key, ruling));
            }
            else
            {
                Log.RowUnusable(logger, "ruling", row.Partition, row.Offset);
            }
        }

        rulings.Publish(_rulings);
    }

    private static partial class Log
    {
        [LoggerMessage(
            EventIds.FeedRowUnusable, LogLevel.Error, "A {Kind} in partition {Partition} at {Offset} cannot be read.")]
        public static partial void RowUnusable(ILogger logger, string kind, int partition, long offset);
    }
}
