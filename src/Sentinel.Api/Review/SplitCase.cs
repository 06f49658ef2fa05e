using System.Collections.Immutable;
using MediatR;
using Sentinel.Api.People;
using Sentinel.Detection.Cases;

namespace Sentinel.Api.Review;

/// <summary>Makes some accounts of a case a case of their own. Answers the new case.</summary>
internal static class SplitCase
{
    public sealed record Command(
        Reviewer By, string CaseId, int? IfVersion, ImmutableArray<string> Accounts, string Reason)
        : CaseCommand(By, CaseId, IfVersion, Permit.ChangeMembers, "case.split")
    {
        public override object AuditDetail => new { accounts = Accounts, reason = Reason };

        protected override string? WhatIsWrong() => Texts.FaultOfAccounts(Accounts) ?? Texts.FaultOfReason(Reason);
    }

    internal sealed class Handler(CaseDesk desk, ReviewStore store, TimeProvider clock)
        : IRequestHandler<Command, Reviewed<CaseState>>
    {
        public async Task<Reviewed<CaseState>> Handle(Command command, CancellationToken cancellationToken)
        {
            (string Id, CaseOpened Opened)? fresh = null;
            var reviewed = await desk.ChangeAsync(
                command,
                (CaseState state, ImmutableArray<string> members, DateTimeOffset now, out CaseChange? change) =>
                {
                    var outcome = state.TrySplit(command.Accounts, command.Reason, members, command.By.Id, now, out change);
                    fresh = change is CaseSplit split ? (split.NewCaseId, state.OpenedBy(split, members.Length)) : null;
                    return outcome;
                },
                cancellationToken);
            if (!reviewed.IsDone || fresh is not { } made)
            {
                return reviewed;
            }

            await store.Opened.Cases.OpenAsync([made], command.By.Id, clock.GetUtcNow(), CancellationToken.None);
            return await store.Opened.Cases.FindAsync(made.Id, CancellationToken.None) is { } opened
                ? Reviewed.Done(opened)
                : reviewed;
        }
    }
}
