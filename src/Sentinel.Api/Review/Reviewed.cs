using System.Collections.Immutable;
using MediatR;
using Sentinel.Api.People;
using Sentinel.Detection.Cases;

namespace Sentinel.Api.Review;

/// <summary>What became of a request of the review API.</summary>
internal enum ReviewStatus : byte
{
    /// <summary>It is done.</summary>
    Done,

    /// <summary>It is done once a second person has agreed.</summary>
    Proposed,

    /// <summary>The request is wrong.</summary>
    Invalid,

    /// <summary>Whoever asks may not.</summary>
    Forbidden,

    /// <summary>There is no such thing.</summary>
    NotFound,

    /// <summary>The case is not in a state in which it can be done.</summary>
    Refused,

    /// <summary>Somebody else was there before; <see cref="Reviewed{T}.Since"/> has what they did.</summary>
    Conflict,
}

/// <summary>What became of a request, and what it answers.</summary>
/// <param name="Status">What became of it.</param>
/// <param name="Value">The answer; there when done or proposed.</param>
/// <param name="Code">Stable identifier of what is wrong; <c>done</c> or <c>proposed</c> where nothing is.</param>
/// <param name="Detail">A sentence; empty where nothing is wrong.</param>
/// <param name="Since">After a conflict: what others did in between.</param>
internal sealed record Reviewed<T>(
    ReviewStatus Status, T? Value, string Code, string Detail, ImmutableArray<CaseEvent> Since)
{
    /// <summary>Whether there is an answer.</summary>
    public bool IsDone => Status is ReviewStatus.Done or ReviewStatus.Proposed;
}

/// <summary>Makes <see cref="Reviewed{T}"/>.</summary>
internal static class Reviewed
{
    public static Reviewed<T> Done<T>(T value) => new(ReviewStatus.Done, value, "done", "", []);

    public static Reviewed<T> Proposed<T>(T value) => new(ReviewStatus.Proposed, value, "proposed", "", []);

    public static Reviewed<T> Invalid<T>(string detail) => new(ReviewStatus.Invalid, default, "bad_request", detail, []);

    public static Reviewed<T> Forbidden<T>(string detail = "Your role does not hold this.") =>
        new(ReviewStatus.Forbidden, default, "not_permitted", detail, []);

    public static Reviewed<T> NotFound<T>(string code, string detail) => new(ReviewStatus.NotFound, default, code, detail, []);

    public static Reviewed<T> Refused<T>(string code, string detail) => new(ReviewStatus.Refused, default, code, detail, []);

    public static Reviewed<T> Conflict<T>(ImmutableArray<CaseEvent> since) => new(
        ReviewStatus.Conflict, default, "case_changed", "Somebody changed the case in the meantime.", since);
}

/// <summary>What every request of the review API says: who asks, what it needs, and what is wrong with it.</summary>
internal interface IReviewRequest
{
    /// <summary>Who asks.</summary>
    Reviewer By { get; }

    /// <summary>What they must be permitted.</summary>
    Permit Needs { get; }

    /// <summary>What is wrong with it, or null.</summary>
    string? Fault();
}

/// <summary>A request and its answer.</summary>
internal interface IReviewRequest<T> : IReviewRequest, IRequest<Reviewed<T>>;

/// <summary>A request that goes on record whatever comes of it.</summary>
internal interface IAudited
{
    /// <summary>What kind of hand.</summary>
    AuditKind AuditKind { get; }

    /// <summary>Stable name.</summary>
    string AuditAction { get; }

    /// <summary>On what.</summary>
    string AuditSubject { get; }

    /// <summary>More, to be written as JSON; no secret.</summary>
    object AuditDetail { get; }

    /// <summary>The same, with what came of it where that says more than <see cref="Reviewed{T}.Code"/>.</summary>
    /// <param name="value">The answer; null when there is none.</param>
    object AuditDetailAfter(object? value) => AuditDetail;
}

/// <summary>A request that changes one case: at <see cref="IfVersion"/>, or as it is.</summary>
/// <param name="By">Who.</param>
/// <param name="CaseId">Which case.</param>
/// <param name="IfVersion">The version that they saw; null for whatever it is.</param>
/// <param name="Needs">What it needs.</param>
/// <param name="AuditAction">Its name in the audit log.</param>
internal abstract record CaseCommand(Reviewer By, string CaseId, int? IfVersion, Permit Needs, string AuditAction)
    : IReviewRequest<CaseState>, IAudited
{
    /// <inheritdoc/>
    public AuditKind AuditKind => AuditKind.Manual;

    /// <inheritdoc/>
    public string AuditSubject => CaseId;

    /// <inheritdoc/>
    public virtual object AuditDetail => new { if_version = IfVersion };

    /// <inheritdoc/>
    public string? Fault() => CaseId.Length is 0 or > Texts.IdMax ? "The case's id is not one." : WhatIsWrong();

    /// <summary>What is wrong beside the case's id, or null.</summary>
    protected virtual string? WhatIsWrong() => null;
}

/// <summary>Limits of texts that people write.</summary>
internal static class Texts
{
    public const int IdMax = 200;
    public const int ReasonMax = 2_000;
    public const int PolicyMax = 100;
    public const int NoteMax = 10_000;
    public const int TagMax = 50;
    public const int TagsMax = 20;
    public const int AccountsMax = 5_000;

    public static string? FaultOfReason(string reason) =>
        string.IsNullOrWhiteSpace(reason) || reason.Length > ReasonMax ? $"reason is 1 to {ReasonMax} characters." : null;

    public static string? FaultOfAccounts(IReadOnlyCollection<string> accounts) =>
        accounts.Count is 0 or > AccountsMax || accounts.Any(static one => !AccountIdText.IsValid(one))
            ? $"accounts are 1 to {AccountsMax} ids."
            : null;
}
