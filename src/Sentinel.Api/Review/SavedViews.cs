using System.Collections.Immutable;
using MediatR;
using Sentinel.Api.People;
using Sentinel.Storage.Cases;

namespace Sentinel.Api.Review;

/// <summary>The views of the queue that somebody keeps.</summary>
internal static class ListViews
{
    public sealed record Query(Reviewer By) : IReviewRequest<ImmutableArray<SavedView>>
    {
        public Permit Needs => Permit.KeepViews;

        public string? Fault() => null;
    }

    internal sealed class Handler(ReviewStore store) : IRequestHandler<Query, Reviewed<ImmutableArray<SavedView>>>
    {
        public async Task<Reviewed<ImmutableArray<SavedView>>> Handle(Query query, CancellationToken cancellationToken) =>
            Reviewed.Done(await store.Opened.People.ViewsAsync(query.By.Id, cancellationToken));
    }
}

/// <summary>Keeps a view of the queue, or removes it.</summary>
internal static class PutView
{
    private const int NameMax = 60;
    private const int QueryMax = 2_000;

    /// <summary>The view; an empty query removes it.</summary>
    public sealed record Command(Reviewer By, string Name, string Query) : IReviewRequest<ImmutableArray<SavedView>>
    {
        public Permit Needs => Permit.KeepViews;

        public string? Fault() => string.IsNullOrWhiteSpace(Name) || Name.Length > NameMax ? $"name is 1 to {NameMax} characters."
            : Query.Length > QueryMax ? $"query is at most {QueryMax} characters." : null;
    }

    internal sealed class Handler(ReviewStore store, TimeProvider clock)
        : IRequestHandler<Command, Reviewed<ImmutableArray<SavedView>>>
    {
        public async Task<Reviewed<ImmutableArray<SavedView>>> Handle(Command command, CancellationToken cancellationToken)
        {
            var people = store.Opened.People;
            var views = await people.ViewsAsync(command.By.Id, cancellationToken);
            if (views.Length >= PeopleLog.ViewsMax && views.All(view => view.Name != command.Name))
            {
                return Reviewed.Refused<ImmutableArray<SavedView>>("full", $"At most {PeopleLog.ViewsMax} views are kept.");
            }

            await people.PutViewAsync(
                command.By.Id, new SavedView(command.Name, command.Query, clock.GetUtcNow()), cancellationToken);
            return Reviewed.Done(await people.ViewsAsync(command.By.Id, cancellationToken));
        }
    }
}
