using MediatR;
using Sentinel.Api.People;
using Sentinel.Detection.Cases;
using Sentinel.Detection.Workloads;

namespace Sentinel.Api.Review;

/// <summary>What a ruling would do.</summary>
/// <param name="Version">Version of the case that was looked at.</param>
/// <param name="Accounts">How many accounts it would be on.</param>
/// <param name="Exchanges">Exchanges of theirs so far.</param>
/// <param name="WorkloadAccounts">How many of them run a workload that was verified and holds now.</param>
/// <param name="NeedsSecond">Whether a second person has to agree.</param>
/// <param name="Until">When it would end, or null.</param>
/// <param name="UndoUntil">Until when it could be undone.</param>
internal sealed record RulingPreview(
    int Version, int Accounts, long Exchanges, int WorkloadAccounts, bool NeedsSecond, DateTimeOffset? Until,
    DateTimeOffset UndoUntil);

/// <summary>What a ruling on a case would do, without doing it.</summary>
internal static class PreviewRuling
{
    public sealed record Query(Reviewer By, string CaseId, RulingKind Kind, DateTimeOffset? Until)
        : IReviewRequest<RulingPreview>
    {
        public Permit Needs => Permit.Rule;

        public string? Fault() => CaseId.Length is 0 or > Texts.IdMax ? "The case's id is not one." : null;
    }

    internal sealed class Handler(ReviewStore store, CaseDesk desk, WorkloadsInForce workloads, TimeProvider clock)
        : IRequestHandler<Query, Reviewed<RulingPreview>>
    {
        public async Task<Reviewed<RulingPreview>> Handle(Query query, CancellationToken cancellationToken)
        {
            if (await store.Opened.Cases.FindAsync(query.CaseId, cancellationToken) is not { } state)
            {
                return Reviewed.NotFound<RulingPreview>("no_such_case", "There is no case with this id.");
            }

            var now = clock.GetUtcNow();
            var members = await desk.MembersOfAsync(state, cancellationToken);
            var verified = workloads.VerifiedAt(now);
            var until = query.Until ?? query.Kind switch
            {
                RulingKind.Dismiss => now + desk.Policy.ReleaseFor,
                RulingKind.Watch => now + desk.Policy.WatchFor,
                _ => null,
            };
            return Reviewed.Done(new RulingPreview(
                state.Version, members.Length, state.Facts.Exchanges, members.Count(verified.Contains),
                members.Length > desk.Policy.AloneAccountsMax, until, now + desk.Policy.UndoWithin));
        }
    }
}
