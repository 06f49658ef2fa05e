using Sentinel.Detection.Campaigns;

namespace Sentinel.Detection.Tests.Campaigns;

public sealed class LeidenPartitionTests
{
    private const double Resolution = 0.75;

    [Fact]
    public void Of_TwoThatOneAccountBridges_StayTwo()
    {
        var graph = Graph.OfAccounts(11);
        graph.Tie(5, 0, 1, 2, 3, 4);
        graph.Tie(5, 5, 6, 7, 8, 9);
        graph.Tie(1, 4, 10);
        graph.Tie(5, 10, 9);
        Assert.Equal("AAAAABBBBBB", graph.Parted());
    }

    [Fact]
    public void Of_OneHotKeyOverAll_DoesNotHoldPoolsTogether_AndARareOneDoes()
    {
        var graph = Graph.OfAccounts(512);
        graph.Tie(0.4, [.. Enumerable.Range(0, 512)]);
        for (var pool = 0; pool < 64; pool++)
        {
            graph.Tie(2, [.. Enumerable.Range(pool * 8, 8)]);
        }

        Assert.Equal(64, graph.Parted().Distinct().Count());
        graph.Tie(0.6, [.. Enumerable.Range(0, 512)]);
        Assert.Single(graph.Parted().Distinct());
    }

    [Fact]
    public void Of_ManyPools_AreAllFound_HoweverManyThereAre()
    {
        // Modularity would join neighbours on a ring this long (its resolution limit); the constant Potts model does not.
        var graph = Graph.OfAccounts(3_000);
        for (var pool = 0; pool < 1_000; pool++)
        {
            graph.Tie(2, pool * 3, (pool * 3) + 1, (pool * 3) + 2);
            graph.Tie(1, (pool * 3) + 2, ((pool * 3) + 3) % 3_000);
        }

        Assert.Equal(1_000, graph.Parted().Distinct().Count());
    }

    [Fact]
    public void Of_WhoIsTiedToNobody_IsAlone() => Assert.Equal("ABC", Graph.OfAccounts(3).Parted());

    [Fact]
    public void Of_SeveralInOneNode_CountAsSoMany()
    {
        // One account tied by 3 to a node of two gains 3 - 2 x 0.75; to a node of five it would lose 0.75.
        foreach (var (size, expected) in new[] { (2, "AA"), (5, "AB") })
        {
            var graph = new Graph(size, 1);
            graph.Tie(3, 0, 1);
            Assert.Equal(expected, graph.Parted());
        }
    }

    [Fact]
    public void Of_AnyGraph_IsAsGoodAsTheBestPartitionThereIs_OrNearly()
    {
        var (best, reached) = (0.0, 0.0);
        for (var seed = 0; seed < 200; seed++)
        {
            var graph = Graph.Random(seed, nodes: 7, keys: 8);
            var most = Graph.AllPartitions(7).Max(graph.QualityOf);
            var own = graph.QualityOf(graph.Communities());
            best += most;
            reached += own;
        }

        Assert.InRange(reached / best, 0.99, 1);
    }

    [Fact]
    public void Of_AnyGraph_CommunitiesHangTogether_AndNoneAndNobodyWouldBeBetterElsewhere()
    {
        for (var seed = 0; seed < 50; seed++)
        {
            var graph = Graph.Random(seed, nodes: 60, keys: 80);
            var communities = graph.Communities();
            Assert.Equal(communities, graph.Communities());
            var quality = graph.QualityOf(communities);
            var numbers = communities.Distinct().ToArray();
            foreach (var one in numbers)
            {
                Assert.True(graph.HangsTogether(communities, one), $"Community {one} of seed {seed} falls apart.");
                foreach (var other in numbers.Where(other => other > one))
                {
                    var joined = communities.Select(number => number == other ? one : number).ToArray();
                    Assert.True(graph.QualityOf(joined) <= quality + 1e-6, $"{one} and {other} of seed {seed} are better as one.");
                }
            }

            for (var node = 0; node < 60; node++)
            {
                foreach (var number in numbers.Append(-1))
                {
                    var moved = communities.ToArray();
                    moved[node] = number;
                    Assert.True(graph.QualityOf(moved) <= quality + 1e-6, $"Account {node} of seed {seed} is better in {number}.");
                }
            }
        }
    }

    private sealed class Graph(params int[] sizes)
    {
        private readonly List<(int Key, double Share)>[] _keys = [.. sizes.Select(static _ => new List<(int, double)>())];
        private readonly List<double> _weights = [];

        public static Graph OfAccounts(int nodes) => new([.. Enumerable.Repeat(1, nodes)]);

        public static Graph Random(int seed, int nodes, int keys)
        {
            var random = new Random(seed);
            var graph = new Graph([.. Enumerable.Range(0, nodes).Select(_ => random.Next(1, 3))]);
            for (var key = 0; key < keys; key++)
            {
                graph._weights.Add(random.NextDouble() * 3);
                foreach (var node in random.GetItems(Enumerable.Range(0, nodes).ToArray(), 2 + random.Next(4)).Distinct())
                {
                    graph._keys[node].Add((key, 0.2 + random.NextDouble()));
                }
            }

            return graph;
        }

        public static IEnumerable<int[]> AllPartitions(int nodes)
        {
            IEnumerable<int[]> grown = [[]];
            for (var node = 0; node < nodes; node++)
            {
                grown = grown.SelectMany(static start => Enumerable.Range(0, start.Length == 0 ? 1 : start.Max() + 2)
                    .Select(number => start.Append(number).ToArray()));
            }

            return grown;
        }

        public void Tie(double nats, params int[] nodes)
        {
            foreach (var node in nodes)
            {
                _keys[node].Add((_weights.Count, 1));
            }

            _weights.Add(nats);
        }

        public int[] Communities() => LeidenPartition.Of(sizes, _keys, [.. _weights], Resolution);

        // Letters in the order in which communities are first met.
        public string Parted()
        {
            var letters = new Dictionary<int, char>();
            return string.Concat(Communities().Select(number =>
            {
                letters.TryAdd(number, (char)('A' + letters.Count));
                return letters[number];
            }));
        }

        public double TieOf(int one, int other) =>
            _keys[one].Join(_keys[other], static key => key.Key, static key => key.Key,
                (left, right) => _weights[left.Key] * left.Share * right.Share).Sum();

        public double QualityOf(int[] communities)
        {
            var quality = 0.0;
            for (var one = 0; one < sizes.Length; one++)
            {
                for (var other = one + 1; other < sizes.Length; other++)
                {
                    quality += communities[one] == communities[other] ? TieOf(one, other) - (Resolution * sizes[one] * sizes[other]) : 0;
                }
            }

            return quality;
        }

        public bool HangsTogether(int[] communities, int number)
        {
            var members = Enumerable.Range(0, sizes.Length).Where(node => communities[node] == number).ToHashSet();
            var open = new Stack<int>([members.First()]);
            while (open.TryPop(out var node))
            {
                members.Remove(node);
                foreach (var next in members.Where(next => TieOf(node, next) > 0))
                {
                    open.Push(next);
                }
            }

            return members.Count == 0;
        }
    }
}
