using System.Collections.Immutable;
using MediatR;
using Microsoft.Extensions.Options;
using Sentinel.Api.People;
using Sentinel.Detection.Cases;
using Sentinel.Detection.Workloads;

namespace Sentinel.Api.Review;

/// <summary>What became of one case of many.</summary>
/// <param name="CaseId">The case.</param>
/// <param name="Code"><c>done</c>, <c>proposed</c>, <c>would_do</c>, <c>would_propose</c>, or why not.</param>
/// <param name="Accounts">Accounts that the ruling is on.</param>
internal sealed record CaseResult(string CaseId, string Code, int Accounts)
{
    /// <summary>The case as it was looked at or has become; null where there is none.</summary>
    public CaseState? State { get; init; }
}

/// <summary>What became of many cases.</summary>
/// <param name="IsDryRun">Whether nothing was done.</param>
/// <param name="Cases">One by one.</param>
/// <param name="Accounts">Accounts in all.</param>
/// <param name="NeedsSecond">Whether a second person has to agree.</param>
/// <param name="Exchanges">Exchanges of theirs.</param>
/// <param name="WorkloadAccounts">How many of the accounts run a workload that was verified and holds now.</param>
internal sealed record ManyResult(
    bool IsDryRun, ImmutableArray<CaseResult> Cases, int Accounts, bool NeedsSecond, long Exchanges, int WorkloadAccounts);

/// <summary>
/// Rules on many cases at once, undoes or approves many; without doing it where asked to. The limit above which a second
/// person has to agree counts the accounts of all cases together.
/// </summary>
internal static class RuleMany
{
    /// <summary>What is done to each.</summary>
    public enum Deed : byte
    {
        /// <summary>A ruling.</summary>
        Rule,

        /// <summary>Rulings are taken back.</summary>
        Undo,

        /// <summary>Proposals are approved.</summary>
        Approve,
    }

    public sealed record Command(
        Reviewer By, ImmutableArray<string> CaseIds, Deed Deed, WishedRuling? Wished, string Reason, bool IsDryRun)
        : IReviewRequest<ManyResult>, IAudited
    {
        /// <summary>Versions of cases that were seen: one that changed since is left alone. Empty: whatever they are.</summary>
        public ImmutableDictionary<string, int> Seen { get; init; } = ImmutableDictionary<string, int>.Empty;

        public Permit Needs => Deed == Deed.Approve ? Permit.Approve : Permit.RuleMany;

        public AuditKind AuditKind => AuditKind.Bulk;

        public string AuditAction => Deed switch
        {
            Deed.Rule => "cases.ruled",
            Deed.Undo => "cases.undone",
            _ => "cases.approved",
        };

        public string AuditSubject => $"{CaseIds.Length} cases";

        public object AuditDetail => DetailOf(null);

        // Which of those that were asked for it was done to: what others are told of.
        public object AuditDetailAfter(object? value) => DetailOf(value as ManyResult);

        private object DetailOf(ManyResult? many) => new
        {
            cases = CaseIds, done = many?.Cases.Where(static one => one.Code == "done").Select(static one => one.CaseId),
            dry_run = IsDryRun, ruling = Wished is null ? null : RuleCase.NameOf(Wished.Kind),
            reason = Wished?.Reason ?? Reason, policy = Wished?.Policy, until = Wished?.Until,
        };

        public string? Fault() =>
            CaseIds.IsEmpty || CaseIds.Any(static id => id.Length is 0 or > Texts.IdMax) ? "case_ids are ids of cases, at least one."
            : Deed == Deed.Rule ? Wished is null ? "ruling is missing: say what is ruled, with a reason and a policy." : RuleCase.FaultOf(Wished)
            : Deed == Deed.Undo ? Texts.FaultOfReason(Reason)
            : null;
    }

