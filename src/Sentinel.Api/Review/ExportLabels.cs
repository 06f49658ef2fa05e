using System.Collections.Immutable;
using MediatR;
using Sentinel.Api.People;
using Sentinel.Detection.Cases;
using Sentinel.Storage.Cases;

namespace Sentinel.Api.Review;

/// <summary>Rulings as labels for training, a page at a time; taking them away goes on record.</summary>
internal static class ExportLabels
{
    public const int RowsMax = 1_000;

    public sealed record Query(Reviewer By, DateTimeOffset After, string AfterId)
        : IReviewRequest<ImmutableArray<CaseSummary>>, IAudited
    {
        public Permit Needs => Permit.Export;

        public AuditKind AuditKind => AuditKind.Manual;

        public string AuditAction => "labels.exported";

        public string AuditSubject => "cases";

        public object AuditDetail => new { after = After, after_id = AfterId };

        public string? Fault() => AfterId.Length > Texts.IdMax ? "after_id is no id of a case." : null;
    }

    internal sealed class Handler(ReviewStore store) : IRequestHandler<Query, Reviewed<ImmutableArray<CaseSummary>>>
    {
        public async Task<Reviewed<ImmutableArray<CaseSummary>>> Handle(Query query, CancellationToken cancellationToken) =>
            Reviewed.Done(await store.Opened.Queue.RuledAsync(query.After, query.AfterId, RowsMax, cancellationToken));
    }
}
