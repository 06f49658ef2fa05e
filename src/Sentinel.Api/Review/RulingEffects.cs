// What follows from a case's event outside the case. The event is the truth: it is appended first, and what follows is made
// good at the next start if the program ended in between.
using System.Collections.Immutable;
using Microsoft.Extensions.Options;
using Sentinel.Api.Decisions;
using Sentinel.Detection.Cases;
using Sentinel.Detection.Rulings;
using Sentinel.Detection.Verdicts;
using Sentinel.Storage.Cases;

namespace Sentinel.Api.Review;

/// <summary>Makes rulings on cases rulings on their accounts, and takes them back. Thread-safe.</summary>
internal sealed class RulingEffects(
    ReviewStore store, IRulingRoad road, RulingBoard board, IOptions<ReviewOptions> options, TimeProvider clock)
{
    private const int BlockMax = 10_000;

    private static readonly string Account = RulingKey.Names[(int)KeyKind.Account];

    /// <summary>Does what follows from an event.</summary>
    /// <param name="before">The case before it.</param>
    /// <param name="change">The event.</param>
    /// <param name="members">Accounts of the case.</param>
    /// <param name="now">When.</param>
    public Task FollowAsync(CaseState before, CaseChange change, ImmutableArray<string> members, DateTimeOffset now) =>
        change switch
        {
            CaseRuled ruled => PutAsync(before.Id, ruled.Ruling, members, now),
            RulingExtended extended => PutAsync(before.Id, before.Ruling!, extended.Accounts, now),
            RulingUndone or CaseReopened => WithdrawAsync(before.Ruling!.Id, [], now),
            AppealDecided { IsUpheld: false } decided => ReleaseAsync(before, decided, members, now),
            _ => Task.CompletedTask,
        };

    /// <summary>Sends what the boards do not know yet.</summary>
    public async Task SendMissingAsync(CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var missing = (await store.Opened.Rulings.ReadInForceAsync(now, cancel))
            .Where(row => RulingOf(row) is { } ruling && !IsKnown(ruling, now))
            .ToArray();
        foreach (var some in missing.Chunk(BlockMax))
        {
            await SendAsync(some, [], cancel);
        }
    }

    /// <summary>
    /// Makes good what should have followed from the events of a case and did not, because a program ended in between. What is
    /// as it should be stays untouched, so that it can be asked for again and again, by any number of processes.
    /// </summary>
    /// <param name="events">The case's events, in order.</param>
    /// <param name="membersOf">Tells the accounts of a case.</param>
    /// <param name="cancel">Heeded between rulings.</param>
    public async Task RepairAsync(
        ImmutableArray<CaseEvent> events, Func<CaseState, Task<ImmutableArray<string>>> membersOf, CancellationToken cancel)
    {
        if (CaseState.Of(events) is not { } state)
        {
            return;
        }

        var now = clock.GetUtcNow();
        foreach (var end in RulingEnd.Of(events))
        {
            cancel.ThrowIfCancellationRequested();
            await EndAsync(state.Id, end, now);
        }

        if (state.Ruling is { } ruling && CaseWords.ActionOf(ruling.Kind) is not null)
        {
            var ever = (await store.Opened.Rulings.EverOfRulingAsync(ruling.Id, Account, cancel)).ToHashSet(StringComparer.Ordinal);
            ImmutableArray<string> due = ever.Count == 0 ? await membersOf(state) : [];
            ImmutableArray<string> missing =
            [
                .. due.Union(state.LaterAccounts, StringComparer.Ordinal).Where(one => !ever.Contains(one))
                    .Except(state.RemovedMembers, StringComparer.Ordinal),
            ];
            await PutAsync(state.Id, ruling, missing, now);
        }

        await OpenSplitsAsync(state, events);
    }

    // Withdrawing twice is withdrawing once: only what is in force still is taken back, and only what a board still holds sent.
    private async Task EndAsync(string caseId, RulingEnd end, DateTimeOffset now)
    {
        var rulings = store.Opened.Rulings;
        var stopped = await WithdrawAsync(end.RulingId, end.Accounts, now);
        var ever = await rulings.EverOfRulingAsync(end.RulingId, Account, CancellationToken.None);
        ImmutableArray<string> on = end.Accounts.IsEmpty ? ever : end.Accounts;
        string[] stale =
        [
            .. on.Except(stopped.Select(static row => row.Subject), StringComparer.Ordinal)
                .Where(one => board.TryFind(KeyKind.Account, one, now, out var known) && known.Id == end.RulingId),
        ];
        if (stale.Length > 0)
        {
            await SendAsync(await rulings.OfSubjectsAsync(Account, stale, now, CancellationToken.None), stale, CancellationToken.None);
        }

        if (end.IsReleased)
        {
            var released = await rulings.EverOfRulingAsync(ReleaseOf(end.RulingId), Account, CancellationToken.None);
            await PutAsync(
                ReleasesOf(caseId, end.RulingId, [.. on.Except(released, StringComparer.Ordinal)], end.At),
                RulingFinding.Innocent, now);
        }
    }

    private async Task OpenSplitsAsync(CaseState state, ImmutableArray<CaseEvent> events)
    {
        foreach (var (split, at, by) in events.Where(static one => one.Change is CaseSplit)
            .Select(static one => ((CaseSplit)one.Change, one.At, one.By)))
        {
            await store.Opened.Cases.OpenAsync(
                [(split.NewCaseId, state.OpenedBy(split, state.Facts.Accounts))], by, at, CancellationToken.None);
        }
    }

    private bool IsKnown(Ruling ruling, DateTimeOffset now) =>
        board.TryFind(ruling.Key.Kind, ruling.Key.Text, now, out var known) && known.Id == ruling.Id;

    private Task PutAsync(string caseId, CaseRuling ruling, ImmutableArray<string> members, DateTimeOffset now) =>
        PutAsync(RowsOf(caseId, ruling, members), RulingFindings.Of(ruling.Kind), now);

    private async Task PutAsync(ImmutableArray<RulingRow> rows, RulingFinding finding, DateTimeOffset now)
    {
        if (rows.IsEmpty)
        {
            return;
        }

        // What judges are told first: the rows tell whether a ruling was followed, and what is told twice changes nothing.
        if (finding != RulingFinding.None)
        {
            await store.Opened.RulingFindings.AppendAsync(
                [.. rows.Select(row => new RulingFindingRow(row.RulingId, row.Subject, now, finding, ToldFrom(now), row.ExpiresAt))],
                CancellationToken.None);
        }

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

        if (rows.IsEmpty)
        {
            return rows;
        }

        await store.Opened.RulingFindings.AppendAsync(
            [.. rows.Select(row => new RulingFindingRow(row.RulingId, row.Subject, now, RulingFinding.None, ToldFrom(now), null))],
            CancellationToken.None);
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
            ReleasesOf(before.Id, before.Ruling.Id, appeal.Accounts.IsEmpty ? members : appeal.Accounts, now),
            RulingFinding.Innocent, now);
    }

    private static string ReleaseOf(string rulingId) => $"{rulingId}.released";

    private ImmutableArray<RulingRow> ReleasesOf(
        string caseId, string rulingId, ImmutableArray<string> accounts, DateTimeOffset at) =>
    [
        .. accounts.Select(account => new RulingRow(
            Account, account, ReleaseOf(rulingId), caseId, DecisionAction.Allow, at,
            at + TimeSpan.FromDays(options.Value.ReleaseDays))),
    ];

    private DateTimeOffset ToldFrom(DateTimeOffset now) => now.AddSeconds(options.Value.JudgeLeadSeconds);

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
