using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Sentinel.Detection.Cases;

/// <summary>One thing that happened to a case. Events are appended and never changed.</summary>
/// <param name="CaseId">The case.</param>
/// <param name="Version">1 for the first event of a case, then one more each.</param>
/// <param name="At">When.</param>
/// <param name="By">Who: a person's id, <c>key:ID</c>, or <see cref="Machine"/>.</param>
/// <param name="Change">What.</param>
public sealed record CaseEvent(string CaseId, int Version, DateTimeOffset At, string By, CaseChange Change)
{
    /// <summary>Who acts where no person does.</summary>
    public const string Machine = "machine";
}

/// <summary>What can happen to a case. The discriminator is its name wherever it is stored.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(CaseOpened), "opened")]
[JsonDerivedType(typeof(CaseRefreshed), "refreshed")]
[JsonDerivedType(typeof(CaseClaimed), "claimed")]
[JsonDerivedType(typeof(CaseReleased), "released")]
[JsonDerivedType(typeof(RulingProposed), "proposed")]
[JsonDerivedType(typeof(ProposalRejected), "proposal_rejected")]
[JsonDerivedType(typeof(CaseRuled), "ruled")]
[JsonDerivedType(typeof(RulingUndone), "undone")]
[JsonDerivedType(typeof(AppealFiled), "appealed")]
[JsonDerivedType(typeof(AppealDecided), "appeal_decided")]
[JsonDerivedType(typeof(CaseReopened), "reopened")]
[JsonDerivedType(typeof(CaseNoted), "noted")]
[JsonDerivedType(typeof(CaseTagged), "tagged")]
[JsonDerivedType(typeof(CaseAssigned), "assigned")]
[JsonDerivedType(typeof(MembersExcluded), "members_excluded")]
[JsonDerivedType(typeof(CaseSplit), "split")]
[JsonDerivedType(typeof(CaseMerged), "merged")]
[JsonDerivedType(typeof(CaseTakenOver), "taken_over")]
[JsonDerivedType(typeof(CaseEscalated), "escalated")]
[JsonDerivedType(typeof(RulingExtended), "extended")]
[JsonDerivedType(typeof(CasesJoined), "joined")]
public abstract record CaseChange;

/// <summary>The machine found it, or it was split off.</summary>
/// <param name="CaseKind">What it is about.</param>
/// <param name="Subject">The campaign or the account.</param>
/// <param name="Facts">What was known.</param>
/// <param name="Members">Accounts of a case that was split off; else empty: those of the subject.</param>
/// <param name="SplitFrom">The case that it was split off, or null.</param>
public sealed record CaseOpened(
    CaseKind CaseKind, string Subject, CaseFacts Facts, ImmutableArray<string> Members, string? SplitFrom) : CaseChange;

/// <summary>The machine found markedly more, or less.</summary>
public sealed record CaseRefreshed(CaseFacts Facts) : CaseChange;

/// <summary>Somebody works on it until a time.</summary>
public sealed record CaseClaimed(DateTimeOffset Until) : CaseChange;

/// <summary>Its claimer let it go.</summary>
public sealed record CaseReleased : CaseChange;

/// <summary>A ruling that needs a second person.</summary>
public sealed record RulingProposed(CaseRuling Ruling) : CaseChange;

/// <summary>The proposed ruling was not approved.</summary>
public sealed record ProposalRejected(string Reason) : CaseChange;

/// <summary>A ruling came into force.</summary>
public sealed record CaseRuled(CaseRuling Ruling) : CaseChange;

/// <summary>The ruling was taken back.</summary>
public sealed record RulingUndone(string RulingId, string Reason) : CaseChange;

/// <summary>Somebody whom the ruling is on does not agree.</summary>
public sealed record AppealFiled(CaseAppeal Appeal) : CaseChange;

/// <summary>The appeal was decided: the ruling upheld, or overturned for the appeal's accounts.</summary>
public sealed record AppealDecided(string AppealId, bool IsUpheld, string Reason) : CaseChange;

/// <summary>It waits again.</summary>
public sealed record CaseReopened(string Reason) : CaseChange;

/// <summary>Somebody wrote something down.</summary>
public sealed record CaseNoted(string Text) : CaseChange;

/// <summary>Its tags are these.</summary>
public sealed record CaseTagged(ImmutableArray<string> Tags) : CaseChange;

/// <summary>It was given to somebody, or to nobody.</summary>
public sealed record CaseAssigned(string? To) : CaseChange;

/// <summary>Accounts do not belong to it.</summary>
public sealed record MembersExcluded(ImmutableArray<string> Accounts, string Reason) : CaseChange;

/// <summary>Accounts became a case of their own.</summary>
public sealed record CaseSplit(string NewCaseId, ImmutableArray<string> Accounts, string Reason) : CaseChange;

/// <summary>Another case's accounts belong to it.</summary>
public sealed record CaseMerged(string OtherCaseId, ImmutableArray<string> Accounts, string Reason) : CaseChange;

/// <summary>It became part of another case.</summary>
public sealed record CaseTakenOver(string CaseId, string Reason) : CaseChange;

/// <summary>Somebody else has to decide.</summary>
public sealed record CaseEscalated(string Reason, string Policy) : CaseChange;

/// <summary>Accounts that joined after the ruling are under it, too.</summary>
/// <param name="RulingId">The ruling.</param>
/// <param name="Accounts">Who joined.</param>
public sealed record RulingExtended(string RulingId, ImmutableArray<string> Accounts) : CaseChange;

/// <summary>Accounts of it had cases of their own, which are part of it now: each says so itself.</summary>
/// <param name="CaseIds">Their cases.</param>
public sealed record CasesJoined(ImmutableArray<string> CaseIds) : CaseChange;
