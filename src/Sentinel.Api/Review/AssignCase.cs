using MediatR;
using Sentinel.Api.People;
using Sentinel.Detection.Cases;

namespace Sentinel.Api.Review;

/// <summary>Gives a case to somebody, or to nobody.</summary>
internal static class AssignCase
{
    public sealed record Command(Reviewer By, string CaseId, int? IfVersion, string? To)
        : CaseCommand(By, CaseId, IfVersion, Permit.Work, "case.assigned")
    {
        public override object AuditDetail => new { to = To };
    }

    internal sealed class Handler(CaseDesk desk, PeopleBook people) : IRequestHandler<Command, Reviewed<CaseState>>
    {
        public async Task<Reviewed<CaseState>> Handle(Command command, CancellationToken cancellationToken) =>
            command.To is not null && !await IsSomebodyAsync(command.To, cancellationToken)
                ? Reviewed.Invalid<CaseState>("There is nobody of that id who may work on cases.")
                : await desk.ChangeAsync(
                    command,
                    (CaseState state, DateTimeOffset _, out CaseChange? change) =>
                    {
                        change = state.AssignedTo == command.To ? null : new CaseAssigned(command.To);
                        return change is null ? CaseOutcome.Unchanged : CaseOutcome.Done;
                    },
                    cancellationToken);

        private async Task<bool> IsSomebodyAsync(string id, CancellationToken cancel) =>
            await people.FindAsync(id, cancel) is { IsDisabled: false } person
            && PermissionTable.Allows((ReviewRole)person.Role, Permit.Work);
    }
}
