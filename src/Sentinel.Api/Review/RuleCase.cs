using System.Collections.Immutable;
using MediatR;
using Sentinel.Api.People;
using Sentinel.Detection.Cases;

namespace Sentinel.Api.Review;

/// <summary>Rules on a case. On more accounts than one person alone may, the ruling is only proposed.</summary>
internal static class RuleCase
{
    public sealed record Command(Reviewer By, string CaseId, int? IfVersion, WishedRuling Wished)
        : CaseCommand(By, CaseId, IfVersion, Permit.Rule, "case.ruled")
    {
        public override object AuditDetail => new
        {
            ruling = NameOf(Wished.Kind), reason = Wished.Reason, policy = Wished.Policy, until = Wished.Until,
            if_version = IfVersion,
        };

        protected override string? WhatIsWrong() => FaultOf(Wished);
    }

    /// <summary>Name of a ruling for the record, which is also kept of what is none.</summary>
    public static string NameOf(RulingKind kind) => Enum.IsDefined(kind) ? CaseWords.Of(kind) : "none that there is";

    /// <summary>What is wrong with a ruling wished for, or null.</summary>
    public static string? FaultOf(WishedRuling wished) =>
        Texts.FaultOfReason(wished.Reason)
        ?? (string.IsNullOrWhiteSpace(wished.Policy) || wished.Policy.Length > Texts.PolicyMax
            ? $"policy is 1 to {Texts.PolicyMax} characters."
            : !Enum.IsDefined(wished.Kind) ? "ruling is none that there is."
            : null);

    internal sealed class Handler(CaseDesk desk) : IRequestHandler<Command, Reviewed<CaseState>>
    {
        public Task<Reviewed<CaseState>> Handle(Command command, CancellationToken cancellationToken) => desk.ChangeAsync(
            command,
            (CaseState state, ImmutableArray<string> members, DateTimeOffset now, out CaseChange? change) =>
                state.TryRule(command.Wished, members.Length, command.By.Id, now, desk.Policy, out change),
            cancellationToken);
    }
}
