using System.Runtime.InteropServices;
using Sentinel.Detection.Links;

namespace Sentinel.Detection.Campaigns;

/// <content>Whether those that send one frame are tied by instruments of identity, pair by pair and card by card.</content>
internal sealed partial class GroupJudge
{
    // With one instrument it is that one's own group; with fewer accounts a family is enough.
    private const int TyingKeysMin = 3;

    private readonly Dictionary<LinkEntry, Tie> _ties = []; // Scratch space of one question, as the two below.
    private readonly HashSet<LinkedAccount> _tied = [];
    private readonly List<LinkedAccount> _tiedByKind = [];

    // A frame's accounts are strangers: who sends it says nothing of who pays. A pool that spreads over a few accounts a
    // card is alone in that its cards meet again in its frame. Likelihood ratio of "so many of the frame's accounts share
    // an instrument with another of them" against the share of all accounts that share one with anybody at all, which is
    // more than would meet in this frame. Accounts of one card come together and count as one, and a card within one house is
    // no tie: a company's cards would answer for all who have its harness. Fills who is tied: others may have the frame from
    // where everybody has it.
    private double TieEvidence()
    {
        if (_group.Count < policy.AlikeAccountsMin || accounts.Total < AccountsForRarityMin)
        {
            return 0;
        }

        CountTies();
        var best = 0.0;
        // Not clients and addresses: a tool has both its frame and its client, and a country's carriers its application.
        foreach (var kind in LinkKinds.Instruments)
        {
            var keys = TiedBy(kind);
            if (keys < TyingKeysMin || _tiedByKind.Count < policy.AlikeAccountsMin)
            {
                continue; // Nearly every frame: what it would be by chance costs more to tell.
            }

            var byChance = population.ShareThatShares(key => key.Kind == kind, _indices);
            var (tied, all) = ((double)_tiedByKind.Count, (double)_group.Count);
            if (tied <= byChance * all || houses.IsOne(_tiedByKind))
            {
                continue;
            }

            // The kind was looked for among several.
            var nats = (ShareRatio(tied, all, byChance) * keys / tied) - Math.Log(LinkKinds.Instruments.Length);
            if (nats > best)
            {
                best = nats;
                _tied.Clear();
                _tied.UnionWith(_tiedByKind);
            }
        }

        return Math.Min(best, policy.TiesNatsMax);
    }

    private void CountTies()
    {
        _ties.Clear();
        foreach (var account in _group)
        {
            foreach (var key in account.SharedKeys ?? [])
            {
                if (!LinkKinds.IsInstrument(key.Kind))
                {
                    continue;
                }

                ref var tie = ref CollectionsMarshal.GetValueRefOrAddDefault(_ties, key, out var isKnown);
                tie = isKnown
                    ? tie with { Count = tie.Count + 1, IsHouse = tie.IsHouse && houses.IsOne(tie.First.Profile, account.Profile) }
                    : new Tie(account, 1, IsHouse: true);
            }
        }
    }

    // Accounts tied by a kind of key, and how many keys tie them. Of an account that several tie the first counts.
    private int TiedBy(LinkKind kind)
    {
        _tiedByKind.Clear();
        var keys = 0;
        foreach (var (key, tie) in _ties)
        {
            keys += key.Kind == kind && tie.Ties ? 1 : 0;
        }

        foreach (var account in _group)
        {
            foreach (var key in account.SharedKeys ?? [])
            {
                if (key.Kind == kind && _ties.GetValueOrDefault(key).Ties)
                {
                    _tiedByKind.Add(account);
                    break;
                }
            }
        }

        return keys;
    }

    /// <param name="First">The account that was met first.</param>
    /// <param name="Count">Accounts of the group that have the key.</param>
    /// <param name="IsHouse">Whether all are of one house.</param>
    private readonly record struct Tie(LinkedAccount First, int Count, bool IsHouse)
    {
        public bool Ties => Count > 1 && !IsHouse;
    }
}
