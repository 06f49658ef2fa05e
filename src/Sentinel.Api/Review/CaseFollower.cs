// A campaign goes on growing after people decided on it, and takes accounts in that had a case of their own. Cases follow:
// looked at whenever the machine wrote a campaign anew, and again where somebody stood in the way.
using System.Collections.Immutable;
using System.Text.Json;
using Sentinel.Detection.Cases;
using Sentinel.Storage.Cases;

namespace Sentinel.Api.Review;

/// <summary>Has cases follow their campaigns, on record as the machine's doing. One owner.</summary>
internal sealed class CaseFollower(ReviewStore store, RulingEffects effects, CaseDesk desk, TimeProvider clock)
{
    /// <summary>Cases of accounts that become part of others' in one look.</summary>
    public const int JoinedMax = 1_000;

    /// <summary>Campaigns that wait for another look.</summary>
    public const int AgainMax = 10_000;

    private const int HeirsMax = 16; // A case that became part of one that became part of another, and so on.
    private const int JoinersMax = 2 * CaseState.NamedMembersMax; // Those that were taken out are found, too, and left out.

    // A ruling's rows are written within seconds of it; until then all of its accounts look like newcomers.
    private static readonly TimeSpan Settled = TimeSpan.FromMinutes(1);

    private HashSet<string> _again = new(StringComparer.Ordinal);
    private HashSet<string> _next = new(StringComparer.Ordinal);

    /// <summary>Follows campaigns that were written, and those that wait for another look.</summary>
    public async Task FollowAsync(IEnumerable<string> campaigns, CancellationToken cancel)
    {
        _next.Clear();
        string[] all = [.. campaigns.Union(_again, StringComparer.Ordinal)];
        foreach (var some in all.Chunk(CaseLog.CasesMax))
        {
            var pairs = await store.Opened.Queue.OfMembersAsync(some, JoinedMax, cancel);
            foreach (var joined in pairs.GroupBy(static pair => pair.CampaignId, static pair => pair.CaseId, StringComparer.Ordinal))
            {
                await JoinAsync(joined.Key, [.. joined], cancel);
            }

            var byCase = some.ToDictionary(CaseOpener.CampaignCase, StringComparer.Ordinal);
            foreach (var known in await store.Opened.Cases.ListAsync(byCase.Keys, cancel))
            {
                if (known.TakenOverBy is not null)
                {
                    await FollowMergedAsync(byCase[known.Id], known.Id, cancel);
                }
                else if (known.Ruling is not null)
                {
                    await ExtendAsync(byCase[known.Id], known.Id, without: [], cancel);
                }
            }
        }

        (_again, _next) = (_next, _again);
    }

    // The campaign's case says first what it takes in, so that the next look can go on where this one ended.
    private async Task JoinAsync(string campaign, ImmutableArray<string> caseIds, CancellationToken cancel)
    {
        if (await FindStandingAsync(CaseOpener.CampaignCase(campaign), cancel) is not { } target)
        {
            return;
        }

        var now = clock.GetUtcNow();
        var members = (await desk.MembersOfAsync(target, cancel)).ToHashSet(StringComparer.Ordinal);
        var yielding = new List<(CaseState State, CaseChange Change)>();
        foreach (var id in caseIds)
        {
            if (await store.Opened.Cases.FindAsync(id, cancel) is not { } state || !members.Contains(state.Subject))
            {
                continue; // Taken out of the campaign's case by people: it stands by itself.
            }

            var outcome = state.TryYield(target.Id, $"its account is part of {campaign}", CaseEvent.Machine, now, out var change);
            if (change is not null)
            {
                yielding.Add((state, change));
            }
            else if (outcome == CaseOutcome.ClaimedByAnother)
            {
                LookAgain(campaign);
            }
        }

        ImmutableArray<string> fresh =
            [.. yielding.Select(static one => one.State.Id).Except(target.JoinedCases, StringComparer.Ordinal)];
        if (target.TryJoin(fresh, out var joined) == CaseOutcome.Done
            && !await AppendAsync(target, joined!, "case.joined", new { cases = fresh }, now, cancel))
        {
            LookAgain(campaign);
            return;
        }

        foreach (var (state, change) in yielding)
        {
            if (!await AppendAsync(state, change, "case.taken_over", new { by = target.Id }, now, CancellationToken.None))
            {
                LookAgain(campaign);
            }
        }
    }

