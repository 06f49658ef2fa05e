using System.Collections.Immutable;
using MediatR;
using Sentinel.Api.People;
using Sentinel.Storage.Cases;
using Sentinel.Storage.Decisions;
using Sentinel.Storage.Queries;

namespace Sentinel.Api.Review;

/// <summary>An account over time.</summary>
/// <param name="AccountId">The account.</param>
/// <param name="Summary">What is known of it.</param>
/// <param name="Verdicts">What was concluded, the latest first.</param>
/// <param name="Decisions">What gateways were answered, the latest first.</param>
/// <param name="Cases">Cases about it.</param>
internal sealed record AccountTimeline(
    string AccountId,
    AccountSummary Summary,
    ImmutableArray<VerdictStep> Verdicts,
    ImmutableArray<LoggedDecision> Decisions,
    ImmutableArray<CaseSummary> Cases);

/// <summary>An account over time.</summary>
internal static class GetTimeline
{
    private const int RowsMax = 500;

    public sealed record Query(Reviewer By, string AccountId) : IReviewRequest<AccountTimeline>
    {
        public Permit Needs => Permit.View;

        public string? Fault() => AccountIdText.IsValid(AccountId) ? null : "The account's id is not one.";
    }

    internal sealed class Handler(ReviewStore store) : IRequestHandler<Query, Reviewed<AccountTimeline>>
    {
        public async Task<Reviewed<AccountTimeline>> Handle(Query query, CancellationToken cancellationToken)
        {
            var stores = store.Opened;
            return await stores.Accounts.FindSummaryAsync(query.AccountId, cancellationToken) is { } summary
                ? Reviewed.Done(new AccountTimeline(
                    query.AccountId,
                    summary,
                    await stores.Evidence.VerdictsOfAsync(query.AccountId, RowsMax, cancellationToken),
                    await stores.Decisions.ListAsync(query.AccountId, RowsMax, cancellationToken),
                    await stores.Queue.OfSubjectsAsync(
                        summary.Verdict?.CampaignId is { } campaign ? [query.AccountId, campaign] : [query.AccountId],
                        cancellationToken)))
                : Reviewed.NotFound<AccountTimeline>("no_such_account", "No exchange of this account was ever taken.");
        }
    }
}
