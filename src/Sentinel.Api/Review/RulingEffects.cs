// What follows from a case's event outside the case. The event is the truth: it is appended first, and what follows is made
// good at the next start if the program ended in between.
using System.Collections.Immutable;
using Microsoft.Extensions.Options;
using Sentinel.Api.Decisions;
using Sentinel.Detection.Cases;
using Sentinel.Detection.Verdicts;
using Sentinel.Storage.Cases;

namespace Sentinel.Api.Review;

/// <summary>Makes rulings on cases rulings on their accounts, and takes them back. Thread-safe.</summary>
internal sealed class RulingEffects(
    ReviewStore store, IRulingRoad road, RulingBoard board, IOptions<ReviewOptions> options, TimeProvider clock)
{
    private const int BlockMax = 10_000;

    private static readonly TimeSpan LookBack = TimeSpan.FromDays(1);
    private static readonly string Account = RulingKey.Names[(int)KeyKind.Account];

    /// <summary>Does what follows from an event.</summary>
    /// <param name="before">The case before it.</param>
    /// <param name="change">The event.</param>
    /// <param name="members">Accounts of the case.</param>
    /// <param name="now">When.</param>
    public Task FollowAsync(CaseState before, CaseChange change, ImmutableArray<string> members, DateTimeOffset now) =>
        change switch
        {
            CaseRuled ruled => PutAsync(RowsOf(before.Id, ruled.Ruling, members), now),
            RulingUndone or CaseReopened => WithdrawAsync(before.Ruling!.Id, [], now),
            AppealDecided { IsUpheld: false } decided => ReleaseAsync(before, decided, members, now),
            _ => Task.CompletedTask,
        };

    /// <summary>Sends what the boards do not know yet, and makes good what a program that ended left undone.</summary>
    public async Task RecoverAsync(Func<CaseState, Task<ImmutableArray<string>>> membersOf, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        foreach (var summary in await store.Opened.Queue.RuledAsync(now - LookBack, "", CaseLog.CasesMax, cancel))
        {
            if (await store.Opened.Cases.FindAsync(summary.Id, cancel) is { Ruling: { } ruling } state
                && CaseWords.ActionOf(ruling.Kind) is not null
                && (await store.Opened.Rulings.OfRulingAsync(ruling.Id, cancel)).IsEmpty)
            {
                await PutAsync(RowsOf(state.Id, ruling, await membersOf(state)), now);
            }
        }

        var missing = (await store.Opened.Rulings.ReadInForceAsync(now, cancel))
            .Where(row => RulingOf(row) is { } ruling && !IsKnown(ruling, now))
            .ToArray();
        foreach (var some in missing.Chunk(BlockMax))
        {
            await SendAsync(some, [], cancel);
        }
    }

    private bool IsKnown(Ruling ruling, DateTimeOffset now) =>
        board.TryFind(ruling.Key.Kind, ruling.Key.Text, now, out var known) && known.Id == ruling.Id;

    private async Task PutAsync(ImmutableArray<RulingRow> rows, DateTimeOffset now)
    {
        await store.Opened.Rulings.PutAsync(rows, CancellationToken.None);
        await SendAsync([.. rows.Where(row => !(row.ExpiresAt <= now))], [], CancellationToken.None);
    }

    private async Task<ImmutableArray<RulingRow>> WithdrawAsync(
        string rulingId, ImmutableArray<string> onlyAccounts, DateTimeOffset now)
    {
        var rows = await store.Opened.Rulings.OfRulingAsync(rulingId, CancellationToken.None);
        if (!onlyAccounts.IsEmpty)
        {
            rows = [.. rows.Where(row => onlyAccounts.Contains(row.Subject, StringComparer.Ordinal))];
        }

        await store.Opened.Rulings.WithdrawAsync(rows, CancellationToken.None);
        var subjects = rows.Select(static row => row.Subject).ToArray();
        var before = await store.Opened.Rulings.OfSubjectsAsync(Account, subjects, now, CancellationToken.None);
        await SendAsync(before, subjects, CancellationToken.None);
        return rows;
    }

    // Who was right goes on for a while, whatever the machine concludes: else it would be stopped again at once.
    private async Task ReleaseAsync(
        CaseState before, AppealDecided decided, ImmutableArray<string> members, DateTimeOffset now)
    {
        var appeal = before.Appeals.First(one => one.Id == decided.AppealId);
        await WithdrawAsync(before.Ruling!.Id, appeal.Accounts, now);
        await PutAsync(
            [
                .. (appeal.Accounts.IsEmpty ? members : appeal.Accounts).Select(account => new RulingRow(
                    Account, account, $"{before.Ruling.Id}.released", before.Id, DecisionAction.Allow, now,
                    now + TimeSpan.FromDays(options.Value.ReleaseDays))),
            ],
            now);
    }

    // What holds is set, and of the other subjects nothing does.
    private async Task SendAsync(
        IReadOnlyCollection<RulingRow> holding, IReadOnlyCollection<string> subjects, CancellationToken cancel)
    {
        var sent = new List<KeyValuePair<RulingKey, Ruling?>>();
        var held = holding.Select(static row => row.Subject).ToHashSet(StringComparer.Ordinal);
        sent.AddRange(holding.Select(RulingOf).OfType<Ruling>().Select(static ruling => KeyValuePair.Create(ruling.Key, (Ruling?)ruling)));
        sent.AddRange(subjects.Where(subject => !held.Contains(subject))
            .Select(static subject => KeyValuePair.Create(new RulingKey(KeyKind.Account, subject), (Ruling?)null)));
        if (sent.Count > 0)
        {
            await road.SendAsync(sent, cancel);
        }
    }

    private static Ruling? RulingOf(RulingRow row) => RulingKey.TryOf(row.SubjectKind, row.Subject, out var key)
        ? new Ruling(row.RulingId, key, row.Action, row.ExpiresAt)
        : null;

    private static ImmutableArray<RulingRow> RowsOf(string caseId, CaseRuling ruling, ImmutableArray<string> members) =>
        CaseWords.ActionOf(ruling.Kind) is not { } action
            ? []
            : [.. members.Select(member => new RulingRow(Account, member, ruling.Id, caseId, action, ruling.At, ruling.Until))];
}
