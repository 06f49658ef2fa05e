using System.Collections.Immutable;

namespace Sentinel.Detection.Cases;

public sealed partial record CaseState
{
    /// <summary>Takes the case, or holds it for longer.</summary>
    public CaseOutcome TryClaim(string by, DateTimeOffset now, ReviewPolicy policy, out CaseChange? change)
    {
        ArgumentNullException.ThrowIfNull(policy);
        change = null;
        if (Hindrance(by, now) is { } hindrance)
        {
            return hindrance;
        }

        change = new CaseClaimed(now + policy.ClaimFor);
        return CaseOutcome.Done;
    }

    /// <summary>Lets the case go.</summary>
    public CaseOutcome TryRelease(string by, DateTimeOffset now, out CaseChange? change)
    {
        change = null;
        if (ClaimAt(now) is not { } claim)
        {
            return CaseOutcome.Unchanged;
        }

        if (claim.By != by)
        {
            return CaseOutcome.ClaimedByAnother;
        }

        change = new CaseReleased();
        return CaseOutcome.Done;
    }

    /// <summary>Rules on a case that waits. Above a number of accounts the ruling is only proposed.</summary>
    /// <param name="wished">What is to be ruled.</param>
    /// <param name="accounts">How many accounts it would be on.</param>
    /// <param name="by">Who rules.</param>
    /// <param name="now">When.</param>
    /// <param name="policy">Limits.</param>
    /// <param name="change">What is to be appended.</param>
    /// <param name="needsSecond">Whether a second person is needed whatever the number: it is part of something larger.</param>
    public CaseOutcome TryRule(
        WishedRuling wished,
        int accounts,
        string by,
        DateTimeOffset now,
        ReviewPolicy policy,
        out CaseChange? change,
        bool needsSecond = false)
    {
        ArgumentNullException.ThrowIfNull(wished);
        ArgumentNullException.ThrowIfNull(policy);
        change = null;
        if (Hindrance(by, now) is { } hindrance)
        {
            return hindrance;
        }

        if (Ruling is not null || Proposal is not null)
        {
            return Ruling is null ? CaseOutcome.WaitsForApproval : CaseOutcome.AlreadyDecided;
        }

        if (wished.Kind == RulingKind.Escalate)
        {
            change = new CaseEscalated(wished.Reason, wished.Policy);
            return CaseOutcome.Done;
        }

        var until = wished.Until ?? wished.Kind switch
        {
            RulingKind.Dismiss => now + policy.ReleaseFor,
            RulingKind.Watch => now + policy.WatchFor,
            _ => null,
        };
        if (until <= now || (until is null && wished.Kind == RulingKind.AllowUntil))
        {
            return CaseOutcome.BadTime;
        }

        var ruling = new CaseRuling(
            $"{Id}.{Version + 1}", wished.Kind, wished.Reason, wished.Policy, until, accounts, by, ApprovedBy: null, now);
        var isProposal = needsSecond || accounts > policy.AloneAccountsMax;
        change = isProposal ? new RulingProposed(ruling) : new CaseRuled(ruling);
        return isProposal ? CaseOutcome.Proposed : CaseOutcome.Done;
    }

    /// <summary>Puts a proposed ruling in force: somebody else than who proposed it.</summary>
    public CaseOutcome TryApprove(string by, int accounts, DateTimeOffset now, out CaseChange? change)
    {
        change = null;
        if (TakenOverBy is not null)
        {
            return CaseOutcome.TakenOver;
        }

        if (Proposal is null)
        {
            return CaseOutcome.NothingProposed;
        }

        if (Proposal.By == by)
        {
            return CaseOutcome.SamePerson;
        }

        if (Proposal.Until <= now)
        {
            return CaseOutcome.BadTime;
        }

        change = new CaseRuled(Proposal with { ApprovedBy = by, At = now, Accounts = accounts });
        return CaseOutcome.Done;
    }

    /// <summary>Does away with a proposed ruling; who proposed it may, too.</summary>
    public CaseOutcome TryReject(string reason, out CaseChange? change)
    {
        change = Proposal is null ? null : new ProposalRejected(reason);
        return Proposal is null ? CaseOutcome.NothingProposed : CaseOutcome.Done;
    }

    /// <summary>Takes the ruling back while that can be done.</summary>
    public CaseOutcome TryUndo(string reason, DateTimeOffset now, ReviewPolicy policy, out CaseChange? change)
    {
        ArgumentNullException.ThrowIfNull(policy);
        change = null;
        if (Ruling is null)
        {
            return CaseOutcome.NotDecided;
        }

        if (now - Ruling.At > policy.UndoWithin)
        {
            return CaseOutcome.TooLate;
        }

        change = new RulingUndone(Ruling.Id, reason);
        return CaseOutcome.Done;
    }

    /// <summary>Makes a decided case wait again; its ruling ends.</summary>
    public CaseOutcome TryReopen(string reason, out CaseChange? change)
    {
        change = TakenOverBy is not null || Ruling is null ? null : new CaseReopened(reason);
        return TakenOverBy is not null ? CaseOutcome.TakenOver
            : Ruling is null ? CaseOutcome.NotDecided
            : CaseOutcome.Done;
    }

