using MediatR;
using Sentinel.Api.People;
using Sentinel.Detection.Cases;

namespace Sentinel.Api.Review;

/// <summary>Does away with a proposed ruling: its proposer, or who may approve it.</summary>
internal static class RejectRuling
{
    public sealed record Command(Reviewer By, string CaseId, int? IfVersion, string Reason)
        : CaseCommand(By, CaseId, IfVersion, Permit.Rule, "case.proposal_rejected")
    {
        public override object AuditDetail => new { reason = Reason, if_version = IfVersion };

        protected override string? WhatIsWrong() => Texts.FaultOfReason(Reason);
    }

    internal sealed class Handler(CaseDesk desk) : IRequestHandler<Command, Reviewed<CaseState>>
    {
        public async Task<Reviewed<CaseState>> Handle(Command command, CancellationToken cancellationToken)
        {
            var isTheirs = true;
            var reviewed = await desk.ChangeAsync(
                command,
                (CaseState state, DateTimeOffset now, out CaseChange? change) =>
                {
                    change = null;
                    isTheirs = state.Proposal is null || state.Proposal.By == command.By.Id
                        || command.By.May(Permit.Approve);
                    return isTheirs ? state.TryReject(command.Reason, out change) : CaseOutcome.Unchanged;
                },
                cancellationToken);
            return isTheirs ? reviewed : Reviewed.Forbidden<CaseState>("Others' proposals are for those who may approve them.");
        }
    }
}
