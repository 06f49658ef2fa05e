using MediatR;
using Sentinel.Api.People;
using Sentinel.Detection.Cases;

namespace Sentinel.Api.Review;

/// <summary>Takes a case, or holds it for longer.</summary>
internal static class ClaimCase
{
    public sealed record Command(Reviewer By, string CaseId, int? IfVersion)
        : CaseCommand(By, CaseId, IfVersion, Permit.Work, "case.claimed");

    internal sealed class Handler(CaseDesk desk) : IRequestHandler<Command, Reviewed<CaseState>>
    {
        public Task<Reviewed<CaseState>> Handle(Command command, CancellationToken cancellationToken) => desk.ChangeAsync(
            command,
            (CaseState state, DateTimeOffset now, out CaseChange? change) =>
                state.TryClaim(command.By.Id, now, desk.Policy, out change),
            cancellationToken);
    }
}
