using System.Diagnostics;
using System.Globalization;
using System.Text;
using Sentinel.Detection;
using Sentinel.Detection.Accounts;
using Sentinel.Detection.Campaigns;
using Sentinel.Detection.Exchanges;
using Sentinel.Detection.Links;
using Sentinel.Detection.Policy;
using Sentinel.Detection.Scoring;
using Sentinel.Detection.Verdicts;

namespace Sentinel.Benchmarks;

/// <summary>
/// What links and groups cost once all of them are really there, on one core: links taken in, groups judged after everything
/// changed and after a day's change, the same with half of the edges, and a prompt that 100,000 accounts send alike. Run with
/// <c>links [accounts]</c>.
/// </summary>
internal static class LinkMeasurement
{
    public const int AccountsDefault = 1_000_000;

    private const int KeysOfAccount = 16;
    private const int BatchMax = 65_536; // As a judge hands its notes on.
    private const int BucketAccounts = 100_000;
    private const int PooledShare = 100; // One account in so many harvests, in pools of ten on one card.
    private const long StartMs = 1_760_000_000_000;
    private const long DayMs = 86_400_000;

    // How many accounts have each of an account's keys: cards of two, carriers and popular clients of thousands. Twice round
    // gives all of an account's keys, so that half of them are of the same kinds.
    private static readonly (LinkKind Kind, int Accounts)[] Shape =
    [
        (LinkKind.Payment, 2), (LinkKind.Template, 30), (LinkKind.Content, 8), (LinkKind.Tls, 20_000),
        (LinkKind.EmailPattern, 12), (LinkKind.Template, 200), (LinkKind.Content, 4), (LinkKind.Address, 40),
    ];

    public static void Run(int accounts)
    {
        var half = MeasureGraph(accounts, KeysOfAccount / 2);
        GC.Collect();
        var whole = MeasureGraph(accounts, KeysOfAccount);
        Print($"twice the edges: links {whole.LinkSeconds / half.LinkSeconds:0.00} times, groups after a day {whole.DaySeconds / half.DaySeconds:0.00} times");
        GC.Collect();
        MeasureBucket();
    }

    private static (double LinkSeconds, double DaySeconds) MeasureGraph(int accounts, int keys)
    {
        var graph = new Graph(accounts);
        var from = Stopwatch.GetTimestamp();
        graph.TellProfiles();
        Print($"{accounts} profiles in {Seconds(from):0.0} s");

        from = Stopwatch.GetTimestamp();
        for (var key = 0; key < keys; key++)
        {
            graph.TellLinks(key, accounts);
        }

        var linkSeconds = Seconds(from);
        var links = (long)accounts * keys;
        var (linkLane, campaignsLane) = (links / (linkSeconds - graph.CampaignSeconds) / 1e6, links / graph.CampaignSeconds / 1e6);
        Print($"{links} links in {linkSeconds:0.0} s on one core: {links / linkSeconds / 1e6:0.00} million a second, {graph.SharedKeyCount} shared keys");
        Print($"of them the link lane {linkLane:0.00} million a second, the campaigns lane {campaignsLane:0.00}; collections {GC.CollectionCount(0)}, {GC.CollectionCount(1)}, {GC.CollectionCount(2)}");

        from = Stopwatch.GetTimestamp();
        graph.Judge();
        Print($"groups of all: {Seconds(from):0.0} s, {graph.CampaignCount} campaigns");

        // A day: every account sent something, and one in ten met a key of others.
        graph.TellProfiles();
        graph.TellLinks(KeysOfAccount, accounts / 10);
        from = Stopwatch.GetTimestamp();
        graph.Judge();
        var daySeconds = Seconds(from);
        Print($"groups after a day's change: {daySeconds:0.0} s, {graph.CampaignCount} campaigns; resident {Environment.WorkingSet / (double)(1 << 30):0.0} GiB");
        return (linkSeconds, daySeconds);
    }

    // A hundred thousand accounts that send one prompt, and as many that share theirs with seven others.
    private static void MeasureBucket()
    {
        var (spread, alike) = (double.MaxValue, double.MaxValue);
        for (var round = 0; round < 5; round++)
        {
            spread = Math.Min(spread, BucketSeconds(accountsOfKey: 8));
            alike = Math.Min(alike, BucketSeconds(BucketAccounts));
        }

        Print($"{BucketAccounts} prompts: spread {spread * 1000:0} ms, identical {alike * 1000:0} ms, {alike / spread:0.00} times");
    }

    private static double BucketSeconds(int accountsOfKey)
    {
        var graph = new Graph(BucketAccounts);
        graph.TellProfiles();
        graph.Judge();
        var from = Stopwatch.GetTimestamp();
        graph.TellLinks(new KeyShape(LinkKind.Content, accountsOfKey, Salt: 1), BucketAccounts);
        graph.TellLinks(new KeyShape(LinkKind.Template, accountsOfKey, Salt: 2), BucketAccounts);
        graph.Judge();
        return Seconds(from);
    }

