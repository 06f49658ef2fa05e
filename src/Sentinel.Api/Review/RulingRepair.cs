// The event of a case is written first and what follows from it next; a program can end in between, and another may go on
// where none starts. So the events of the last time are looked at again: at every start, and every minute.
namespace Sentinel.Api.Review;

/// <summary>Holds what rulings did against the events that say what they should have done. One owner.</summary>
internal sealed class RulingRepair(ReviewStore store, RulingEffects effects, CaseDesk desk, TimeProvider clock)
{
    /// <summary>Cases that are looked at again at once.</summary>
    public const int CasesMax = 10_000;

    private static readonly TimeSpan AtStart = TimeSpan.FromDays(1);
    private static readonly TimeSpan AtPass = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(5); // Whoever wrote the event is still at what follows.

    private DateTimeOffset _lookedAt;

    /// <summary>Looks back a day and tells the boards what they do not know; before gateways are answered.</summary>
    public async Task StartAsync(CancellationToken cancel)
    {
        _lookedAt = clock.GetUtcNow();
        await LookAsync(_lookedAt - AtStart, _lookedAt, cancel);
        await effects.SendMissingAsync(cancel);
    }

    /// <summary>Looks back a quarter of an hour, unless it did within the last minute.</summary>
    public async Task PassAsync(CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        if (now - _lookedAt >= Every)
        {
            _lookedAt = now;
            await LookAsync(now - AtPass, now - Settled, cancel);
        }
    }

    private async Task LookAsync(DateTimeOffset after, DateTimeOffset until, CancellationToken cancel)
    {
        foreach (var id in await store.Opened.Queue.ChangedAsync(after, until, CasesMax, cancel))
        {
            await effects.RepairAsync(
                await store.Opened.Cases.ReadAsync(id, afterVersion: 0, cancel),
                state => desk.MembersOfAsync(state, cancel),
                cancel);
        }
    }
}
