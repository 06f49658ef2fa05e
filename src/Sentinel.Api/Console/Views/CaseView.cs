using System.Collections.Immutable;

namespace Sentinel.Api.Console.Views;

/// <summary>A case as its page shows it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Kind"><c>campaign</c> or <c>account</c>.</param>
/// <param name="Version">The version that is shown; what is done says that it was seen.</param>
/// <param name="Stage">Where it stands.</param>
/// <param name="Priority">0..100.</param>
/// <param name="OpenedAt">Since when it is there.</param>
/// <param name="Claimer">Who works on it, or empty.</param>
/// <param name="ClaimUntil">Until when.</param>
/// <param name="IsMine">Whether that is who looks.</param>
/// <param name="AssignedTo">To whom it was given, or empty.</param>
/// <param name="IsEscalated">Whether somebody else has to decide.</param>
/// <param name="Ruling">The ruling that stands, or null.</param>
/// <param name="UndoUntil">Until when it can be taken back, or null.</param>
/// <param name="Proposal">The ruling that waits for a second person, or null.</param>
/// <param name="Appeals">Appeals that wait.</param>
/// <param name="History">What happened, the latest first.</param>
/// <param name="Can">What who looks may do.</param>
public sealed record CaseView(
    string Id, string Kind, int Version, string Stage, double Priority, DateTimeOffset OpenedAt, string Claimer,
    DateTimeOffset? ClaimUntil, bool IsMine, string AssignedTo, bool IsEscalated, RulingView? Ruling,
    DateTimeOffset? UndoUntil, RulingView? Proposal, ImmutableArray<AppealView> Appeals,
    ImmutableArray<HistoryView> History, CaseCan Can)
{
    /// <summary>Its tags.</summary>
    public ImmutableArray<string> Tags { get; init; } = [];

    /// <summary>To whom it can be given.</summary>
    public ImmutableArray<string> Colleagues { get; init; } = [];

    /// <summary>The case that it became part of, or empty.</summary>
    public string TakenOverBy { get; init; } = "";

    /// <summary>Accounts that do not belong to it any more.</summary>
    public ImmutableArray<string> Removed { get; init; } = [];

    /// <summary>Accounts that came from other cases.</summary>
    public ImmutableArray<string> Added { get; init; } = [];

    /// <summary>Other cases about the same campaign or accounts.</summary>
    public ImmutableArray<RelatedView> Related { get; init; } = [];
}

/// <summary>Another case about the same.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Headline">One sentence.</param>
/// <param name="Stands">Where it stands.</param>
public readonly record struct RelatedView(string Id, string Headline, string Stands);

/// <summary>What somebody may do with a case now.</summary>
/// <param name="Work">Claim it and write notes.</param>
/// <param name="Rule">Rule on it.</param>
/// <param name="Undo">Take the ruling back.</param>
/// <param name="Approve">Agree to what was proposed.</param>
/// <param name="DecideAppeal">Decide appeals.</param>
/// <param name="Reopen">Have it wait again.</param>
/// <param name="ChangeMembers">Say who belongs to it.</param>
public readonly record struct CaseCan(
    bool Work, bool Rule, bool Undo, bool Approve, bool DecideAppeal, bool Reopen, bool ChangeMembers);

/// <summary>A ruling.</summary>
/// <param name="Kind">Its name.</param>
/// <param name="Reason">Why.</param>
/// <param name="Policy">By which policy.</param>
/// <param name="Accounts">On how many accounts.</param>
/// <param name="By">Whose.</param>
/// <param name="ApprovedBy">Who agreed, or empty.</param>
/// <param name="At">When.</param>
/// <param name="Until">When it ends, or null.</param>
public sealed record RulingView(
    string Kind, string Reason, string Policy, int Accounts, string By, string ApprovedBy, DateTimeOffset At,
    DateTimeOffset? Until);

