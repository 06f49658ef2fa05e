namespace Sentinel.Detection.Campaigns;

/// <summary>
/// Parts a graph into communities whose members are tied to each other by more than a resolution, on average: the constant Potts
/// model, optimised by the Leiden algorithm. A pure function of its input: no chance, no clock.
/// </summary>
/// <remarks>
/// Ties are not pairs but keys that many share, so a key of 512 accounts costs 512 entries and not 131,000 edges: two nodes are tied by
/// the sum over their common keys of weight x share x share. A node may stand for several accounts that nobody may part.
/// Where the paper draws a node's new community by chance among those that gain, the one that gains most is taken.
/// Sources: Traag, Van Dooren, Nesterov, "Narrow scope for resolution-limit-free community detection", arXiv 1104.3083, section III;
/// Traag, Waltman, van Eck, "From Louvain to Leiden", arXiv 1810.08473, section "Leiden algorithm".
/// </remarks>
internal sealed class LeidenPartition
{
    private const int RoundsMax = 5;
    private const int PassesMax = 20;
    private const double GainMin = 1e-9;

    private readonly double[] _weights;
    private readonly double _resolution;
    private readonly Dictionary<int, double>[] _tallies; // Of a key: how much of it each community has.
    private readonly Dictionary<int, double> _ties = []; // Of the node looked at: how much ties it to each community.

    private LeidenPartition(double[] weights, double resolution)
    {
        (_weights, _resolution) = (weights, resolution);
        _tallies = new Dictionary<int, double>[weights.Length];
        for (var key = 0; key < weights.Length; key++)
        {
            _tallies[key] = [];
        }
    }

    /// <summary>The community of each node: numbers without meaning, alike where nodes belong together.</summary>
    /// <param name="sizes">Accounts that each node stands for.</param>
    /// <param name="keys">The keys of each node with the node's share of each, 0 and up.</param>
    /// <param name="weights">What a key weighs, nats.</param>
    /// <param name="resolution">Nats by which two accounts of a community are tied at least, on average.</param>
    public static int[] Of(int[] sizes, List<(int Key, double Share)>[] keys, double[] weights, double resolution)
    {
        var partition = new LeidenPartition(weights, resolution);
        var accounts = new Level(sizes, keys);
        var community = Numbers(accounts.Count);
        for (var round = 0; round < RoundsMax && partition.Improve(accounts, community); round++)
        {
        }

        return community;
    }

    // Once through the levels, from single nodes to communities of communities. Gives whether any node moved.
    private bool Improve(Level level, int[] community)
    {
        var place = Numbers(level.Count);
        var start = community;
        var hasMoved = false;
        while (true)
        {
            hasMoved |= Move(level, community);
            var (next, placeOf, communityOf) = Aggregate(level, Refine(level, community), community);
            if (next.Count == level.Count)
            {
                for (var node = 0; node < start.Length; node++)
                {
                    start[node] = community[place[node]];
                }

                return hasMoved;
            }

            place = [.. place.Select(node => placeOf[node])];
            (level, community) = (next, communityOf);
        }
    }

    // Each node goes where it is tied most beyond what the resolution asks, or stays alone, until nobody moves.
    private bool Move(Level level, int[] community)
    {
        var accounts = new int[level.Count];
        Tally(level, community, accounts);
        var free = new Stack<int>(Enumerable.Range(0, level.Count).Where(number => accounts[number] == 0).Reverse());
        var (hasMoved, moved) = (false, true);
        for (var pass = 0; moved && pass < PassesMax; pass++)
        {
            moved = false;
            for (var node = 0; node < level.Count; node++)
            {
                var own = community[node];
                Book(level, node, own, -1, accounts);
                WeighTies(level, node);
                var (best, most) = (own, Gain(level, node, own, accounts));
                foreach (var number in _ties.Keys)
                {
                    if (Gain(level, node, number, accounts) is var gain && gain > most + GainMin)
                    {
                        (best, most) = (number, gain);
                    }
                }

                if (most < -GainMin)
                {
                    best = free.Pop(); // There is one, since its own still has others.
                }

                Book(level, node, best, 1, accounts);
                if (best != own)
                {
                    (community[node], moved) = (best, true);
                    if (accounts[own] == 0)
                    {
                        free.Push(own);
                    }
                }
            }

            hasMoved |= moved;
        }

        return hasMoved;
    }

