using System.Collections.Immutable;

namespace Sentinel.Detection.Cases;

// What the machine does by itself when a campaign grows.
public sealed partial record CaseState
{
    /// <summary>How often at most accounts that joined a campaign become a case of their own.</summary>
    public static readonly TimeSpan JoinersSplitEvery = TimeSpan.FromHours(1);

    /// <summary>
    /// Has the ruling that stands cover accounts that joined after it. It may grow to what its reviewers could have ruled on: up
    /// to the limit of one person for one who ruled alone, to twice its accounts where two agreed. What goes beyond that becomes
    /// a case of its own, for people to decide.
    /// </summary>
    /// <param name="joined">Accounts of the subject on which the ruling is not.</param>
    /// <param name="now">When.</param>
    /// <param name="policy">Limits.</param>
    /// <param name="change">What is to be appended: <see cref="RulingExtended"/> or <see cref="CaseSplit"/>.</param>
    public CaseOutcome TryExtend(
        ImmutableArray<string> joined, DateTimeOffset now, ReviewPolicy policy, out CaseChange? change)
    {
        ArgumentNullException.ThrowIfNull(policy);
        change = null;
        if (Ruling is null || TakenOverBy is not null || Ruling.Until <= now || CaseWords.ActionOf(Ruling.Kind) is null)
        {
            return TakenOverBy is not null ? CaseOutcome.TakenOver : CaseOutcome.NotDecided;
        }

        ImmutableArray<string> fresh =
        [
            .. joined.Except(RemovedMembers, StringComparer.Ordinal).Except(LaterAccounts, StringComparer.Ordinal)
                .Take(NamedMembersMax),
        ];
        if (fresh.IsEmpty)
        {
            return CaseOutcome.Unchanged;
        }

        if (fresh.Length <= RoomOf(Ruling, policy) - LaterAccounts.Length)
        {
            change = new RulingExtended(Ruling.Id, fresh);
            return CaseOutcome.Done;
        }

        if (RemovedMembers.Length + fresh.Length > NamedMembersMax)
        {
            return CaseOutcome.Full;
        }

        var isSoon = JoinersSplitAt is { } last && now - last < JoinersSplitEvery;
        change = isSoon ? null : new CaseSplit($"{Id}-s{Version + 1}", fresh, "they joined after the ruling, more than it may grow by");
        return isSoon ? CaseOutcome.Unchanged : CaseOutcome.Done;
    }

    /// <summary>Says that cases of single accounts are part of this one.</summary>
    public CaseOutcome TryJoin(ImmutableArray<string> caseIds, out CaseChange? change)
    {
        change = TakenOverBy is not null || caseIds.IsEmpty ? null : new CasesJoined(caseIds);
        return TakenOverBy is not null ? CaseOutcome.TakenOver : caseIds.IsEmpty ? CaseOutcome.Unchanged : CaseOutcome.Done;
    }

    /// <summary>The case that a split makes of some of its accounts.</summary>
    /// <param name="split">The split.</param>
    /// <param name="members">How many accounts the case had. Its share of the exchanges is taken to be that of its accounts.</param>
    public CaseOpened OpenedBy(CaseSplit split, int members)
    {
        ArgumentNullException.ThrowIfNull(split);
        return new CaseOpened(
            Kind,
            Subject,
            Facts with
            {
                Accounts = split.Accounts.Length,
                Exchanges = Facts.Exchanges * split.Accounts.Length / Math.Max(1, Math.Max(members, split.Accounts.Length)),
                Headline = $"{split.Accounts.Length} accounts split off {Id}",
            },
            split.Accounts,
            Id);
    }

    private static int RoomOf(CaseRuling ruling, ReviewPolicy policy) => Math.Min(
        NamedMembersMax,
        ruling.ApprovedBy is null
            ? policy.AloneAccountsMax - ruling.Accounts
            : Math.Max(policy.AloneAccountsMax, ruling.Accounts));
}