    internal sealed class Handler(
        ReviewStore store, CaseDesk desk, WorkloadsInForce workloads, IOptions<ReviewOptions> options, TimeProvider clock)
        : IRequestHandler<Command, Reviewed<ManyResult>>
    {
        public async Task<Reviewed<ManyResult>> Handle(Command command, CancellationToken cancellationToken)
        {
            ImmutableArray<string> ids = [.. command.CaseIds.Distinct(StringComparer.Ordinal)];
            if (ids.Length > options.Value.BulkCasesMax)
            {
                return Reviewed.Invalid<ManyResult>($"case_ids are {ids.Length}, and at most {options.Value.BulkCasesMax} go together: send them in parts.");
            }

            // Everything is looked at before anything is done: whether a second person is needed depends on all.
            var looked = new List<(string Id, CaseState? State, int Accounts)>();
            var (verified, touched) = (workloads.VerifiedAt(clock.GetUtcNow()), 0);
            foreach (var id in ids)
            {
                var state = await store.Opened.Cases.FindAsync(id, cancellationToken);
                var members = state is null ? [] : await desk.MembersOfAsync(state, cancellationToken);
                var counts = state is not null && IsAsSeen(command, state);
                touched += counts ? members.Count(verified.Contains) : 0;
                looked.Add((id, state, counts ? members.Length : 0));
            }

            var accounts = looked.Sum(static one => one.Accounts);
            var needsSecond = command.Deed == Deed.Rule && command.Wished!.Kind != RulingKind.Escalate
                && accounts > desk.Policy.AloneAccountsMax;
            var results = ImmutableArray.CreateBuilder<CaseResult>();
            foreach (var (id, state, members) in looked)
            {
                results.Add(await ResultAsync(command, id, state, members, needsSecond, cancellationToken));
            }

            var many = new ManyResult(
                command.IsDryRun, results.ToImmutable(), accounts, needsSecond,
                looked.Sum(one => one.State is { } state && IsAsSeen(command, state) ? state.Facts.Exchanges : 0), touched);
            return needsSecond && !command.IsDryRun ? Reviewed.Proposed(many) : Reviewed.Done(many);
        }

        private static bool IsAsSeen(Command command, CaseState state) =>
            !command.Seen.TryGetValue(state.Id, out var version) || version == state.Version;

        private async Task<CaseResult> ResultAsync(
            Command command, string id, CaseState? state, int members, bool needsSecond, CancellationToken cancel)
        {
            if (state is null || !IsAsSeen(command, state))
            {
                return new CaseResult(id, state is null ? "no_such_case" : "case_changed", members) { State = state };
            }

            if (command.IsDryRun)
            {
                var would = WouldBe(Ask(command, state, members, needsSecond, clock.GetUtcNow(), out _));
                return new CaseResult(id, would, members) { State = state };
            }

            var done = await DoAsync(command, state, needsSecond, cancel);
            return new CaseResult(id, done.Code, members) { State = done.Value ?? state };
        }

        // At the version that was looked at: what changed since is told, not overrun.
        private Task<Reviewed<CaseState>> DoAsync(
            Command command, CaseState looked, bool needsSecond, CancellationToken cancel) => desk.ChangeAsync(
            new RuleCase.Command(command.By, looked.Id, looked.Version, command.Wished ?? new(default, "", "", null)),
            (CaseState state, ImmutableArray<string> members, DateTimeOffset now, out CaseChange? change) =>
                Ask(command, state, members.Length, needsSecond, now, out change),
            cancel);

        private CaseOutcome Ask(
            Command command, CaseState state, int members, bool needsSecond, DateTimeOffset now, out CaseChange? change)
        {
            change = null;
            return command.Deed switch
            {
                Deed.Rule => state.TryRule(
                    command.Wished!, members, command.By.Id, now, desk.Policy, out change, needsSecond: needsSecond),
                Deed.Approve => state.TryApprove(command.By.Id, members, now, out change),
                _ => state.Ruling?.By == command.By.Id || command.By.May(Permit.Overrule)
                    ? state.TryUndo(command.Reason, now, desk.Policy, out change)
                    : CaseOutcome.SamePerson,
            };
        }

        private static string WouldBe(CaseOutcome outcome) => outcome switch
        {
            CaseOutcome.Done => "would_do",
            CaseOutcome.Proposed => "would_propose",
            _ => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(outcome.ToString()),
        };
    }
}