    // Parts each community again, from single nodes on, into what is well tied within it: a community that only one node held
    // together falls apart at the next level.
    private int[] Refine(Level level, int[] community)
    {
        var within = new int[level.Count];
        Tally(level, community, within);
        var outside = new double[level.Count];
        for (var node = 0; node < level.Count; node++)
        {
            foreach (var (key, share) in level.Keys[node])
            {
                outside[node] += _weights[key] * share * (_tallies[key][community[node]] - share);
            }
        }

        var refined = Numbers(level.Count);
        var members = new int[level.Count];
        Array.Fill(members, 1);
        var accounts = new int[level.Count];
        Tally(level, refined, accounts);
        for (var node = 0; node < level.Count; node++)
        {
            if (members[node] != 1 || refined[node] != node || !IsWellTied(node, within[community[node]]))
            {
                continue; // Others joined it already.
            }

            Book(level, node, node, -1, accounts);
            WeighTies(level, node);
            var (best, most) = (node, 0.0);
            foreach (var number in _ties.Keys)
            {
                if (number != node && community[number] == community[node] && IsWellTied(number, within[community[node]])
                    && Gain(level, node, number, accounts) is var gain && gain > most + GainMin)
                {
                    (best, most) = (number, gain);
                }
            }

            if (best != node)
            {
                outside[best] += outside[node] - (2 * _ties[best]);
                refined[node] = best;
                (members[node], members[best]) = (0, members[best] + 1);
            }

            Book(level, node, best, 1, accounts);
        }

        return refined;

        bool IsWellTied(int part, int all) =>
            outside[part] >= (_resolution * accounts[part] * (all - accounts[part])) - GainMin;
    }

    private static (Level Level, int[] PlaceOf, int[] CommunityOf) Aggregate(Level level, int[] refined, int[] community)
    {
        var placeOf = new int[level.Count];
        var numbers = new Dictionary<int, int>();
        for (var node = 0; node < level.Count; node++)
        {
            if (!numbers.TryGetValue(refined[node], out var number))
            {
                numbers.Add(refined[node], number = numbers.Count);
            }

            placeOf[node] = number;
        }

        var sizes = new int[numbers.Count];
        var communityOf = new int[numbers.Count];
        var sums = new Dictionary<int, double>[numbers.Count];
        var communities = new Dictionary<int, int>();
        for (var node = 0; node < level.Count; node++)
        {
            var number = placeOf[node];
            sizes[number] += level.Sizes[node];
            communities.TryAdd(community[node], communities.Count);
            communityOf[number] = communities[community[node]];
            var sum = sums[number] ??= [];
            foreach (var (key, share) in level.Keys[node])
            {
                sum[key] = sum.GetValueOrDefault(key) + share;
            }
        }

        var keys = Array.ConvertAll(sums, static sum => sum.Select(static pair => (pair.Key, pair.Value)).ToList());
        return (new Level(sizes, keys), placeOf, communityOf);
    }

    private void Tally(Level level, int[] community, int[] accounts)
    {
        foreach (var tally in _tallies)
        {
            tally.Clear();
        }

        Array.Clear(accounts);
        for (var node = 0; node < level.Count; node++)
        {
            Book(level, node, community[node], 1, accounts);
        }
    }

    private void Book(Level level, int node, int number, int sign, int[] accounts)
    {
        accounts[number] += sign * level.Sizes[node];
        foreach (var (key, share) in level.Keys[node])
        {
            var sum = _tallies[key].GetValueOrDefault(number) + (sign * share);
            if (sum > GainMin)
            {
                _tallies[key][number] = sum;
            }
            else
            {
                _tallies[key].Remove(number); // Else a key of many would keep a place for everyone who left.
            }
        }
    }

    private void WeighTies(Level level, int node)
    {
        _ties.Clear();
        foreach (var (key, share) in level.Keys[node])
        {
            foreach (var (number, sum) in _tallies[key])
            {
                _ties[number] = _ties.GetValueOrDefault(number) + (_weights[key] * share * sum);
            }
        }
    }

    private double Gain(Level level, int node, int number, int[] accounts) =>
        _ties.GetValueOrDefault(number) - (_resolution * level.Sizes[node] * accounts[number]);

    private static int[] Numbers(int count) => [.. Enumerable.Range(0, count)];

    private sealed record Level(int[] Sizes, List<(int Key, double Share)>[] Keys)
    {
        public int Count => Sizes.Length;
    }
}
