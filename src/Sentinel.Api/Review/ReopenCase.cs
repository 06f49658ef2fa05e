using MediatR;
using Sentinel.Api.People;
using Sentinel.Detection.Cases;

namespace Sentinel.Api.Review;

/// <summary>Makes a decided case wait again; its ruling ends.</summary>
internal static class ReopenCase
{
    public sealed record Command(Reviewer By, string CaseId, int? IfVersion, string Reason)
        : CaseCommand(By, CaseId, IfVersion, Permit.Overrule, "case.reopened")
    {
        public override object AuditDetail => new { reason = Reason, if_version = IfVersion };

        protected override string? WhatIsWrong() => Texts.FaultOfReason(Reason);
    }

    internal sealed class Handler(CaseDesk desk) : IRequestHandler<Command, Reviewed<CaseState>>
    {
        public Task<Reviewed<CaseState>> Handle(Command command, CancellationToken cancellationToken) => desk.ChangeAsync(
            command,
            (CaseState state, DateTimeOffset _, out CaseChange? change) => state.TryReopen(command.Reason, out change),
            cancellationToken);
    }
}
