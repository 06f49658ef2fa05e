using System.Collections.Immutable;
using MediatR;
using Sentinel.Api.People;
using Sentinel.Api.Problems;
using Sentinel.Detection.Cases;
using Sentinel.Storage.Cases;

namespace Sentinel.Api.Review;

/// <summary>What was done, the latest first.</summary>
internal static class ListAudit
{
    public sealed record Query(Reviewer By, AuditFilter Filter, long? Before, int Limit)
        : IReviewRequest<ImmutableArray<AuditRow>>
    {
        public Permit Needs => Permit.ReadAudit;

        public string? Fault() => PageLimit.FaultOf(Limit, AuditLog.PageMax);
    }

    internal sealed class Handler(ReviewStore store) : IRequestHandler<Query, Reviewed<ImmutableArray<AuditRow>>>
    {
        public async Task<Reviewed<ImmutableArray<AuditRow>>> Handle(Query query, CancellationToken cancellationToken) =>
            Reviewed.Done(await store.Opened.Audit.ListAsync(
                query.Filter, query.Before ?? long.MaxValue, query.Limit, cancellationToken));
    }
}
