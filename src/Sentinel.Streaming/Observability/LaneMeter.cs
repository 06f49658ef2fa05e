using System.Diagnostics.Metrics;
using Sentinel.Detection.Verdicts;

namespace Sentinel.Streaming.Observability;

/// <summary>
/// Counts what lanes do. A lane adds up for itself and tells once a batch or commit: nothing here is for a single
/// exchange. <c>lane</c> is the role: <c>account</c>, <c>links</c> or <c>campaigns</c>.
/// </summary>
public sealed class LaneMeter
{
    private const string LaneTag = "lane";

    // A code is one of a dozen; whoever invents more finds them in the table of dead letters.
    private const string CodeTag = "code";

    private readonly Counter<long> _records;
    private readonly Counter<long> _exchanges;
    private readonly Counter<long> _duplicates;
    private readonly Counter<long> _deadLetters;
    private readonly Histogram<double> _batchDuration;
    private readonly Histogram<double> _openDuration;
    private readonly Histogram<double> _delay;
    private readonly Histogram<double> _commitDuration;
    private readonly Histogram<long> _commitRows;
    private readonly Counter<long> _commitFailures;
    private readonly Counter<long> _verdicts;
    private readonly Gauge<long> _campaigns;
    private readonly Histogram<double> _tickDuration;
    private readonly Histogram<double> _tickDelay;

    internal LaneMeter(Meter meter)
    {
        _records = meter.CreateCounter<long>(
            "sentinel.lane.records", "{record}", "Records that lanes took from their partitions.");
        _exchanges = meter.CreateCounter<long>(
            "sentinel.lane.exchanges", "{exchange}", "Exchanges that were new and were judged.");
        _duplicates = meter.CreateCounter<long>(
            "sentinel.lane.duplicates", "{exchange}", "Exchanges whose event id was known already.");
        _deadLetters = meter.CreateCounter<long>(
            "sentinel.lane.dead_letters", "{record}", "Lines and records that could not be used, by code.");
        _batchDuration = meter.CreateHistogram(
            "sentinel.lane.batch.duration", "s", "Time that a lane took for one batch, waiting included.",
            tags: null, Buckets.Seconds);
        _openDuration = meter.CreateHistogram(
            "sentinel.lane.open.duration", "s", "Time from assignment of a partition until its state was loaded.",
            tags: null, Buckets.Seconds);
        _delay = meter.CreateHistogram(
            "sentinel.lane.delay", "s", "Age of the oldest record of a batch when the lane had taken it.",
            tags: null, Buckets.Seconds);
        _commitDuration = meter.CreateHistogram(
            "sentinel.lane.commit.duration", "s", "Time until a commit was durable.", tags: null, Buckets.Seconds);
        _commitRows = meter.CreateHistogram(
            "sentinel.lane.commit.rows", "{row}", "Rows that a commit made durable.", tags: null, Buckets.Rows);
        _commitFailures = meter.CreateCounter<long>(
            "sentinel.lane.commit.failures", "{commit}", "Commits that failed for good; each ends its process.");
        _verdicts = meter.CreateCounter<long>("sentinel.verdicts", "{verdict}", "Verdicts that changed, by level.");
        _campaigns = meter.CreateGauge<long>("sentinel.campaigns", "{campaign}", "Campaigns on the board.");
        _tickDuration = meter.CreateHistogram(
            "sentinel.tick.duration", "s", "Time that judging the changed groups took.", tags: null, Buckets.Seconds);
        _tickDelay = meter.CreateHistogram(
            "sentinel.tick.delay", "s", "How long after it was due a tick began.", tags: null, Buckets.Seconds);
    }

    /// <summary>A batch was taken.</summary>
    /// <param name="lane">The role.</param>
    /// <param name="records">Records of the batch.</param>
    /// <param name="duration">Time it took.</param>
    /// <param name="delay">Age of its oldest record; zero when records carry no time.</param>
    public void Took(string lane, long records, TimeSpan duration, TimeSpan delay)
    {
        var tag = new KeyValuePair<string, object?>(LaneTag, lane);
        _records.Add(records, tag);
        _batchDuration.Record(duration.TotalSeconds, tag);
        _delay.Record(delay.TotalSeconds, tag);
    }

    /// <summary>What a batch came to: exchanges that were new, and those that were not.</summary>
    public void Judged(string lane, long accepted, long duplicates)
    {
        var tag = new KeyValuePair<string, object?>(LaneTag, lane);
        _exchanges.Add(accepted, tag);
        _duplicates.Add(duplicates, tag);
    }

    /// <summary>Records of a batch could not be used.</summary>
    public void DeadLetters(string lane, string code, long count) => _deadLetters.Add(
        count, new KeyValuePair<string, object?>(LaneTag, lane), new KeyValuePair<string, object?>(CodeTag, code));

    /// <summary>A partition's state was loaded.</summary>
    public void Opened(string lane, TimeSpan duration) =>
        _openDuration.Record(duration.TotalSeconds, new KeyValuePair<string, object?>(LaneTag, lane));

    /// <summary>A commit became durable.</summary>
    public void Committed(string lane, long rows, TimeSpan duration)
    {
        var tag = new KeyValuePair<string, object?>(LaneTag, lane);
        _commitRows.Record(rows, tag);
        _commitDuration.Record(duration.TotalSeconds, tag);
    }

    /// <summary>A commit failed for good.</summary>
    public void CommitFailed(string lane) => _commitFailures.Add(1, new KeyValuePair<string, object?>(LaneTag, lane));

    /// <summary>Verdicts became durable.</summary>
    public void Concluded(IReadOnlyList<Verdict> verdicts)
    {
        ArgumentNullException.ThrowIfNull(verdicts);
        Span<int> counts = stackalloc int[(int)VerdictLevel.Abusive + 1];
        foreach (var verdict in verdicts)
        {
            counts[(int)verdict.Level]++;
        }

        for (var level = 0; level < counts.Length; level++)
        {
            if (counts[level] > 0)
            {
                var name = WireNames.Of((VerdictLevel)level);
                _verdicts.Add(counts[level], new KeyValuePair<string, object?>("level", name));
            }
        }
    }

    /// <summary>How many campaigns stand now.</summary>
    public void Campaigns(long count) => _campaigns.Record(count);

    /// <summary>Groups were judged.</summary>
    /// <param name="delay">How long after it was due the tick began.</param>
    /// <param name="duration">Time it took.</param>
    public void Ticked(TimeSpan delay, TimeSpan duration)
    {
        _tickDelay.Record(Math.Max(0, delay.TotalSeconds));
        _tickDuration.Record(duration.TotalSeconds);
    }
}
