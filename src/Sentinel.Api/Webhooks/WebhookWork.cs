// The audit log is the queue: a target is told row after row, and the number of the last row that it is done with is kept in
// the store. What was not told when the process ended is therefore told by the next; what was told but not yet marked is told
// twice, under the same id. Of several processes one delivers: who holds the lease.
using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Sentinel.Api.Observability;
using Sentinel.Api.Reports;
using Sentinel.Storage;
using Sentinel.Storage.Cases;
using Sentinel.Storage.Webhooks;

namespace Sentinel.Api.Webhooks;

/// <summary>What came of sending a dead letter again.</summary>
/// <param name="IsThere">Whether there was such a letter to a configured target.</param>
/// <param name="Fault">Why it was not taken, or null.</param>
internal readonly record struct WebhookRetry(bool IsThere, string? Fault);

/// <summary>Tells every target what happened since it was told last. Targets do not wait for each other.</summary>
/// <param name="holder">This process, as the lease knows it.</param>
/// <param name="book">Who is told.</param>
/// <param name="sender">How.</param>
/// <param name="sharing">What of reports.</param>
/// <param name="telemetry">Counts.</param>
/// <param name="clock">Says when.</param>
/// <param name="logger">Logs.</param>
internal sealed partial class WebhookWork(
    string holder, WebhookBook book, WebhookSender sender, SharingBook sharing, ApiTelemetry telemetry, TimeProvider clock,
    ILogger<WebhookWork> logger)
{
    /// <summary>Rows of the log read at once.</summary>
    public const int RowsMax = AuditLog.PageMax;

    private static readonly TimeSpan RenewEvery = WebhookLease.Span / 3;

    // A replica may show a later row of the log before an earlier one. A number that stays away longer was removed.
    private static readonly TimeSpan GapMax = TimeSpan.FromMinutes(1);

    private volatile Stores? _stores;

    private Stores Opened => _stores ?? throw new InvalidOperationException("The store is not open.");

    /// <summary>From now on it is told what is in this database.</summary>
    public void Open(IClickHouse clickHouse) => _stores = new Stores(
        new AuditLog(clickHouse), new WebhookLog(clickHouse), new WebhookLease(clickHouse, holder),
        new WebhookBodies(new ReportDesk(clickHouse, sharing, clock)));

    /// <summary>From now on nobody is told.</summary>
    public void Close() => _stores = null;

    /// <summary>Tells all targets while no other process does, until it is told to stop.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        if (book.Targets.IsEmpty)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, cancel);
        }

        var stores = Opened;
        while (true)
        {
            if (await TryHoldAsync(stores.Lease, cancel))
            {
                Log.TakenOver(logger, book.Targets.Length);
                await TellWhileHeldAsync(stores.Lease, cancel);
                Log.LetGo(logger);
            }

            await Task.Delay(book.LookEvery, clock, cancel);
        }
    }

    /// <summary>Tells a target what happened since; a new target what happens from now on.</summary>
    /// <returns>Rows that it is done with.</returns>
    public async Task<int> LookAsync(WebhookTarget target, CancellationToken cancel)
    {
        var stores = Opened;
        if (await stores.Log.FindMarkAsync(target.Name, cancel) is not { } mark)
        {
            await stores.Log.MarkAsync(target.Name, await stores.Audit.HeadAsync(cancel), cancel);
            return 0;
        }

        var (told, done) = (mark, 0);
        foreach (var row in await stores.Audit.ReadAsync(mark, RowsMax, cancel))
        {
            if (row.Number > mark + 1 && clock.GetUtcNow() - row.Entry.At < GapMax)
            {
                break;
            }

            (mark, done) = (row.Number, done + 1);
            if (WebhookEvent.Of(row) is { } happened && target.Events.Contains(happened.Kind))
            {
                await TellAsync(stores, target, happened, cancel);
                await stores.Log.MarkAsync(target.Name, mark, CancellationToken.None);
                told = mark;
            }
        }

        if (told < mark)
        {
            await stores.Log.MarkAsync(target.Name, mark, CancellationToken.None);
        }

        return done;
    }

    /// <summary>Tries a dead letter once more.</summary>
    public async Task<WebhookRetry> RetryAsync(string name, long number, CancellationToken cancel)
    {
        var stores = Opened;
        var letter = await stores.Log.FindAsync(name, number, cancel);
        var target = book.Targets.FirstOrDefault(one => one.Name == name);
        if (letter is null || target is null
            || await stores.Audit.ReadAsync(number - 1, 1, cancel) is not [var row] || row.Number != number
            || WebhookEvent.Of(row) is not { } happened
            || await stores.Bodies.OfAsync(target, happened, cancel) is not { } body)
        {
            return default;
        }

        var outcome = await sender.SendAsync(target, happened.Id, body, attemptsMax: 1, cancel);
        var tried = letter with
        {
            Attempts = letter.Attempts + outcome.Attempts, FailedAt = clock.GetUtcNow(), Reason = outcome.Fault ?? "",
        };
        telemetry.Told(target.Name, outcome.Fault is null ? "delivered" : "failed");
        await (outcome.Fault is null
            ? stores.Log.RaiseAsync(tried, CancellationToken.None) : stores.Log.BuryAsync(tried, CancellationToken.None));
        return new WebhookRetry(IsThere: true, outcome.Fault);
    }

    /// <summary>Dead letters, the latest first.</summary>
    public Task<ImmutableArray<WebhookDeadLetter>> ListAsync(int rowsMax, CancellationToken cancel) =>
        Opened.Log.ListAsync(rowsMax, cancel);

    // A lease that cannot be held any longer ends what is under way: the next who holds it begins there again.
    private async Task TellWhileHeldAsync(WebhookLease lease, CancellationToken cancel)
    {
        using var held = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        Task[] works = [RenewAsync(lease, held.Token), .. book.Targets.Select(target => RunAsync(target, held.Token))];
        await Task.WhenAny(works);
        await held.CancelAsync();
        try
        {
            await Task.WhenAll(works);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return; // The lease was lost, and with it the others ended.
        }
        finally
        {
            await ReleaseAsync(lease);
        }
    }

    private async Task RenewAsync(WebhookLease lease, CancellationToken cancel)
    {
        do
        {
            await Task.Delay(RenewEvery, clock, cancel);
        }
        while (await TryHoldAsync(lease, cancel));
    }

    private async Task<bool> TryHoldAsync(WebhookLease lease, CancellationToken cancel)
    {
        try
        {
            return await lease.TryHoldAsync(clock.GetUtcNow(), cancel);
        }
        catch (ClickHouseException cause)
        {
            Log.NotRead(logger, cause.Message);
            return false;
        }
    }

    private async Task ReleaseAsync(WebhookLease lease)
    {
        try
        {
            await lease.ReleaseAsync(clock.GetUtcNow());
        }
        catch (ClickHouseException cause)
        {
            Log.NotRead(logger, cause.Message); // Others wait until it is over.
        }
    }

    private async Task RunAsync(WebhookTarget target, CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(book.LookEvery, clock);
        do
        {
            try
            {
                while (await LookAsync(target, cancel) > 0)
                {
                    cancel.ThrowIfCancellationRequested();
                }
            }
            catch (ClickHouseException cause)
            {
                Log.NotRead(logger, cause.Message); // The next look begins where this one did.
            }
        }
        while (await timer.WaitForNextTickAsync(cancel));
    }

    private async Task TellAsync(Stores stores, WebhookTarget target, WebhookEvent happened, CancellationToken cancel)
    {
        if (await stores.Bodies.OfAsync(target, happened, cancel) is not { } body)
        {
            return;
        }

        var outcome = await sender.SendAsync(target, happened.Id, body, book.AttemptsMax, cancel);
        telemetry.Told(target.Name, outcome.Fault is null ? "delivered" : "dead_letter");
        if (outcome.Fault is { } fault)
        {
            await stores.Log.BuryAsync(
                new WebhookDeadLetter(
                    target.Name, happened.Number, happened.Kind, happened.Subject, fault, outcome.Attempts, clock.GetUtcNow()),
                CancellationToken.None);
            Log.GivenUp(logger, target.Name, happened.Id, outcome.Attempts, fault);
        }
    }

    private sealed record Stores(AuditLog Audit, WebhookLog Log, WebhookLease Lease, WebhookBodies Bodies);

    private static partial class Log
    {
        [LoggerMessage(
            EventIds.WebhookGivenUp, LogLevel.Error, "Target {Target} did not take {Event} in {Attempts} attempts ({Reason}): a dead letter.")]
        public static partial void GivenUp(ILogger logger, string target, string @event, int attempts, string reason);

        [LoggerMessage(
            EventIds.WebhooksNotRead, LogLevel.Warning, "What webhooks are to tell could not be read or kept, the next look tries again: {Reason}")]
        public static partial void NotRead(ILogger logger, string reason);

        [LoggerMessage(EventIds.WebhooksTakenOver, LogLevel.Information, "This process tells {Count} webhook targets from now on.")]
        public static partial void TakenOver(ILogger logger, int count);

        [LoggerMessage(EventIds.WebhooksLetGo, LogLevel.Information, "This process tells webhook targets no longer.")]
        public static partial void LetGo(ILogger logger);
    }
}
