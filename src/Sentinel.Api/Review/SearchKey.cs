using System.Collections.Immutable;
using System.Globalization;
using MediatR;
using Sentinel.Api.People;
using Sentinel.Detection.Exchanges;
using Sentinel.Detection.Links;
using Sentinel.Storage.Cases;

namespace Sentinel.Api.Review;

/// <summary>Who uses a key, as one kind of link.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Key">The key (64-bit hash).</param>
/// <param name="Accounts">How many accounts use it.</param>
/// <param name="Users">The first to use it first; some, where there are many.</param>
internal sealed record KeyGroup(LinkKind Kind, ulong Key, long Accounts, ImmutableArray<KeyUser> Users);

/// <summary>What a text was found to be.</summary>
/// <param name="Groups">Keys that it is, or whose value it is.</param>
/// <param name="Cases">Cases about the account or campaign of that id.</param>
/// <param name="IsAccount">Whether it is an account of which exchanges are kept.</param>
internal sealed record KeySearch(ImmutableArray<KeyGroup> Groups, ImmutableArray<CaseSummary> Cases, bool IsAccount);

/// <summary>
/// Finds what a text is: an account, a campaign, a key as 16 hexadecimal digits, or a value as exchanges have it (a payment
/// hash, a device, an address), whose key is its hash.
/// </summary>
internal static class SearchKey
{
    private const int TextMax = 1_000;
    private const int UsersMax = 1_000;
    private const int HexDigits = 16;

    public sealed record Query(Reviewer By, string Text) : IReviewRequest<KeySearch>
    {
        public Permit Needs => Permit.View;

        public string? Fault() => Text.Length is 0 or > TextMax ? $"q is 1 to {TextMax} characters." : null;
    }

    internal sealed class Handler(ReviewStore store) : IRequestHandler<Query, Reviewed<KeySearch>>
    {
        public async Task<Reviewed<KeySearch>> Handle(Query query, CancellationToken cancellationToken)
        {
            var stores = store.Opened;
            var groups = ImmutableArray.CreateBuilder<KeyGroup>();
            foreach (var key in KeysOf(query.Text).Distinct())
            {
                foreach (var use in await stores.Evidence.UsesOfAsync(key, cancellationToken))
                {
                    groups.Add(new KeyGroup(
                        use.Kind, key, use.Accounts,
                        await stores.Evidence.UsersOfAsync(use.Kind, key, UsersMax, cancellationToken)));
                }
            }

            var isAccount = AccountIdText.IsValid(query.Text)
                && await stores.Accounts.FindSummaryAsync(query.Text, cancellationToken) is not null;
            return Reviewed.Done(new KeySearch(
                groups.ToImmutable(), await stores.Queue.OfSubjectsAsync([query.Text], cancellationToken), isAccount));
        }

        private static IEnumerable<ulong> KeysOf(string text)
        {
            yield return KeyHash.Of(text);
            yield return KeyHash.Of(text.ToLowerInvariant()); // Domains and the like.
            if (AddressKeys.TryParse(System.Text.Encoding.UTF8.GetBytes(text), out var address, out var block))
            {
                yield return address;
                yield return block;
            }

            if (text.Length == HexDigits
                && ulong.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var key))
            {
                yield return key;
            }
        }
    }
}
