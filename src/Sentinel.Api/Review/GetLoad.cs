using System.Collections.Immutable;
using MediatR;
using Sentinel.Api.People;
using Sentinel.Detection.Cases;

namespace Sentinel.Api.Review;

/// <summary>How much there is to do, and who does it.</summary>
/// <param name="Cases">Cases of each stage, claims aside.</param>
/// <param name="Rulings">Rulings of each person in the last week that stand, the most first.</param>
internal sealed record ReviewLoad(
    ImmutableDictionary<CaseStage, long> Cases, ImmutableArray<(string By, long Ruled)> Rulings);

/// <summary>How much there is to do, and who does it.</summary>
internal static class GetLoad
{
    private const int PeopleMax = 100;

    private static readonly TimeSpan Back = TimeSpan.FromDays(7);

    public sealed record Query(Reviewer By) : IReviewRequest<ReviewLoad>
    {
        public Permit Needs => Permit.View;

        public string? Fault() => null;
    }

    internal sealed class Handler(ReviewStore store, TimeProvider clock) : IRequestHandler<Query, Reviewed<ReviewLoad>>
    {
        public async Task<Reviewed<ReviewLoad>> Handle(Query query, CancellationToken cancellationToken) =>
            Reviewed.Done(new ReviewLoad(
                await store.Opened.Queue.CountAsync(cancellationToken),
                await store.Opened.Queue.LoadAsync(clock.GetUtcNow() - Back, PeopleMax, cancellationToken)));
    }
}