/// <summary>An appeal.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Accounts">Whom it speaks for; empty for all.</param>
/// <param name="Text">What they say.</param>
/// <param name="FiledAt">When.</param>
public sealed record AppealView(string Id, ImmutableArray<string> Accounts, string Text, DateTimeOffset FiledAt);

/// <summary>Something that happened to a case.</summary>
/// <param name="At">When.</param>
/// <param name="By">Who.</param>
/// <param name="Text">What.</param>
public readonly record struct HistoryView(DateTimeOffset At, string By, string Text);

/// <summary>What is to be decided, and what it would do.</summary>
/// <param name="Case">The case.</param>
/// <param name="Headline">What it is about.</param>
/// <param name="Wished">What was filled in.</param>
/// <param name="Effect">What it would do, or null where that cannot be told.</param>
/// <param name="Fault">Why it was not done, or empty.</param>
/// <param name="Changed">What others did in the meantime.</param>
public sealed record DecideView(
    CaseView Case, string Headline, WishedView Wished, EffectView? Effect, string Fault, ImmutableArray<HistoryView> Changed);

/// <summary>What was filled in.</summary>
/// <param name="Kind">The ruling.</param>
/// <param name="Reason">Why.</param>
/// <param name="Policy">By which policy.</param>
/// <param name="Hours">For how long; 0 for as long as it stands.</param>
/// <param name="From">The queue that one came from, or empty.</param>
public sealed record WishedView(string Kind, string Reason, string Policy, int Hours, string From);

/// <summary>What a ruling would do.</summary>
/// <param name="Accounts">On how many accounts it would be.</param>
/// <param name="Exchanges">Exchanges of theirs so far.</param>
/// <param name="Share">Of all exchanges that are kept, 0..1.</param>
/// <param name="WorkloadAccounts">How many of them run a verified workload.</param>
/// <param name="NeedsSecond">Whether a second person has to agree.</param>
/// <param name="UndoUntil">Until when it can be taken back.</param>
public sealed record EffectView(
    int Accounts, long Exchanges, double Share, int WorkloadAccounts, bool NeedsSecond, DateTimeOffset UndoUntil);

/// <summary>What the sign-in asks.</summary>
/// <param name="Return">Where to go on.</param>
/// <param name="Id">Who tried.</param>
/// <param name="Fault">Why it did not work, or empty.</param>
/// <param name="Token">Token of a first start, or empty for a sign-in.</param>
/// <param name="Provider">Where a provider of identities signs people in, or empty.</param>
public sealed record SignInView(string Return, string Id, string Fault, string Token, string Provider);

/// <summary>Who may sign in.</summary>
/// <param name="People">Everybody.</param>
/// <param name="Fault">Why a change was not made, or empty.</param>
public sealed record PeopleView(ImmutableArray<PersonView> People, string Fault);

/// <summary>Somebody who may sign in.</summary>
/// <param name="Id">By which they sign in.</param>
/// <param name="Name">As others see it.</param>
/// <param name="Role">As what.</param>
/// <param name="IsDisabled">Whether they may not any more.</param>
/// <param name="ChangedAt">When that was written.</param>
public sealed record PersonView(string Id, string Name, string Role, bool IsDisabled, DateTimeOffset ChangedAt);

/// <summary>What was done, the latest first.</summary>
/// <param name="Rows">One page.</param>
/// <param name="By">Of whom, or empty.</param>
/// <param name="Action">Which actions, or empty.</param>
/// <param name="Subject">On what, or empty.</param>
/// <param name="NextHref">The next page, or empty.</param>
public sealed record AuditView(
    ImmutableArray<Sentinel.Detection.Cases.AuditRow> Rows, string By, string Action, string Subject, string NextHref);

/// <summary>How much there is to do, and who does it.</summary>
/// <param name="Stages">Cases by where they stand.</param>
/// <param name="People">Rulings of each in the last week.</param>
public sealed record LoadView(ImmutableArray<FigureView> Stages, ImmutableArray<FigureView> People);
