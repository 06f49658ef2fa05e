using MediatR;
using Sentinel.Api.People;
using Sentinel.Detection.Cases;

namespace Sentinel.Api.Review;

/// <summary>Takes a ruling back while that can be done: one's own, or with the permission anybody's.</summary>
internal static class UndoRuling
{
    public sealed record Command(Reviewer By, string CaseId, int? IfVersion, string Reason)
        : CaseCommand(By, CaseId, IfVersion, Permit.Rule, "case.undone")
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
                    isTheirs = state.Ruling is null || state.Ruling.By == command.By.Id || command.By.May(Permit.Overrule);
                    return isTheirs ? state.TryUndo(command.Reason, now, desk.Policy, out change) : CaseOutcome.Unchanged;
                },
                cancellationToken);
            return isTheirs ? reviewed : Reviewed.Forbidden<CaseState>("Others' rulings are for those who may overrule them.");
        }
    }
}
