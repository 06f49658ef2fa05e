using System.Globalization;
using Sentinel.Detection.Ports;
using Sentinel.Detection.Stages;
using Sentinel.Streaming.Preparation;

namespace Sentinel.Streaming.Partitions;

/// <summary>
/// Works on one partition of exchanges: decodes, reads and scores them, judges their accounts, logs the observations, and
/// tells link lanes and the campaigns lane what they must know.
/// </summary>
public sealed class AccountLane : IPartitionLane
{
    private readonly LaneSurroundings _around;
    private readonly IScorer _scorer;
    private readonly int _partition;
    private readonly int _linkPartitionCount;
    private readonly string _source;
    private readonly Preparer _preparer;
    private readonly PreparedChunk _chunk = new();
    private readonly StageOutput _output = new();
    private AccountStage? _stage;
    private LaneEffects? _effects;
    private DateTimeOffset? _quietSince;
    private long _clockWrittenMs = long.MinValue;
    private long _next;

    /// <summary>A lane that is not open yet.</summary>
    /// <param name="around">What it works with.</param>
    /// <param name="scorer">The classifier.</param>
    /// <param name="partition">Its partition.</param>
    /// <param name="linkPartitionCount">Partitions of the links.</param>
    public AccountLane(LaneSurroundings around, IScorer scorer, int partition, int linkPartitionCount)
    {
        ArgumentNullException.ThrowIfNull(around);
        ArgumentNullException.ThrowIfNull(scorer);
        (_around, _scorer, _partition, _linkPartitionCount) = (around, scorer, partition, linkPartitionCount);
        _source = string.Create(CultureInfo.InvariantCulture, $"{around.Topics.Exchanges}/{partition}");
        _preparer = new Preparer(scorer);
    }

    /// <inheritdoc/>
    public long DurableOffset => _effects?.DurableOffset ?? -1;

    /// <summary>Exchanges judged, also by those who had the partition before.</summary>
    public long ExchangeCount => _stage?.ExchangeCount ?? 0;

    /// <summary>Accounts known.</summary>
    public int AccountCount => _stage?.AccountCount ?? 0;

    /// <inheritdoc/>
    public async Task<long> OpenAsync(long committedOffset, CancellationToken cancel)
    {
        var store = await _around.OpenStore(_partition, cancel);
        var name = string.Create(CultureInfo.InvariantCulture, $"accounts-{_partition}");
        var keeper = new SnapshotKeeper(_around.Snapshots, name, _around.Owner, _around.Notify);
        (_stage, var manifest) = await keeper.LoadAsync(NewStage, cancel);
        _next = manifest?.Resume ?? 0;
        _effects = new LaneEffects(
            _around, store, keeper, _stage, static next => next, _next,
            Math.Max(committedOffset, manifest?.Position ?? 0));
        return _next;
    }

    /// <inheritdoc/>
    public async ValueTask TakeAsync(ReadOnlyMemory<LogRecord> records, CancellationToken cancel)
    {
        for (var at = 0; at < records.Length;)
        {
            var length = CountToClock(records.Span[at..]);
            if (length == 0)
            {
                await EndTicksAsync(records.Span[at], cancel);
                length = 1;
            }
            else
            {
                _quietSince = null;
                var part = records.Slice(at, length);
                _preparer.Prepare(part.Span, _source, (long)_around.Options.AheadMax.TotalMilliseconds, _chunk);
                await JudgeAsync(cancel);
            }

            at += length;
            _next = records.Span[at - 1].Offset + 1;
        }

        await _effects!.AdvanceAsync(_next, cancel);
    }

    /// <inheritdoc/>
    public async ValueTask IdleAsync(DateTimeOffset since, DateTimeOffset now, CancellationToken cancel)
    {
        await _effects!.AdvanceAsync(_next, cancel);
        _quietSince ??= since; // A clock record that comes back is no exchange.
        var beforeMs = (now - _around.Options.IdleAfter).ToUnixTimeMilliseconds();
        if (now - _quietSince < _around.Options.IdleAfter || beforeMs <= _clockWrittenMs || !_stage!.CanEndTicks(beforeMs))
        {
            return;
        }

        // Ended here and now, the ticks would end elsewhere when the log is read again after a crash.
        _clockWrittenMs = beforeMs;
        await await _around.Records.WriteAsync(
            _around.Topics.Exchanges, _partition, default, ClockRecord.Value(beforeMs), RecordFormat.Unknown, cancel);
    }

    /// <inheritdoc/>
    public Task FlushAsync(CancellationToken cancel) => _effects!.SaveAsync(cancel);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _effects?.DisposeAsync() ?? ValueTask.CompletedTask;

    private AccountStage NewStage() =>
        new(_around.Policy, _scorer.Reference, _scorer.ModelVersion, _partition, _linkPartitionCount);

    private static int CountToClock(ReadOnlySpan<LogRecord> records)
    {
        var count = 0;
        while (count < records.Length && count < PreparedChunk.ObservationsMax
            && !ClockRecord.TryRead(records[count], out _))
        {
            count++;
        }

        return count;
    }

    private async ValueTask EndTicksAsync(LogRecord record, CancellationToken cancel)
    {
        ClockRecord.TryRead(record, out var beforeMs);
        _stage!.EndTicks(beforeMs, _output);
        await _effects!.EmitAsync(_output, record.Offset, cancel);
        await _effects.MakeRoomAsync(record.Offset + 1, cancel);
    }

    private async ValueTask JudgeAsync(CancellationToken cancel)
    {
        // Before any exchange: a commit amid the chunk calls all durable that lies before it.
        foreach (var letter in _chunk.DeadLetters)
        {
            await _effects!.AppendAsync(letter, letter.Line, cancel);
        }

        if (_chunk.Model is { } model)
        {
            _stage!.UseModel(model);
        }

        _stage!.UseWorkloads(_around.Workloads.Current);
        for (var i = 0; i < _chunk.Count; i++)
        {
            var observation = _chunk.Observations[i];
            if (!_stage!.TryAdmit(observation.EventKey))
            {
                continue;
            }

            _effects!.Append(observation);
            _stage.Observe(observation, _output);
            await _effects.EmitAsync(_output, observation.Offset, cancel);
            await _effects.MakeRoomAsync(observation.Offset + 1, cancel);
        }
    }
}
