// A case is what its events make of it: nothing is stored but events. The other half of the file decides and returns the
// one event that is to be appended; it changes nothing.
using System.Collections.Immutable;

namespace Sentinel.Detection.Cases;

/// <summary>A case as its events up to <see cref="Version"/> make it. Immutable.</summary>
public sealed partial record CaseState
{
    /// <summary>Most accounts named one by one in a case: excluded, split off or merged in.</summary>
    public const int NamedMembersMax = 10_000;

    /// <summary>Most appeals of a case that wait at once.</summary>
    public const int AppealsMax = 100;

    private CaseState(CaseEvent first, CaseOpened opened)
    {
        (Id, Kind, Subject, Facts) = (first.CaseId, opened.CaseKind, opened.Subject, opened.Facts);
        (OpenedAt, SplitFrom, OwnMembers) = (first.At, opened.SplitFrom, opened.Members);
        (Version, UpdatedAt) = (first.Version, first.At);
    }

    /// <summary>Its id.</summary>
    public string Id { get; }

    /// <summary>What it is about.</summary>
    public CaseKind Kind { get; }

    /// <summary>The campaign or account.</summary>
    public string Subject { get; }

    /// <summary>What the machine had found.</summary>
    public CaseFacts Facts { get; private init; }

    /// <summary>When it was opened.</summary>
    public DateTimeOffset OpenedAt { get; }

    /// <summary>The case that it was split off, or null.</summary>
    public string? SplitFrom { get; }

    /// <summary>Events so far.</summary>
    public int Version { get; private init; }

    /// <summary>When the last of them happened.</summary>
    public DateTimeOffset UpdatedAt { get; private init; }

    /// <summary>Who works on it, if the claim has not expired.</summary>
    public CaseClaim? Claim { get; private init; }

    /// <summary>The ruling that stands, or null.</summary>
    public CaseRuling? Ruling { get; private init; }

    /// <summary>The ruling that waits for a second person, or null.</summary>
    public CaseRuling? Proposal { get; private init; }

    /// <summary>Appeals that wait.</summary>
    public ImmutableArray<CaseAppeal> Appeals { get; private init; } = [];

    /// <summary>Whether it was decided once and waits again.</summary>
    public bool WasReopened { get; private init; }

    /// <summary>Whether somebody else has to decide.</summary>
    public bool IsEscalated { get; private init; }

    /// <summary>To whom it was given, or null.</summary>
    public string? AssignedTo { get; private init; }

    /// <summary>Its tags.</summary>
    public ImmutableArray<string> Tags { get; private init; } = [];

    /// <summary>The case that took it over, or null.</summary>
    public string? TakenOverBy { get; private init; }

    /// <summary>Accounts of its own where they are not those of the subject: of a case that was split off.</summary>
    public ImmutableArray<string> OwnMembers { get; }

    /// <summary>Accounts that came from other cases.</summary>
    public ImmutableArray<string> AddedMembers { get; private init; } = [];

    /// <summary>Accounts that do not belong to it any more.</summary>
    public ImmutableArray<string> RemovedMembers { get; private init; } = [];

    /// <summary>Accounts that joined after the ruling that stands and are under it, too.</summary>
    public ImmutableArray<string> LaterAccounts { get; private init; } = [];

    /// <summary>Cases of its accounts that became part of it by themselves.</summary>
    public ImmutableArray<string> JoinedCases { get; private init; } = [];

    /// <summary>When the machine last made a case of accounts that joined after a ruling.</summary>
    public DateTimeOffset? JoinersSplitAt { get; private init; }

    /// <summary>What comes first in the queue; what was escalated comes before its like.</summary>
    public double Priority => IsEscalated ? Math.Min(100, Facts.Priority * 2) : Facts.Priority;

    /// <summary>Events in their order make a case; null for none.</summary>
    /// <exception cref="InvalidOperationException">They are no case: the first does not open it, or one is missing.</exception>
    public static CaseState? Of(IEnumerable<CaseEvent> events)
    {
        ArgumentNullException.ThrowIfNull(events);
        CaseState? state = null;
        foreach (var one in events)
        {
            state = state is not null ? state.After(one)
                : one is { Version: 1, Change: CaseOpened opened } ? new CaseState(one, opened)
                : throw new InvalidOperationException($"The case {one.CaseId} begins with no event that opens it.");
        }

        return state;
    }

