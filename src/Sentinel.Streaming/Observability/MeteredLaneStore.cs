using System.Diagnostics;
using Sentinel.Detection.Campaigns;
using Sentinel.Detection.Links;
using Sentinel.Detection.Observations;
using Sentinel.Detection.Ports;
using Sentinel.Detection.Verdicts;

namespace Sentinel.Streaming.Observability;

/// <summary>
/// A lane's store as it is, counted from outside: additions cost a plain increment, and are told once a commit.
/// Owned by the lane's thread, as the store is.
/// </summary>
/// <param name="store">The store.</param>
/// <param name="role">Name of the lane's role.</param>
/// <param name="telemetry">Where to tell.</param>
/// <param name="clock">Times commits.</param>
public sealed class MeteredLaneStore(
    ILaneStore store, string role, StreamingTelemetry telemetry, TimeProvider clock) : ILaneStore, IAsyncDisposable
{
    private readonly Dictionary<string, int> _deadLetters = new(StringComparer.Ordinal);
    private int _exchanges;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => (store as IAsyncDisposable)?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <inheritdoc/>
    public long NextOffset => store.NextOffset;

    /// <inheritdoc/>
    public int PendingRows => store.PendingRows;

    /// <inheritdoc/>
    public long Recover(Action<Observation> observe, CancellationToken cancel)
    {
        var began = clock.GetTimestamp();
        var count = store.Recover(observe, cancel);
        telemetry.Lanes.Opened(role, clock.GetElapsedTime(began));
        return count;
    }

    /// <inheritdoc/>
    public void Append(Observation observation)
    {
        store.Append(observation);
        _exchanges++;
    }

    /// <inheritdoc/>
    public void Append(Verdict verdict) => store.Append(verdict);

    /// <inheritdoc/>
    public void Append(Campaign campaign) => store.Append(campaign);

    /// <inheritdoc/>
    public void Append(Link link) => store.Append(link);

    /// <inheritdoc/>
    public void Append(DeadLetter letter)
    {
        ArgumentNullException.ThrowIfNull(letter);
        store.Append(letter);
        _deadLetters[letter.Code] = _deadLetters.GetValueOrDefault(letter.Code) + 1;
    }

    /// <inheritdoc/>
    public Task CommitAsync(CancellationToken cancel)
    {
        TellCounts();
        var rows = store.PendingRows;
        if (rows == 0)
        {
            return store.CommitAsync(cancel);
        }

        // Begun here, not in the task: the store's own contract is that the blocks change places before this returns.
        var began = clock.GetTimestamp();
        var span = telemetry.Trace.Commit(role);
        var commit = store.CommitAsync(cancel);
        Activity.Current = span?.Parent;
        return EndAsync(commit, rows, began, span);
    }

    private async Task EndAsync(Task commit, int rows, long began, Activity? span)
    {
        var isDurable = false;
        try
        {
            await commit;
            isDurable = true;
            telemetry.Lanes.Committed(role, rows, clock.GetElapsedTime(began));
        }
        finally
        {
            if (!isDurable)
            {
                telemetry.Lanes.CommitFailed(role);
                span?.SetStatus(ActivityStatusCode.Error);
            }

            span?.SetTag("sentinel.rows", rows).Dispose();
        }
    }

    private void TellCounts()
    {
        if (_exchanges > 0)
        {
            telemetry.Lanes.Judged(role, _exchanges, duplicates: 0); // Those never come to the store.
            _exchanges = 0;
        }

        foreach (var (code, count) in _deadLetters)
        {
            telemetry.Lanes.DeadLetters(role, code, count);
        }

        _deadLetters.Clear();
    }
}
