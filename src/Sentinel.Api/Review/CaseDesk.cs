using System.Collections.Immutable;
using Microsoft.Extensions.Options;
using Sentinel.Detection.Cases;

namespace Sentinel.Api.Review;

/// <summary>Loads a case, has it decide, appends what it decided, and does what follows. Thread-safe.</summary>
internal sealed class CaseDesk(ReviewStore store, RulingEffects effects, IOptions<ReviewOptions> options, TimeProvider clock)
{
    private const int TriesMax = 5;

    /// <summary>Limits and times.</summary>
    public ReviewPolicy Policy { get; } = options.Value.ToPolicy();

    /// <summary>Accounts of a case, in ordinal order.</summary>
    public async Task<ImmutableArray<string>> MembersOfAsync(CaseState state, CancellationToken cancel)
    {
        var needsCampaign = state.Kind == CaseKind.Campaign && state.SplitFrom is null;
        var campaign = needsCampaign ? await store.Opened.Campaigns.FindAsync(state.Subject, cancel) : null;
        return state.MembersAmong(campaign?.Campaign.Accounts ?? []);
    }

    /// <summary>Changes a case as a command asks.</summary>
    public Task<Reviewed<CaseState>> ChangeAsync(CaseCommand command, Decide decide, CancellationToken cancel) =>
        ChangeAsync(command, (state, _, now) => Result(decide(state, now, out var change), change), needsMembers: false, cancel);

    /// <summary>The same where it depends on who belongs to the case.</summary>
    public Task<Reviewed<CaseState>> ChangeAsync(
        CaseCommand command, DecideOnMembers decide, CancellationToken cancel) =>
        ChangeAsync(
            command, (state, members, now) => Result(decide(state, members, now, out var change), change), needsMembers: true, cancel);

    private async Task<Reviewed<CaseState>> ChangeAsync(
        CaseCommand command,
        Func<CaseState, ImmutableArray<string>, DateTimeOffset, (CaseOutcome Outcome, CaseChange? Change)> decide,
        bool needsMembers,
        CancellationToken cancel)
    {
        ImmutableArray<CaseEvent> since = [];
        for (var tries = 0; tries < TriesMax; tries++)
        {
            var events = await store.Opened.Cases.ReadAsync(command.CaseId, afterVersion: 0, cancel);
            if (CaseState.Of(events) is not { } state)
            {
                return Reviewed.NotFound<CaseState>("no_such_case", "There is no case with this id.");
            }

            if (command.IfVersion is { } version && version != state.Version)
            {
                return Reviewed.Conflict<CaseState>([.. events.Where(one => one.Version > version)]);
            }

            var now = clock.GetUtcNow();
            var members = needsMembers ? await MembersOfAsync(state, cancel) : [];
            var (outcome, change) = decide(state, members, now);
            if (change is null)
            {
                return Told(outcome, state);
            }

            var result = await store.Opened.Cases.AppendAsync(state, change, command.By.Id, now, cancel);
            if (result.After is { } after)
            {
                await effects.FollowAsync(
                    state, change, needsMembers ? members : await MembersIfNeededAsync(state, change), now);
                return outcome == CaseOutcome.Proposed ? Reviewed.Proposed(after) : Reviewed.Done(after);
            }

            since = result.Since;
            if (command.IfVersion is not null)
            {
                break;
            }
        }

        return Reviewed.Conflict<CaseState>(since);
    }

    private async Task<ImmutableArray<string>> MembersIfNeededAsync(CaseState state, CaseChange change) =>
        change is CaseRuled or AppealDecided { IsUpheld: false } ? await MembersOfAsync(state, CancellationToken.None) : [];

    private static (CaseOutcome, CaseChange?) Result(CaseOutcome outcome, CaseChange? change) => (outcome, change);

    private static Reviewed<CaseState> Told(CaseOutcome outcome, CaseState state) => outcome switch
    {
        CaseOutcome.Unchanged => Reviewed.Done(state),
        CaseOutcome.ClaimedByAnother => Reviewed.Refused<CaseState>(
            "claimed_by_another", $"{state.Claim?.By} works on the case until {state.Claim?.Until:u}."),
        CaseOutcome.AlreadyDecided => Reviewed.Refused<CaseState>(
            "already_decided", $"{state.Ruling?.By} ruled on the case; undo it or reopen the case first."),
        CaseOutcome.WaitsForApproval => Reviewed.Refused<CaseState>(
            "waits_for_approval", $"{state.Proposal?.By} proposed a ruling that waits for a second person."),
        CaseOutcome.NotDecided => Reviewed.Refused<CaseState>("not_decided", "No ruling stands."),
        CaseOutcome.TooLate => Reviewed.Refused<CaseState>(
            "too_late", "The time in which it could be undone has passed; reopen the case instead."),
        CaseOutcome.SamePerson => Reviewed.Refused<CaseState>(
            "same_person", "That is for somebody else than who ruled or approved."),
        CaseOutcome.NothingProposed => Reviewed.Refused<CaseState>("nothing_proposed", "No ruling waits for approval."),
        CaseOutcome.NoAppeal => Reviewed.Refused<CaseState>("no_appeal", "No such appeal waits."),
        CaseOutcome.NotRestrictive => Reviewed.Refused<CaseState>("not_restrictive", "The ruling restricts nobody."),
        CaseOutcome.NotMembers => Reviewed.Refused<CaseState>(
            "not_members", "All accounts must belong to the case, and some must stay."),
        CaseOutcome.TakenOver => Reviewed.Refused<CaseState>("taken_over", $"The case became part of {state.TakenOverBy}."),
        CaseOutcome.Full => Reviewed.Refused<CaseState>("full", "There is no more room for it in the case."),
        _ => Reviewed.Invalid<CaseState>("until is a time to come; allow_until needs one."),
    };
}

/// <summary>Asks a case; see its methods.</summary>
internal delegate CaseOutcome Decide(CaseState state, DateTimeOffset now, out CaseChange? change);

/// <summary>Asks a case about its accounts.</summary>
internal delegate CaseOutcome DecideOnMembers(
    CaseState state, ImmutableArray<string> members, DateTimeOffset now, out CaseChange? change);
