using Sentinel.Detection.Evidence;
using Sentinel.Detection.Links;
using Sentinel.Detection.Rulings;

namespace Sentinel.Detection.Campaigns;

/// <summary>
/// Which of the accounts that groups convicted are one campaign: those that are tied among each other by rare keys and frames of their
/// own. It accuses nobody; it only tells campaigns apart. Owned by the lane's thread.
/// </summary>
/// <remarks>
/// A key ties two accounts by the logarithm of how rare it is, in nats; a frame by that times the geometric mean of the shares that it has
/// of what both send. Addresses and clients count half, and only beyond what chance shares; what one account took from another counts half.
/// Communities come of <see cref="LeidenPartition"/>; two of them are one all the same where three accounts and half of the smaller have an
/// instrument of identity in common with the other: who pays for a pool is one, whatever it is made to ask.
/// What a person confirmed and what fell silent is parted no more.
/// </remarks>
internal sealed class CampaignPartition(LinkedAccounts accounts, int accountsMin)
{
    // Nats by which two accounts of a campaign are tied at least, on average. From 0.6 to 1.2 it makes hardly a difference.
    private const double ResolutionNats = 0.75;
    private const int FrameCountMin = 2;
    private const double WeakWeight = 0.5;
    private const double WeakNatsMin = 3;
    private const int MeetingMin = 3;
    private const double MeetingShare = 0.5;

    private readonly List<List<int>> _members = []; // Of each node.
    private readonly List<CampaignState> _campaignOf = [];
    private readonly List<Dictionary<int, double>> _keysOf = []; // With the node's share of each.
    private readonly List<LinkEntry> _keys = [];
    private readonly Dictionary<LinkEntry, int> _keyNumbers = [];

    /// <summary>The campaigns as they should be: indices of their accounts in ascending order, by the first of them.</summary>
    public List<List<int>> Of(IEnumerable<CampaignState> campaigns)
    {
        Collect(campaigns);
        var weights = _keys.ConvertAll(NatsOf).ToArray();
        var community = LeidenPartition.Of(
            [.. _members.Select(static members => members.Count)],
            [.. _keysOf.Select(static keys => keys.Select(static key => (key.Key, key.Value)).ToList())],
            weights, ResolutionNats);
        JoinByInstruments(community);
        LeaveFewWhereTheyAre(community);
        var parts = new Dictionary<int, List<int>>();
        for (var node = 0; node < community.Length; node++)
        {
            if (!parts.TryGetValue(community[node], out var part))
            {
                parts.Add(community[node], part = []);
            }

            part.AddRange(_members[node]);
        }

        foreach (var part in parts.Values)
        {
            part.Sort();
        }

        return [.. parts.Values.OrderBy(static part => part[0])];
    }

    private void Collect(IEnumerable<CampaignState> campaigns)
    {
        _members.Clear();
        _campaignOf.Clear();
        _keysOf.Clear();
        _keys.Clear();
        _keyNumbers.Clear();
        foreach (var campaign in campaigns)
        {
            var isWhole = campaign.Finding == RulingFinding.Confirmed || campaign.IsSilent;
            foreach (var index in campaign.Accounts)
            {
                if (!isWhole || index == campaign.Accounts[0])
                {
                    _members.Add([]);
                    _campaignOf.Add(campaign);
                    _keysOf.Add([]);
                }

                _members[^1].Add(index);
                AddKeys(accounts[index], _keysOf[^1]);
            }
        }
    }

    private void AddKeys(LinkedAccount account, Dictionary<int, double> keys)
    {
        foreach (var key in account.SharedKeys ?? [])
        {
            var share = ShareOf(account, key);
            if (share <= 0)
            {
                continue;
            }

            if (!_keyNumbers.TryGetValue(key, out var number))
            {
                _keyNumbers.Add(key, number = _keys.Count);
                _keys.Add(key);
            }

            keys[number] = keys.GetValueOrDefault(number) + share;
        }
    }

