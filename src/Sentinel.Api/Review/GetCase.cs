using System.Collections.Immutable;
using MediatR;
using Sentinel.Api.People;
using Sentinel.Detection.Cases;
using Sentinel.Storage.Cases;
using Sentinel.Storage.Queries;

namespace Sentinel.Api.Review;

/// <summary>A case with what it rests on.</summary>
/// <param name="State">The case.</param>
/// <param name="Stage">Where it stands now.</param>
/// <param name="Members">Its accounts, in ordinal order.</param>
/// <param name="History">Its events, in order.</param>
/// <param name="Campaign">The campaign, where it is about one that is known.</param>
/// <param name="Account">The account, where it is about one of which exchanges are kept.</param>
/// <param name="Related">Other cases about the same campaign or accounts.</param>
/// <param name="UndoUntil">Until when its ruling can be undone, or null.</param>
internal sealed record CaseDetail(
    CaseState State,
    CaseStage Stage,
    ImmutableArray<string> Members,
    ImmutableArray<CaseEvent> History,
    CampaignDetail? Campaign,
    AccountSummary? Account,
    ImmutableArray<CaseSummary> Related,
    DateTimeOffset? UndoUntil);

/// <summary>One case.</summary>
internal static class GetCase
{
    private const int RelatedOfMax = 500;

    public sealed record Query(Reviewer By, string CaseId) : IReviewRequest<CaseDetail>
    {
        public Permit Needs => Permit.View;

        public string? Fault() => CaseId.Length is 0 or > Texts.IdMax ? "The case's id is not one." : null;
    }

    internal sealed class Handler(ReviewStore store, CaseDesk desk, TimeProvider clock)
        : IRequestHandler<Query, Reviewed<CaseDetail>>
    {
        public async Task<Reviewed<CaseDetail>> Handle(Query query, CancellationToken cancellationToken)
        {
            var stores = store.Opened;
            var history = await stores.Cases.ReadAsync(query.CaseId, afterVersion: 0, cancellationToken);
            if (CaseState.Of(history) is not { } state)
            {
                return Reviewed.NotFound<CaseDetail>("no_such_case", "There is no case with this id.");
            }

            var isCampaign = state.Kind == CaseKind.Campaign;
            var campaign = isCampaign ? await stores.Campaigns.FindAsync(state.Subject, cancellationToken) : null;
            var account = isCampaign ? null : await stores.Accounts.FindSummaryAsync(state.Subject, cancellationToken);
            var members = state.MembersAmong(campaign?.Campaign.Accounts ?? []);
            var related = await stores.Queue.OfSubjectsAsync(
                [state.Subject, .. OfCampaign(account), .. members.Take(RelatedOfMax)], cancellationToken);
            return Reviewed.Done(new CaseDetail(
                state,
                state.StageAt(clock.GetUtcNow()),
                members,
                history,
                campaign,
                account,
                [.. related.Where(one => one.Id != state.Id)],
                state.Ruling is { } ruling ? ruling.At + desk.Policy.UndoWithin : null));
        }

        // The other way round: an account's case shows that of its campaign.
        private static IEnumerable<string> OfCampaign(AccountSummary? account) =>
            account?.Verdict?.CampaignId is { } campaign ? [campaign] : [];
    }
}
