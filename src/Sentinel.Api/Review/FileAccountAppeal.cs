using System.Collections.Immutable;
using MediatR;
using Sentinel.Api.Decisions;
using Sentinel.Api.People;
using Sentinel.Detection.Cases;

namespace Sentinel.Api.Review;

/// <summary>
/// Takes an appeal of one account, against whatever ruling holds on it: the support system knows its customers, not cases.
/// </summary>
internal static class FileAccountAppeal
{
    public sealed record Command(Reviewer By, string AccountId, string AppealId, string Text)
        : IReviewRequest<CaseState>, IAudited
    {
        public Permit Needs => Permit.FileAppeal;

        public AuditKind AuditKind => AuditKind.Manual;

        public string AuditAction => "account.appealed";

        public string AuditSubject => AccountId;

        public object AuditDetail => new { appeal = AppealId };

        public string? Fault() => AccountIdText.IsValid(AccountId)
            ? Filed("none").Fault()
            : "The account's id is not one.";

        /// <summary>The same against the ruling of a case.</summary>
        public FileAppeal.Command Filed(string caseId) => new(By, caseId, null, AppealId, [AccountId], Text);
    }

    internal sealed class Handler(ReviewStore store, CaseDesk desk, TimeProvider clock)
        : IRequestHandler<Command, Reviewed<CaseState>>
    {
        public async Task<Reviewed<CaseState>> Handle(Command command, CancellationToken cancellationToken)
        {
            var holding = await store.Opened.Rulings.OfSubjectsAsync(
                RulingKey.Names[(int)KeyKind.Account], [command.AccountId], clock.GetUtcNow(), cancellationToken);
            return holding.IsEmpty
                ? Reviewed.NotFound<CaseState>("no_ruling", "No ruling holds on this account.")
                : await desk.ChangeAsync(
                    command.Filed(holding[0].CaseId),
                    (CaseState state, ImmutableArray<string> members, DateTimeOffset now, out CaseChange? change) =>
                        state.TryAppeal(command.AppealId, [command.AccountId], command.Text, members, now, out change),
                    cancellationToken);
        }
    }
}
