using System.Collections.Immutable;
using MediatR;
using Sentinel.Api.People;
using Sentinel.Detection.Cases;

namespace Sentinel.Api.Review;

/// <summary>Says that accounts do not belong to a case. Nothing is ruled on them.</summary>
internal static class ExcludeMembers
{
    public sealed record Command(
        Reviewer By, string CaseId, int? IfVersion, ImmutableArray<string> Accounts, string Reason)
        : CaseCommand(By, CaseId, IfVersion, Permit.ChangeMembers, "case.members_excluded")
    {
        public override object AuditDetail => new { accounts = Accounts, reason = Reason };

        protected override string? WhatIsWrong() => Texts.FaultOfAccounts(Accounts) ?? Texts.FaultOfReason(Reason);
    }

    internal sealed class Handler(CaseDesk desk) : IRequestHandler<Command, Reviewed<CaseState>>
    {
        public Task<Reviewed<CaseState>> Handle(Command command, CancellationToken cancellationToken) => desk.ChangeAsync(
            command,
            (CaseState state, ImmutableArray<string> members, DateTimeOffset now, out CaseChange? change) =>
                state.TryExclude(command.Accounts, command.Reason, members, command.By.Id, now, out change),
            cancellationToken);
    }
}
