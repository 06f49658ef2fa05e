using System.Collections.Immutable;
using MediatR;
using Sentinel.Api.People;
using Sentinel.Storage.Cases;

namespace Sentinel.Api.Review;

/// <summary>Accounts of a case and the keys that several of them share.</summary>
/// <param name="Accounts">The accounts, in ordinal order.</param>
/// <param name="Keys">The most shared first.</param>
internal sealed record CaseGraph(ImmutableArray<string> Accounts, ImmutableArray<SharedKey> Keys);

/// <summary>How the accounts of a case are linked.</summary>
internal static class GetGraph
{
    public const int AccountsMax = 5_000;
    public const int KeysMax = 1_000;

    public sealed record Query(Reviewer By, string CaseId, int Keys) : IReviewRequest<CaseGraph>
    {
        public Permit Needs => Permit.View;

        public string? Fault() => CaseId.Length is 0 or > Texts.IdMax ? "The case's id is not one."
            : Keys is < 1 or > KeysMax ? $"keys is 1 to {KeysMax}." : null;
    }

    internal sealed class Handler(ReviewStore store, CaseDesk desk) : IRequestHandler<Query, Reviewed<CaseGraph>>
    {
        public async Task<Reviewed<CaseGraph>> Handle(Query query, CancellationToken cancellationToken)
        {
            if (await store.Opened.Cases.FindAsync(query.CaseId, cancellationToken) is not { } state)
            {
                return Reviewed.NotFound<CaseGraph>("no_such_case", "There is no case with this id.");
            }

            var members = await desk.MembersOfAsync(state, cancellationToken);
            ImmutableArray<string> accounts = members.Length > AccountsMax ? members[..AccountsMax] : members;
            return Reviewed.Done(new CaseGraph(
                accounts, await store.Opened.Evidence.GraphAsync(accounts, query.Keys, cancellationToken)));
        }
    }
}
