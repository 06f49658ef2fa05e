using System.Collections.Immutable;
using MediatR;
using Sentinel.Api.People;
using Sentinel.Api.Problems;
using Sentinel.Storage.Cases;

namespace Sentinel.Api.Review;

/// <summary>One page of a queue.</summary>
/// <param name="Cases">The cases.</param>
/// <param name="NextCursor">Where the next page begins, or null on the last.</param>
/// <param name="At">The time at which claims were looked at.</param>
internal sealed record CaseListPage(ImmutableArray<CaseSummary> Cases, string? NextCursor, DateTimeOffset At);

/// <summary>The queue.</summary>
internal static class ListCases
{
    public const int LimitDefault = 50;

    public sealed record Query(Reviewer By, CaseFilter Filter, CaseSort Sort, string? Cursor, int Limit)
        : IReviewRequest<CaseListPage>
    {
        public Permit Needs => Permit.View;

        public string? Fault() =>
            PageLimit.FaultOf(Limit, CaseReader.PageMax) is { } fault ? fault
            : Cursor is not null && (!CaseCursor.TryParse(Cursor, out var cursor) || cursor.Sort != Sort)
                ? "cursor is next_cursor of an earlier page of the same order, unchanged."
            : null;
    }

    internal sealed class Handler(ReviewStore store, TimeProvider clock) : IRequestHandler<Query, Reviewed<CaseListPage>>
    {
        public async Task<Reviewed<CaseListPage>> Handle(Query query, CancellationToken cancellationToken)
        {
            var now = clock.GetUtcNow();
            CaseCursor? after = CaseCursor.TryParse(query.Cursor, out var cursor) ? cursor : null;
            var page = await store.Opened.Queue.ListAsync(
                query.Filter, query.Sort, query.Limit, after, now, cancellationToken);
            return Reviewed.Done(new CaseListPage(page.Cases, page.Next?.ToString(), now));
        }
    }
}