    // What an account has of a key; of two accounts both count. Single prompts tie nobody: public questions are asked by all.
    private static double ShareOf(LinkedAccount account, LinkEntry key)
    {
        if (key.Kind != LinkKind.Template)
        {
            return key.Kind == LinkKind.Content ? 0 : 1;
        }

        var count = account.Profile.Frames.CountOf(FrameTags.OfKey(key.Key));
        return count < FrameCountMin ? 0 : Math.Sqrt(Math.Min(1, count / (double)account.Profile.ExchangeCount));
    }

    private double NatsOf(LinkEntry key)
    {
        var nats = Math.Max(0, Math.Log(accounts.Total / (double)Math.Max(2, key.AccountCount)));
        return key.Kind switch
        {
            LinkKind.Tls or LinkKind.Address => WeakWeight * Math.Max(0, nats - WeakNatsMin),
            LinkKind.ReasoningReference or LinkKind.Recirculation or LinkKind.Successor => WeakWeight * nats,
            _ => nats,
        };
    }

    private void JoinByInstruments(int[] community)
    {
        var sizes = SizesOf(community);
        var joined = new Dictionary<int, int>();
        foreach (var ((one, other), accounts) in MeetingAccounts(community))
        {
            if (accounts >= MeetingMin && accounts >= MeetingShare * Math.Min(sizes[one], sizes[other])
                && Last(one) is var from && Last(other) is var to && from != to)
            {
                joined[from] = to;
            }
        }

        for (var node = 0; node < community.Length; node++)
        {
            community[node] = Last(community[node]);
        }

        int Last(int number)
        {
            while (joined.TryGetValue(number, out var next))
            {
                number = next;
            }

            return number;
        }
    }

    // Of each two communities that have an instrument in common, how many accounts of both have one of those.
    private Dictionary<(int One, int Other), int> MeetingAccounts(int[] community)
    {
        var owners = new SortedDictionary<int, List<int>>?[_keys.Count];
        for (var node = 0; node < community.Length; node++)
        {
            foreach (var key in _keysOf[node].Keys)
            {
                if (LinkKinds.IsInstrument(_keys[key].Kind))
                {
                    var nodes = owners[key] ??= [];
                    nodes.TryAdd(community[node], []);
                    nodes[community[node]].Add(node);
                }
            }
        }

        var counts = new Dictionary<(int, int), int>();
        var counted = new HashSet<(int, int, int)>();
        for (var key = 0; key < owners.Length; key++)
        {
            foreach (var (one, left) in owners[key] ?? [])
            {
                foreach (var (other, right) in owners[key]!)
                {
                    if (one < other)
                    {
                        foreach (var node in left.Concat(right))
                        {
                            if (counted.Add((one, other, node)))
                            {
                                counts[(one, other)] = counts.GetValueOrDefault((one, other)) + (int)_keysOf[node][key];
                            }
                        }
                    }
                }
            }
        }

        return counts;
    }

    // Too few to be a campaign stay with most of the one that they are in, so that nobody goes to and fro.
    private void LeaveFewWhereTheyAre(int[] community)
    {
        var sizes = SizesOf(community);
        var most = new Dictionary<CampaignState, (int Number, int Count)>();
        var counts = new Dictionary<(CampaignState, int), int>();
        for (var node = 0; node < community.Length; node++)
        {
            var (campaign, number) = (_campaignOf[node], community[node]);
            if (sizes[number] >= accountsMin)
            {
                var count = counts[(campaign, number)] = counts.GetValueOrDefault((campaign, number)) + _members[node].Count;
                if (count > most.GetValueOrDefault(campaign).Count)
                {
                    most[campaign] = (number, count);
                }
            }
        }

        for (var node = 0; node < community.Length; node++)
        {
            if (sizes[community[node]] < accountsMin)
            {
                var campaign = _campaignOf[node];
                community[node] = most.TryGetValue(campaign, out var stay) ? stay.Number : -1 - campaign.Number;
            }
        }
    }

    private Dictionary<int, int> SizesOf(int[] community)
    {
        var sizes = new Dictionary<int, int>();
        for (var node = 0; node < community.Length; node++)
        {
            sizes[community[node]] = sizes.GetValueOrDefault(community[node]) + _members[node].Count;
        }

        return sizes;
    }
}
