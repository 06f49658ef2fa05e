using System.Collections.Immutable;
using Sentinel.Detection;
using Sentinel.Detection.Observations;
using Sentinel.Detection.Ports;
using Sentinel.Streaming.Preparation;

namespace Sentinel.Streaming.Lanes;

/// <summary>
/// Owns a judge and the store of its partition, and takes observations one after another: dedupe, append to the log,
/// judge, append what that caused. Findings are published only once they are durable. Not thread-safe: one flow of
/// control owns a lane.
/// </summary>
public sealed class Lane
{
    /// <summary>
    /// A commit writes observations before what they caused, and holds fewer of them than this: after a crash, findings
    /// of older observations are in the store, and those of newer ones are written again.
    /// </summary>
    public const int RecoveryWindow = 65_536;

    private const int PublishedAtOnceMax = 4_096;

    private readonly Judge _judge;
    private readonly ILaneStore _store;
    private readonly LaneOptions _options;
    private readonly TimeProvider _clock;
    private readonly Action<JudgeOutput> _publish;
    private readonly SortedDictionary<string, long> _rejectedByCode = new(StringComparer.Ordinal);
    private readonly JudgeOutput _fresh = new();
    private JudgeOutput _pending = new();
    private JudgeOutput _committing = new();
    private Task _commit = Task.CompletedTask;
    private long _committedAt;
    private long _accepted;
    private long _duplicates;
    private long _rejected;

    /// <summary>A lane over a judge without memory and a store from which nothing was recovered yet.</summary>
    /// <param name="judge">Judges; from now on the lane's.</param>
    /// <param name="store">Keeps; from now on the lane's.</param>
    /// <param name="options">How to commit.</param>
    /// <param name="clock">Times commits.</param>
    /// <param name="publish">Gets what has become durable, on the lane's flow; must not keep the output.</param>
    public Lane(Judge judge, ILaneStore store, LaneOptions options, TimeProvider clock, Action<JudgeOutput> publish)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(options.CommitRowsMax, RecoveryWindow);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.CommitRowsMax, 1);
        ArgumentNullException.ThrowIfNull(clock);
        _judge = judge;
        _store = store;
        _options = options;
        _clock = clock;
        _publish = publish;
        _committedAt = clock.GetTimestamp();
    }

    /// <summary>What was taken.</summary>
    public LaneCounts Counts => new(
        _accepted, _duplicates, _rejected, _rejectedByCode.ToImmutableSortedDictionary(StringComparer.Ordinal));

    /// <summary>
    /// Judges everything durable again, writes again what a crash may have kept from becoming durable, and publishes
    /// the verdicts and campaigns that stand. To be called once, before anything is taken.
    /// </summary>
    /// <returns>How many observations there were.</returns>
    public async Task<long> RecoverAsync(CancellationToken cancel)
    {
        var recent = new RecentFindings(RecoveryWindow);
        var count = await _store.RecoverAsync(observation => Rejudge(observation, recent), cancel);
        recent.MoveTo(_fresh);
        await AppendFreshAsync(cancel);
        _pending.Clear(); // Part of what is published now.
        await CommitAsync(cancel);
        PublishAll();
        return count;
    }

    /// <summary>Takes a chunk. Begins a commit when one is due, and does not wait for it.</summary>
    internal async ValueTask<ChunkOutcome> TakeAsync(PreparedChunk chunk, CancellationToken cancel)
    {
        var accepted = 0;
        if (chunk.Model is { } model)
        {
            _judge.UseModel(model);
        }

        if (chunk.SecondModel is { } second)
        {
            _judge.UseSecond(second);
        }

        for (var i = 0; i < chunk.Count; i++)
        {
            if (_judge.TryAdmit(chunk.Observations[i].EventKey))
            {
                accepted++;
                Judge(chunk.Observations[i]);
                if (_fresh.Verdicts.Count + _fresh.Campaigns.Count + _fresh.Links.Count > 0)
                {
                    await AppendFreshAsync(cancel);
                }

                await CommitIfFullAsync(cancel);
            }
        }

        foreach (var letter in chunk.DeadLetters)
        {
            _store.Append(letter);
            _rejectedByCode[letter.Code] = _rejectedByCode.GetValueOrDefault(letter.Code) + 1;
            await CommitIfFullAsync(cancel);
        }

        var outcome = new ChunkOutcome(accepted, chunk.Count - accepted);
        _accepted += outcome.Accepted;
        _duplicates += outcome.Duplicates;
        _rejected += chunk.DeadLetters.Count;
        if (_store.PendingRows > 0 && _clock.GetElapsedTime(_committedAt) >= _options.CommitDelayMax)
        {
            await BeginCommitAsync(cancel);
        }

        return outcome;
    }

    /// <summary>Judges groups once more as of the last observation, and makes everything durable.</summary>
    public async Task FinishAsync(CancellationToken cancel)
    {
        _judge.Finish(_fresh);
        await AppendFreshAsync(cancel);
        await CommitAsync(cancel);
    }

    /// <summary>Makes everything taken so far durable, waits for it and publishes it.</summary>
    public async Task CommitAsync(CancellationToken cancel)
    {
        await BeginCommitAsync(cancel);
        await EndCommitAsync();
    }

    private void Judge(Observation observation)
    {
        _store.Append(observation);
        _judge.Observe(observation, _fresh);
    }

    private void Rejudge(Observation observation, RecentFindings recent)
    {
        if (_judge.TryAdmit(observation.EventKey))
        {
            _judge.Observe(observation, _fresh);
            recent.Add(_fresh, observation.Offset);
            _fresh.Clear();
        }
    }

    private async ValueTask AppendFreshAsync(CancellationToken cancel)
    {
        foreach (var link in _fresh.Links)
        {
            _store.Append(link);
            _pending.Links.Add(link);
            await CommitIfFullAsync(cancel);
        }

        foreach (var campaign in _fresh.Campaigns)
        {
            _store.Append(campaign);
            _pending.Campaigns.Add(campaign);
            await CommitIfFullAsync(cancel);
        }

        foreach (var verdict in _fresh.Verdicts)
        {
            _store.Append(verdict);
            _pending.Verdicts.Add(verdict);
            await CommitIfFullAsync(cancel);
        }

        _fresh.Clear();
    }

    private ValueTask CommitIfFullAsync(CancellationToken cancel) =>
        _store.PendingRows >= _options.CommitRowsMax ? BeginCommitAsync(cancel) : ValueTask.CompletedTask;

    private async ValueTask BeginCommitAsync(CancellationToken cancel)
    {
        await EndCommitAsync();
        (_pending, _committing) = (_committing, _pending);
        _committedAt = _clock.GetTimestamp();
        try
        {
            _commit = _store.CommitAsync(cancel);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            throw Faulted(failure);
        }
    }

    private async ValueTask EndCommitAsync()
    {
        try
        {
            await _commit;
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            throw Faulted(failure);
        }

        if (_committing.Verdicts.Count + _committing.Campaigns.Count + _committing.Links.Count > 0)
        {
            _publish(_committing);
            _committing.Clear();
        }
    }

    private static LaneFaultedException Faulted(Exception cause) => new("The lane's store failed to commit.", cause);

    private void PublishAll()
    {
        _committing.Campaigns.AddRange(_judge.Campaigns);
        foreach (var batch in _judge.Verdicts().Chunk(PublishedAtOnceMax))
        {
            _committing.Verdicts.AddRange(batch);
            _publish(_committing);
            _committing.Clear();
        }
    }
}