    /// <summary>Takes an appeal against the ruling that stands. One that is known already changes nothing.</summary>
    /// <param name="id">Names it.</param>
    /// <param name="accounts">The accounts that it speaks for; empty for all.</param>
    /// <param name="text">What they say.</param>
    /// <param name="members">Accounts of the case.</param>
    /// <param name="now">When.</param>
    /// <param name="change">What is to be appended.</param>
    public CaseOutcome TryAppeal(
        string id,
        ImmutableArray<string> accounts,
        string text,
        ImmutableArray<string> members,
        DateTimeOffset now,
        out CaseChange? change)
    {
        change = null;
        if (Ruling is null)
        {
            return CaseOutcome.NotDecided;
        }

        if (!CaseWords.IsRestrictive(Ruling.Kind))
        {
            return CaseOutcome.NotRestrictive;
        }

        if (accounts.Except(members, StringComparer.Ordinal).Any())
        {
            return CaseOutcome.NotMembers;
        }

        if (Appeals.Any(appeal => appeal.Id == id) || Appeals.Length >= AppealsMax)
        {
            return Appeals.Any(appeal => appeal.Id == id) ? CaseOutcome.Unchanged : CaseOutcome.Full;
        }

        change = new AppealFiled(new CaseAppeal(id, Ruling.Id, accounts, text, now));
        return CaseOutcome.Done;
    }

    /// <summary>Decides an appeal: somebody else than who ruled or approved.</summary>
    public CaseOutcome TryDecideAppeal(string id, bool isUpheld, string reason, string by, out CaseChange? change)
    {
        change = null;
        if (Ruling is null || !Appeals.Any(appeal => appeal.Id == id))
        {
            return CaseOutcome.NoAppeal;
        }

        if (Ruling.By == by || Ruling.ApprovedBy == by)
        {
            return CaseOutcome.SamePerson;
        }

        change = new AppealDecided(id, isUpheld, reason);
        return CaseOutcome.Done;
    }

    /// <summary>Says that accounts do not belong to the case. Only while no ruling is on them.</summary>
    public CaseOutcome TryExclude(
        ImmutableArray<string> accounts,
        string reason,
        ImmutableArray<string> members,
        string by,
        DateTimeOffset now,
        out CaseChange? change)
    {
        var outcome = MayPart(accounts, members, by, now);
        change = outcome == CaseOutcome.Done ? new MembersExcluded(accounts, reason) : null;
        return outcome;
    }

    /// <summary>Makes accounts a case of their own, which the caller opens.</summary>
    public CaseOutcome TrySplit(
        ImmutableArray<string> accounts,
        string reason,
        ImmutableArray<string> members,
        string by,
        DateTimeOffset now,
        out CaseChange? change)
    {
        var outcome = MayPart(accounts, members, by, now);
        change = outcome == CaseOutcome.Done ? new CaseSplit($"{Id}-s{Version + 1}", accounts, reason) : null;
        return outcome;
    }

    /// <summary>Takes another case's accounts in; the caller closes the other one.</summary>
    public CaseOutcome TryMerge(
        string otherId, ImmutableArray<string> accounts, string reason, string by, DateTimeOffset now, out CaseChange? change)
    {
        change = null;
        if (Waits(by, now) is { } hindrance)
        {
            return hindrance;
        }

        if (AddedMembers.Length + accounts.Length > NamedMembersMax)
        {
            return CaseOutcome.Full;
        }

        change = new CaseMerged(otherId, accounts, reason);
        return CaseOutcome.Done;
    }

    /// <summary>Becomes part of another case.</summary>
    public CaseOutcome TryYield(string toCaseId, string reason, string by, DateTimeOffset now, out CaseChange? change)
    {
        change = null;
        if (TakenOverBy == toCaseId)
        {
            return CaseOutcome.Unchanged;
        }

        if (toCaseId == Id)
        {
            return CaseOutcome.NotMembers;
        }

        if (Waits(by, now) is { } hindrance)
        {
            return hindrance;
        }

        change = new CaseTakenOver(toCaseId, reason);
        return CaseOutcome.Done;
    }

    private CaseOutcome MayPart(ImmutableArray<string> accounts, ImmutableArray<string> members, string by, DateTimeOffset now) =>
        Waits(by, now)
        ?? (accounts.IsEmpty || accounts.Except(members, StringComparer.Ordinal).Any() ? CaseOutcome.NotMembers
            : accounts.Distinct(StringComparer.Ordinal).Count() >= members.Length ? CaseOutcome.NotMembers // Some must stay.
            : RemovedMembers.Length + accounts.Length > NamedMembersMax ? CaseOutcome.Full
            : CaseOutcome.Done);

    // Members change only while nothing is ruled or proposed: a ruling is on those whom its reviewer saw.
    private CaseOutcome? Waits(string by, DateTimeOffset now) =>
        Hindrance(by, now)
        ?? (Ruling is not null ? CaseOutcome.AlreadyDecided : Proposal is not null ? CaseOutcome.WaitsForApproval : null);

    private CaseOutcome? Hindrance(string by, DateTimeOffset now) =>
        TakenOverBy is not null ? CaseOutcome.TakenOver
        : ClaimAt(now) is { } claim && claim.By != by ? CaseOutcome.ClaimedByAnother
        : null;
}
