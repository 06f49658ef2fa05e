using MediatR;
using Sentinel.Api.People;
using Sentinel.Detection.Cases;

namespace Sentinel.Api.Review;

/// <summary>Lets a case go.</summary>
internal static class ReleaseCase
{
    public sealed record Command(Reviewer By, string CaseId, int? IfVersion)
        : CaseCommand(By, CaseId, IfVersion, Permit.Work, "case.released");

    internal sealed class Handler(CaseDesk desk) : IRequestHandler<Command, Reviewed<CaseState>>
    {
        public Task<Reviewed<CaseState>> Handle(Command command, CancellationToken cancellationToken) => desk.ChangeAsync(
            command,
            (CaseState state, DateTimeOffset now, out CaseChange? change) => state.TryRelease(command.By.Id, now, out change),
            cancellationToken);
    }
}
