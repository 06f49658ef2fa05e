using MediatR;
using Sentinel.Api.People;
using Sentinel.Detection.Cases;

namespace Sentinel.Api.Review;

/// <summary>Writes something down.</summary>
internal static class NoteCase
{
    public sealed record Command(Reviewer By, string CaseId, int? IfVersion, string Text)
        : CaseCommand(By, CaseId, IfVersion, Permit.Work, "case.noted")
    {
        protected override string? WhatIsWrong() => string.IsNullOrWhiteSpace(Text) || Text.Length > Texts.NoteMax
            ? $"text is 1 to {Texts.NoteMax} characters."
            : null;
    }

    internal sealed class Handler(CaseDesk desk) : IRequestHandler<Command, Reviewed<CaseState>>
    {
        public Task<Reviewed<CaseState>> Handle(Command command, CancellationToken cancellationToken) => desk.ChangeAsync(
            command,
            (CaseState _, DateTimeOffset _, out CaseChange? change) =>
            {
                change = new CaseNoted(command.Text);
                return CaseOutcome.Done;
            },
            cancellationToken);
    }
}