    private static double Seconds(long from) => Stopwatch.GetElapsedTime(from).TotalSeconds;

    private static void Print(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));

    /// <summary>One key of every account.</summary>
    private readonly record struct KeyShape(LinkKind Kind, int Accounts, int Salt);

    /// <summary>Link lane and campaigns lane of one process, and the accounts that are told to them.</summary>
    private sealed class Graph
    {
        private readonly LinkJudge _links;
        private readonly CampaignJudge _campaigns;
        private readonly AccountProfile[] _profiles;
        private readonly JudgeOutput _output = new();
        private readonly List<EdgeChange> _changes = [];
        private long _nowMs = StartMs;
        private long _offset;

        public Graph(int accounts)
        {
            var policy = DetectionPolicy.Default with { SharedKeysMax = 4_000_000, SightingsMax = 4_000_000 };
            _links = new LinkJudge(policy.SharedKeysMax, policy.SightingsMax, policy.ReferencesMax, policy.OutputBandsMax);
            _campaigns = new CampaignJudge(policy, new VerdictWriter(policy, "measured/1", partition: 0));
            _profiles = new AccountProfile[accounts];
            var random = new Random(7);
            for (var i = 0; i < accounts; i++)
            {
                _profiles[i] = ProfileOf(i, accounts, random);
            }

            _campaigns.Accounts.Total = accounts;
        }

        public int SharedKeyCount => _links.SharedKeyCount;

        public int CampaignCount => _campaigns.Campaigns.Length;

        public void TellProfiles()
        {
            foreach (var profile in _profiles)
            {
                profile.ExchangeCount++;
                _campaigns.Take(profile);
            }
        }

        public void TellLinks(int key, int accounts) => TellLinks(
            new KeyShape(Shape[key % Shape.Length].Kind, Shape[key % Shape.Length].Accounts, key), accounts);

        public void TellLinks(KeyShape shape, int accounts)
        {
            var order = (uint)_profiles.Length;
            var step = StepOf(order, shape.Salt);
            for (var i = 0; i < accounts; i++)
            {
                // Every kind of key puts the accounts into another order, so that groups of different keys cross.
                var place = (uint)((ulong)i * step % order);
                var group = shape.Kind == LinkKind.Payment && i < order / PooledShare ? (uint)i / 10 + order : place / (uint)shape.Accounts;
                var key = KeyHash.Combine((ulong)shape.Kind + 1, KeyHash.Combine((ulong)shape.Salt, group + 1UL));
                _links.Book(new Sighting(SightingRole.Used, shape.Kind, key, _profiles[i].Key, 0, _offset, _nowMs));
                if (++_offset % BatchMax == 0)
                {
                    HandOn();
                }
            }

            HandOn();
        }

        public void Judge()
        {
            _nowMs += DayMs;
            _campaigns.Advance(_nowMs, _offset, _output);
            _output.Clear();
        }

        /// <summary>Seconds that the campaigns lane worked on links so far.</summary>
        public double CampaignSeconds { get; private set; }

        private void HandOn()
        {
            _changes.Clear();
            _links.TakeChanges(_changes);
            var from = Stopwatch.GetTimestamp();
            foreach (var change in _changes)
            {
                _campaigns.Take(change);
            }

            _campaigns.EndTick(_nowMs, _offset, _output);
            _output.Clear();
            CampaignSeconds += Seconds(from);
        }

        private static uint StepOf(uint order, int salt)
        {
            var step = (uint)(KeyHash.Mix((ulong)salt + 1) % order) | 1;
            while (System.Numerics.BigInteger.GreatestCommonDivisor(step, order) != 1)
            {
                step += 2;
            }

            return step;
        }

        private static AccountProfile ProfileOf(int i, int accounts, Random random)
        {
            var profile = new AccountProfile(Encoding.UTF8.GetBytes($"acct-{i:x16}"))
            {
                ExchangeCount = random.Next(4, 200),
                EmailDomainKey = KeyHash.ShortOf(KeyHash.Mix((ulong)random.Next(40) + 1)),
                IpBlockKey = KeyHash.ShortOf(KeyHash.Mix((ulong)i + 1_000)),
                PaymentKey = KeyHash.ShortOf(KeyHash.Mix((ulong)i + 2_000)),
            };
            var isPooled = i < accounts / PooledShare;
            var frame = new Detection.Readings.FrameSketch { HeadAnchor = isPooled ? KeyHash.Mix((ulong)(i / 10) + 5) : KeyHash.Mix((ulong)i) };
            for (var exchange = 0; exchange < 4; exchange++)
            {
                profile.Frames.Add(frame, isPooled ? 2 : -0.5f);
            }

            for (var place = 0; place < ContentScores.EmbeddingLength; place++)
            {
                profile.EmbeddingSum[place] = random.Next(-500, 501);
            }

            profile.PositiveCount = isPooled ? (int)profile.ExchangeCount : 0;
            profile.ContentPeak = isPooled ? 3 : 0;
            return profile;
        }
    }
}
