using System.Collections.Immutable;
using MediatR;
using Sentinel.Api.People;
using Sentinel.Detection.Cases;

namespace Sentinel.Api.Review;

/// <summary>Gives a case its tags.</summary>
internal static class TagCase
{
    public sealed record Command(Reviewer By, string CaseId, int? IfVersion, ImmutableArray<string> Tags)
        : CaseCommand(By, CaseId, IfVersion, Permit.Work, "case.tagged")
    {
        public override object AuditDetail => new { tags = Tags };

        protected override string? WhatIsWrong() =>
            Tags.Length > Texts.TagsMax || Tags.Any(static tag => string.IsNullOrWhiteSpace(tag) || tag.Length > Texts.TagMax)
                ? $"tags are at most {Texts.TagsMax}, of 1 to {Texts.TagMax} characters."
                : null;
    }

    internal sealed class Handler(CaseDesk desk) : IRequestHandler<Command, Reviewed<CaseState>>
    {
        public Task<Reviewed<CaseState>> Handle(Command command, CancellationToken cancellationToken)
        {
            ImmutableArray<string> tags = [.. command.Tags.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
            return desk.ChangeAsync(
                command,
                (CaseState state, DateTimeOffset _, out CaseChange? change) =>
                {
                    var isSame = state.Tags.SequenceEqual(tags, StringComparer.Ordinal);
                    change = isSame ? null : new CaseTagged(tags);
                    return isSame ? CaseOutcome.Unchanged : CaseOutcome.Done;
                },
                cancellationToken);
        }
    }
}