    /// <summary>Where it stands at a time: a claim that has expired does not count.</summary>
    public CaseStage StageAt(DateTimeOffset now) =>
        Ruling is not null ? Appeals.IsEmpty ? CaseStage.Decided : CaseStage.Appealed
        : ClaimAt(now) is not null ? CaseStage.Claimed
        : WasReopened ? CaseStage.Reopened
        : CaseStage.Open;

    /// <summary>The claim that holds at a time.</summary>
    public CaseClaim? ClaimAt(DateTimeOffset now) => Claim?.Until > now ? Claim : null;

    /// <summary>The accounts that belong to it, given those of the subject as they are now. In ordinal order.</summary>
    public ImmutableArray<string> MembersAmong(IEnumerable<string> subjectAccounts)
    {
        var members = new SortedSet<string>(
            SplitFrom is not null ? OwnMembers : Kind == CaseKind.Account ? [Subject] : subjectAccounts,
            StringComparer.Ordinal);
        members.UnionWith(AddedMembers);
        members.ExceptWith(RemovedMembers);
        return [.. members];
    }

    /// <summary>The case after one more event.</summary>
    /// <exception cref="InvalidOperationException">It is not the next one.</exception>
    public CaseState After(CaseEvent next)
    {
        ArgumentNullException.ThrowIfNull(next);
        if (next.CaseId != Id || next.Version != Version + 1)
        {
            throw new InvalidOperationException($"Version {next.Version} of {next.CaseId} does not follow {Version} of {Id}.");
        }

        return With(next) with { Version = next.Version, UpdatedAt = next.At };
    }

    private CaseState With(CaseEvent next) => next.Change switch
    {
        CaseRefreshed one => this with { Facts = one.Facts },
        CaseClaimed one => this with { Claim = new CaseClaim(next.By, one.Until) },
        CaseReleased => this with { Claim = null },
        RulingProposed one => this with { Proposal = one.Ruling, Claim = null },
        ProposalRejected => this with { Proposal = null },
        CaseRuled one => this with
        {
            Ruling = one.Ruling, Proposal = null, Claim = null, IsEscalated = false, LaterAccounts = [],
        },
        RulingExtended one => this with { LaterAccounts = LaterAccounts.AddRange(one.Accounts) },
        RulingUndone => Unruled(),
        AppealFiled one => this with { Appeals = Appeals.Add(one.Appeal) },
        AppealDecided one => WithAppeal(one),
        CaseReopened => Unruled(),
        CaseTagged one => this with { Tags = one.Tags },
        CaseAssigned one => this with { AssignedTo = one.To },
        MembersExcluded one => WithoutMembers(one.Accounts),
        CaseSplit one => WithoutMembers(one.Accounts) with
        {
            JoinersSplitAt = next.By == CaseEvent.Machine ? next.At : JoinersSplitAt,
        },
        CaseMerged one => this with
        {
            AddedMembers = AddedMembers.AddRange(one.Accounts.Except(AddedMembers, StringComparer.Ordinal)),
            RemovedMembers = RemovedMembers.RemoveRange(one.Accounts),
        },
        CasesJoined one => this with { JoinedCases = JoinedCases.AddRange(one.CaseIds) },
        CaseTakenOver one => this with { TakenOverBy = one.CaseId, Claim = null, Proposal = null },
        CaseEscalated => this with { IsEscalated = true, Claim = null },
        _ => this,
    };

    // An appeal that succeeds for all takes the ruling away; for some it takes them out of the case.
    private CaseState WithAppeal(AppealDecided decided)
    {
        var appeal = Appeals.FirstOrDefault(one => one.Id == decided.AppealId);
        var rest = this with { Appeals = [.. Appeals.Where(one => one.Id != decided.AppealId)] };
        return decided.IsUpheld || appeal is null ? rest
            : appeal.Accounts.IsEmpty ? Unruled()
            : rest.WithoutMembers(appeal.Accounts);
    }

    private CaseState Unruled() => this with { Ruling = null, Appeals = [], WasReopened = true, LaterAccounts = [] };

    private CaseState WithoutMembers(ImmutableArray<string> accounts) => this with
    {
        RemovedMembers = RemovedMembers.AddRange(accounts.Except(RemovedMembers, StringComparer.Ordinal)),
    };
}