    // The case is part of another: who joins its campaign belongs there, but those whom people had taken out before.
    private async Task FollowMergedAsync(string campaign, string caseId, CancellationToken cancel)
    {
        var merged = await store.Opened.Cases.FindAsync(caseId, cancel);
        if (merged is null || await FindStandingAsync(caseId, cancel) is not { TakenOverBy: null } heir)
        {
            return;
        }

        if (heir.Ruling is not null)
        {
            await ExtendAsync(campaign, heir.Id, merged.RemovedMembers, cancel);
            return;
        }

        var members = await desk.MembersOfAsync(heir, cancel);
        ImmutableArray<string> fresh =
        [
            .. (await desk.MembersOfAsync(merged, cancel)).Except(members, StringComparer.Ordinal)
                .Except(heir.RemovedMembers, StringComparer.Ordinal),
        ];
        if (fresh.IsEmpty)
        {
            return;
        }

        var now = clock.GetUtcNow();
        var outcome = heir.TryMerge(caseId, fresh, $"they joined {campaign} since", CaseEvent.Machine, now, out var change);
        if (outcome is CaseOutcome.ClaimedByAnother or CaseOutcome.WaitsForApproval
            || (change is not null && !await AppendAsync(heir, change, "case.merged", new { other = caseId, accounts = fresh }, now, cancel)))
        {
            LookAgain(campaign);
        }
    }

    private async Task ExtendAsync(string campaign, string caseId, ImmutableArray<string> without, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        if (await store.Opened.Cases.FindAsync(caseId, cancel) is not { Ruling: { } ruling } state)
        {
            return;
        }

        if (now - ruling.At < Settled)
        {
            LookAgain(campaign);
            return;
        }

        ImmutableArray<string> joiners =
        [
            .. (await store.Opened.Rulings.JoinersAsync(campaign, ruling.Id, now, JoinersMax, cancel))
                .Except(without, StringComparer.Ordinal),
        ];
        var outcome = state.TryExtend(joiners, now, desk.Policy, out var change);
        if (change is null)
        {
            if (outcome == CaseOutcome.Unchanged && joiners.Except(state.RemovedMembers, StringComparer.Ordinal).Any())
            {
                LookAgain(campaign); // The hour in which they become a case of their own has not come.
            }

            return;
        }

        var isSplit = change is CaseSplit;
        var accounts = change is CaseSplit split ? split.Accounts : ((RulingExtended)change).Accounts;
        if (!await AppendAsync(
            state, change, isSplit ? "case.split" : "case.extended", new { ruling = ruling.Id, accounts }, now, cancel))
        {
            LookAgain(campaign);
            return;
        }

        if (change is CaseSplit made)
        {
            await store.Opened.Cases.OpenAsync(
                [(made.NewCaseId, state.OpenedBy(made, state.Facts.Accounts))], CaseEvent.Machine, now, CancellationToken.None);
        }
        else
        {
            await effects.FollowAsync(state, change, accounts, now);
        }
    }

    // The case itself, or the one that it became part of in the end.
    private async Task<CaseState?> FindStandingAsync(string caseId, CancellationToken cancel)
    {
        var state = await store.Opened.Cases.FindAsync(caseId, cancel);
        for (var steps = 0; state?.TakenOverBy is { } heir && steps < HeirsMax; steps++)
        {
            state = await store.Opened.Cases.FindAsync(heir, cancel);
        }

        return state;
    }

    private async Task<bool> AppendAsync(
        CaseState state, CaseChange change, string action, object detail, DateTimeOffset now, CancellationToken cancel)
    {
        if ((await store.Opened.Cases.AppendAsync(state, change, CaseEvent.Machine, now, cancel)).After is null)
        {
            return false;
        }

        await store.Opened.Audit.AppendAsync(
            [
                new AuditEntry(
                    now, CaseEvent.Machine, AuditKind.Automatic, action, state.Id, "done", JsonSerializer.Serialize(detail)),
            ],
            CancellationToken.None);
        return true;
    }

    private void LookAgain(string campaign)
    {
        if (_next.Count < AgainMax)
        {
            _next.Add(campaign);
        }
    }
}
