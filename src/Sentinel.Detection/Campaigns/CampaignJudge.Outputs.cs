using Sentinel.Detection.Accounts;
using Sentinel.Detection.Exchanges;
using Sentinel.Detection.Links;

namespace Sentinel.Detection.Campaigns;

// Outputs of one account that come back as another's material. Link lanes see bands of sketches, each those of its
// partition; here they are counted together. An exchange counts once, however many outputs it holds, and two accounts are
// tied from the second exchange on, since anybody may answer one letter.
internal sealed partial class CampaignJudge
{
    private readonly Dictionary<ReturnedOutput, int> _bandsNow = [];
    private readonly HashSet<EdgeMember> _returnedNow = [];
    private readonly RecentKeys _outputPairs;

    private void TakeOutputs(in EdgeChange change)
    {
        if (change.Members is not { Count: > 1 } members)
        {
            return;
        }

        for (var i = 1; i < members.Count; i++)
        {
            var returned = new ReturnedOutput(change.Key, members[0].Account, members[i]);
            _bandsNow[returned] = _bandsNow.GetValueOrDefault(returned) + 1;
        }
    }

    // All of a tick was taken, so all bands of its exchanges are known.
    private void EndOutputs()
    {
        foreach (var (returned, bands) in _bandsNow)
        {
            if (bands >= _policy.OutputBandsAlikeMin
                && _accounts.Find(returned.Issuer) is { } issuer && _accounts.Find(returned.Exchange.Account) is { } account
                && account != issuer && !_houses.IsOne(issuer.Profile, account.Profile))
            {
                TakeOutput(issuer, account, returned.Exchange);
            }
        }

        _bandsNow.Clear();
        _returnedNow.Clear();
    }

    private void TakeOutput(LinkedAccount issuer, LinkedAccount account, EdgeMember exchange)
    {
        if (_returnedNow.Add(exchange))
        {
            account.Outputs = account.Outputs with { Foreign = account.Outputs.Foreign + 1 };
            MarkDirty(account);
        }

        if (_outputPairs.TryAdd(KeyHash.Combine(issuer.Profile.Key, account.Profile.Key)))
        {
            account.Outputs = account.Outputs with { Issuers = account.Outputs.Issuers + 1 };
            issuer.Outputs = issuer.Outputs with { Takers = issuer.Outputs.Takers + 1 };
            MarkDirty(issuer);
            return;
        }

        var key = LinkKeys.Of(LinkKind.Recirculation, issuer.Profile.Key);
        var entry = _keys.GetOrAdd(LinkKind.Recirculation, key);
        var more = Tie(entry, issuer, exchange) + Tie(entry, account, exchange);
        entry.Book(new EdgeChange(entry.Kind, key, more, 1, 0, false, exchange.AtMs, null));
        MarkDirty(entry);
    }

    // One account more, or none when it is tied already.
    private int Tie(LinkEntry entry, LinkedAccount account, EdgeMember exchange)
    {
        if (entry.Accounts.Count == LinkEntry.AccountsMax || entry.Accounts.Contains(account.Index))
        {
            return 0;
        }

        entry.AddAccount(account.Index);
        account.Remember(entry);
        _links.Add(new Link(
            entry.Kind, entry.Key, account.Profile.Id, exchange.Partition, exchange.Offset,
            DateTimeOffset.FromUnixTimeMilliseconds(exchange.AtMs)));
        return 1;
    }

    /// <summary>An output that an exchange shows.</summary>
    private readonly record struct ReturnedOutput(ulong Output, ulong Issuer, EdgeMember Exchange);
}
