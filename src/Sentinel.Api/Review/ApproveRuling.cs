using System.Collections.Immutable;
using MediatR;
using Sentinel.Api.People;
using Sentinel.Detection.Cases;

namespace Sentinel.Api.Review;

/// <summary>Puts a proposed ruling in force, as a second person.</summary>
internal static class ApproveRuling
{
    public sealed record Command(Reviewer By, string CaseId, int? IfVersion)
        : CaseCommand(By, CaseId, IfVersion, Permit.Approve, "case.approved");

    internal sealed class Handler(CaseDesk desk) : IRequestHandler<Command, Reviewed<CaseState>>
    {
        public Task<Reviewed<CaseState>> Handle(Command command, CancellationToken cancellationToken) => desk.ChangeAsync(
            command,
            (CaseState state, ImmutableArray<string> members, DateTimeOffset now, out CaseChange? change) =>
                state.TryApprove(command.By.Id, members.Length, now, out change),
            cancellationToken);
    }
}
