using System.Collections.Immutable;
using MediatR;
using Sentinel.Api.People;
using Sentinel.Detection.Cases;

namespace Sentinel.Api.Review;

/// <summary>Takes an appeal against the ruling on a case. Filing it again changes nothing.</summary>
internal static class FileAppeal
{
    public sealed record Command(
        Reviewer By, string CaseId, int? IfVersion, string AppealId, ImmutableArray<string> Accounts, string Text)
        : CaseCommand(By, CaseId, IfVersion, Permit.FileAppeal, "case.appealed")
    {
        public override object AuditDetail => new { appeal = AppealId, accounts = Accounts };

        protected override string? WhatIsWrong() =>
            AppealId.Length is 0 or > Texts.IdMax ? $"id is 1 to {Texts.IdMax} characters."
            : Text.Length > Texts.NoteMax ? $"text is at most {Texts.NoteMax} characters."
            : Accounts.IsEmpty ? null
            : Texts.FaultOfAccounts(Accounts);
    }

    internal sealed class Handler(CaseDesk desk) : IRequestHandler<Command, Reviewed<CaseState>>
    {
        public Task<Reviewed<CaseState>> Handle(Command command, CancellationToken cancellationToken) => desk.ChangeAsync(
            command,
            (CaseState state, ImmutableArray<string> members, DateTimeOffset now, out CaseChange? change) =>
                state.TryAppeal(command.AppealId, command.Accounts, command.Text, members, now, out change),
            cancellationToken);
    }
}
