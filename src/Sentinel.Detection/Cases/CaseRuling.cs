using System.Collections.Immutable;

namespace Sentinel.Detection.Cases;

/// <summary>What a reviewer wishes to rule.</summary>
/// <param name="Kind">What.</param>
/// <param name="Reason">Why, in words; never empty.</param>
/// <param name="Policy">The policy that it rests on; never empty.</param>
/// <param name="Until">When it ends; null for as long as it stands, or for as long as the kind's rule says.</param>
public sealed record WishedRuling(RulingKind Kind, string Reason, string Policy, DateTimeOffset? Until);

/// <summary>A ruling on a case.</summary>
/// <param name="Id">Names it; rulings on the case's accounts carry it.</param>
/// <param name="Kind">What.</param>
/// <param name="Reason">Why.</param>
/// <param name="Policy">The policy that it rests on.</param>
/// <param name="Until">When it ends, or null.</param>
/// <param name="Accounts">How many accounts it is on.</param>
/// <param name="By">Who ruled.</param>
/// <param name="ApprovedBy">Who agreed, or null where nobody had to.</param>
/// <param name="At">When it came into force, or was proposed.</param>
public sealed record CaseRuling(
    string Id,
    RulingKind Kind,
    string Reason,
    string Policy,
    DateTimeOffset? Until,
    int Accounts,
    string By,
    string? ApprovedBy,
    DateTimeOffset At);

/// <summary>An appeal against a ruling.</summary>
/// <param name="Id">Names it, as the support system does.</param>
/// <param name="RulingId">The ruling.</param>
/// <param name="Accounts">The accounts that it speaks for; empty for all.</param>
/// <param name="Text">What they say.</param>
/// <param name="FiledAt">When.</param>
public sealed record CaseAppeal(
    string Id, string RulingId, ImmutableArray<string> Accounts, string Text, DateTimeOffset FiledAt);

/// <summary>Who works on a case.</summary>
/// <param name="By">Who.</param>
/// <param name="Until">Until when.</param>
public sealed record CaseClaim(string By, DateTimeOffset Until);

/// <summary>Limits and times of reviewing.</summary>
public sealed record ReviewPolicy
{
    /// <summary>The defaults.</summary>
    public static ReviewPolicy Default { get; } = new();

    /// <summary>How long a claim holds.</summary>
    public TimeSpan ClaimFor { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>How long a ruling can be undone; afterwards a case is reopened.</summary>
    public TimeSpan UndoWithin { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long accounts of a dismissed case or of a successful appeal go on whatever the machine concludes.</summary>
    public TimeSpan ReleaseFor { get; init; } = TimeSpan.FromDays(30);

    /// <summary>How long a case is watched.</summary>
    public TimeSpan WatchFor { get; init; } = TimeSpan.FromDays(14);

    /// <summary>Most accounts that one person alone may rule on.</summary>
    public int AloneAccountsMax { get; init; } = 25;
}

/// <summary>Whether something could be done to a case, or why not.</summary>
public enum CaseOutcome : byte
{
    /// <summary>It is done once the event is appended.</summary>
    Done,

    /// <summary>A ruling on so many accounts waits for a second person once the event is appended.</summary>
    Proposed,

    /// <summary>It is so already; nothing to append.</summary>
    Unchanged,

    /// <summary>Somebody else holds the case.</summary>
    ClaimedByAnother,

    /// <summary>A ruling stands.</summary>
    AlreadyDecided,

    /// <summary>No ruling stands.</summary>
    NotDecided,

    /// <summary>The window has passed.</summary>
    TooLate,

    /// <summary>Whoever ruled may not be the one who approves it, or decides the appeal against it.</summary>
    SamePerson,

    /// <summary>No ruling waits for approval.</summary>
    NothingProposed,

    /// <summary>A ruling waits for approval already.</summary>
    WaitsForApproval,

    /// <summary>No such appeal is open.</summary>
    NoAppeal,

    /// <summary>The ruling restricts nobody.</summary>
    NotRestrictive,

    /// <summary>Not all of these accounts belong to the case.</summary>
    NotMembers,

    /// <summary>The case became part of another.</summary>
    TakenOver,

    /// <summary>There is no more room for it in the case.</summary>
    Full,

    /// <summary>The time is not one to come.</summary>
    BadTime,
}
