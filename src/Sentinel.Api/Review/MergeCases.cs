using System.Collections.Immutable;
using MediatR;
using Sentinel.Api.People;
using Sentinel.Detection.Cases;

namespace Sentinel.Api.Review;

/// <summary>
/// Makes another case part of this one. The other one yields first; asking again after the program ended in between goes on
/// where it ended.
/// </summary>
internal static class MergeCases
{
    public sealed record Command(Reviewer By, string CaseId, int? IfVersion, string OtherId, string Reason)
        : CaseCommand(By, CaseId, IfVersion, Permit.ChangeMembers, "case.merged")
    {
        public override object AuditDetail => new { other = OtherId, reason = Reason };

        protected override string? WhatIsWrong() =>
            OtherId == CaseId ? "A case cannot become part of itself." : Texts.FaultOfReason(Reason);
    }

    internal sealed class Handler(CaseDesk desk, ReviewStore store) : IRequestHandler<Command, Reviewed<CaseState>>
    {
        public async Task<Reviewed<CaseState>> Handle(Command command, CancellationToken cancellationToken)
        {
            if (await store.Opened.Cases.FindAsync(command.OtherId, cancellationToken) is not { } other)
            {
                return Reviewed.NotFound<CaseState>("no_such_case", "There is no case with the other id.");
            }

            var accounts = await desk.MembersOfAsync(other, cancellationToken);
            if (await RefusalAsync(command, accounts, cancellationToken) is { } refused)
            {
                return refused;
            }

            var yielded = await desk.ChangeAsync(
                command with { CaseId = command.OtherId, IfVersion = null },
                (CaseState state, DateTimeOffset now, out CaseChange? change) =>
                    state.TryYield(command.CaseId, command.Reason, command.By.Id, now, out change),
                cancellationToken);
            return yielded.IsDone
                ? await desk.ChangeAsync(
                    command with { IfVersion = null },
                    (CaseState state, DateTimeOffset now, out CaseChange? change) =>
                        TryTake(state, command, accounts, now, out change),
                    CancellationToken.None)
                : yielded;
        }

        // Asked before the other case yields, so that it does not yield to one that cannot take it.
        private async Task<Reviewed<CaseState>?> RefusalAsync(
            Command command, ImmutableArray<string> accounts, CancellationToken cancel)
        {
            var could = false;
            var asked = await desk.ChangeAsync(
                command,
                (CaseState state, DateTimeOffset now, out CaseChange? change) =>
                {
                    var outcome = TryTake(state, command, accounts, now, out change);
                    could = outcome is CaseOutcome.Done or CaseOutcome.Unchanged;
                    change = null;
                    return could ? CaseOutcome.Unchanged : outcome;
                },
                cancel);
            return could && asked.IsDone ? null : asked;
        }

        private static CaseOutcome TryTake(
            CaseState state, Command command, ImmutableArray<string> accounts, DateTimeOffset now, out CaseChange? change)
        {
            change = null;
            return accounts.All(account => state.AddedMembers.Contains(account, StringComparer.Ordinal))
                ? CaseOutcome.Unchanged
                : state.TryMerge(command.OtherId, accounts, command.Reason, command.By.Id, now, out change);
        }
    }
}
