using System.Collections.Immutable;
using MediatR;
using Sentinel.Api.People;
using Sentinel.Detection.Cases;
using Sentinel.Storage.Cases;

namespace Sentinel.Api.Review;

/// <summary>Excerpts of an account's exchanges.</summary>
/// <param name="AccountId">The account.</param>
/// <param name="Excerpts">The latest first; masked unless they were revealed.</param>
internal sealed record AccountExcerpts(string AccountId, ImmutableArray<ExcerptRow> Excerpts);

/// <summary>Excerpts with every word hidden that is not part of what several of them share.</summary>
internal static class GetExcerpts
{
    public const int RowsMax = 100;

    public sealed record Query(Reviewer By, string AccountId, int Limit) : IReviewRequest<AccountExcerpts>
    {
        public Permit Needs => Permit.View;

        public string? Fault() => !AccountIdText.IsValid(AccountId) ? "The account's id is not one."
            : Limit is < 1 or > RowsMax ? $"limit is 1 to {RowsMax}." : null;
    }

    internal sealed class Handler(ReviewStore store) : IRequestHandler<Query, Reviewed<AccountExcerpts>>
    {
        public async Task<Reviewed<AccountExcerpts>> Handle(Query query, CancellationToken cancellationToken)
        {
            var rows = await store.Opened.Evidence.ExcerptsOfAsync(query.AccountId, query.Limit, cancellationToken);
            return Reviewed.Done(new AccountExcerpts(query.AccountId, ExcerptMask.Mask(rows)));
        }
    }
}

/// <summary>Excerpts as they are kept. Who looked at what, and why, goes on record.</summary>
internal static class RevealExcerpts
{
    public sealed record Command(Reviewer By, string AccountId, string Reason, int Limit)
        : IReviewRequest<AccountExcerpts>, IAudited
    {
        public Permit Needs => Permit.Reveal;

        public AuditKind AuditKind => AuditKind.Manual;

        public string AuditAction => "excerpts.revealed";

        public string AuditSubject => AccountId;

        public object AuditDetail => new { reason = Reason, limit = Limit };

        public string? Fault() => !AccountIdText.IsValid(AccountId) ? "The account's id is not one."
            : Limit is < 1 or > GetExcerpts.RowsMax ? $"limit is 1 to {GetExcerpts.RowsMax}."
            : Texts.FaultOfReason(Reason);
    }

    internal sealed class Handler(ReviewStore store) : IRequestHandler<Command, Reviewed<AccountExcerpts>>
    {
        public async Task<Reviewed<AccountExcerpts>> Handle(Command command, CancellationToken cancellationToken) =>
            Reviewed.Done(new AccountExcerpts(
                command.AccountId,
                await store.Opened.Evidence.ExcerptsOfAsync(command.AccountId, command.Limit, cancellationToken)));
    }
}
