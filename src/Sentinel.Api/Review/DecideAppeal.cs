using MediatR;
using Sentinel.Api.People;
using Sentinel.Detection.Cases;

namespace Sentinel.Api.Review;

/// <summary>Decides an appeal, as somebody else than who ruled: upholds the ruling or overturns it.</summary>
internal static class DecideAppeal
{
    public sealed record Command(
        Reviewer By, string CaseId, int? IfVersion, string AppealId, bool IsUpheld, string Reason)
        : CaseCommand(By, CaseId, IfVersion, Permit.DecideAppeal, "case.appeal_decided")
    {
        public override object AuditDetail => new { appeal = AppealId, upheld = IsUpheld, reason = Reason };

        protected override string? WhatIsWrong() => Texts.FaultOfReason(Reason);
    }

    internal sealed class Handler(CaseDesk desk) : IRequestHandler<Command, Reviewed<CaseState>>
    {
        public Task<Reviewed<CaseState>> Handle(Command command, CancellationToken cancellationToken) => desk.ChangeAsync(
            command,
            (CaseState state, DateTimeOffset _, out CaseChange? change) => state.TryDecideAppeal(
                command.AppealId, command.IsUpheld, command.Reason, command.By.Id, out change),
            cancellationToken);
    }
}
