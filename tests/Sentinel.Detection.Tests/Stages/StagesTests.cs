using Sentinel.Detection.Exchanges;
using Sentinel.Detection.Observations;
using Sentinel.Detection.Rulings;
using Sentinel.Detection.Tests.Judging;

namespace Sentinel.Detection.Tests.Stages;

public class StagesTests
{
    private const int Partitions = 3;

    [Fact]
    public void Run_AnyInterleavingAndCrashes_SameFindings()
    {
        for (var traffic = 1; traffic <= 2; traffic++)
        {
            var undisturbed = Run(traffic, schedule: 0, crashShare: 0);
            Assert.Contains("cmp-1", undisturbed.Describe(), StringComparison.Ordinal);
            for (var schedule = 1; schedule <= 4; schedule++)
            {
                var disturbed = Run(traffic, schedule, crashShare: 0.2);
                Assert.True(disturbed.Crashes > 5);
                Assert.True(
                    undisturbed.Describe() == disturbed.Describe(),
                    $"Traffic {traffic}, schedule {schedule}:\n{Difference(undisturbed, disturbed)}");
            }
        }
    }

    [Fact]
    public void Run_RulingsOnTheWay_SameFindingsWhateverCrashed()
    {
        var undisturbed = Run(traffic: 3, schedule: 0, crashShare: 0, Rulings());
        Assert.NotEqual(Run(traffic: 3, schedule: 0, crashShare: 0).Describe(), undisturbed.Describe());
        for (var schedule = 1; schedule <= 3; schedule++)
        {
            var disturbed = Run(traffic: 3, schedule, crashShare: 0.2, Rulings());
            Assert.True(disturbed.Crashes > 5);
            Assert.True(
                undisturbed.Describe() == disturbed.Describe(),
                $"Schedule {schedule}:\n{Difference(undisturbed, disturbed)}");
        }
    }

    // The relay's accounts are confirmed one by one, those of the pool dismissed and then not any more.
    private static RulingRegister Rulings()
    {
        var start = DateTimeOffset.FromUnixTimeMilliseconds(new ObservationMaker().NowMs);
        return RulingRegister.Of(
        [
            .. Enumerable.Range(0, 9).Select(i => new AccountRuling(
                $"relay-{i}", "r1", RulingFinding.Confirmed, start.AddMinutes(20 + i), DateTimeOffset.MaxValue)),
            .. Enumerable.Range(0, 10).Select(i => new AccountRuling(
                $"pool-{i}", "r2", RulingFinding.Innocent, start.AddMinutes(10), start.AddMinutes(90))),
        ]);
    }

    [Fact]
    public void Run_ThreePartitions_FindsWhatOneJudgeFinds()
    {
        var cluster = Run(traffic: 1, schedule: 1, crashShare: 0);
        var judge = new Judge(
            StageCluster.Policy,
            ObservationMaker.Reference,
            "test/1",
            partition: 0);
        var output = new JudgeOutput();
        foreach (var observation in Traffic(1))
        {
            if (judge.TryAdmit(observation.EventKey))
            {
                judge.Observe(observation, output);
            }
        }

        judge.Finish(output);
        Assert.Equal(
            judge.Verdicts().Where(verdict => verdict.IsFlagged).Select(verdict => verdict.AccountId).Order(StringComparer.Ordinal),
            cluster.Verdicts.Values.Where(verdict => verdict.IsFlagged).Select(verdict => verdict.AccountId));
        Assert.Equal(
            judge.Campaigns.Select(campaign => string.Join(',', campaign.Accounts)).Order(StringComparer.Ordinal),
            cluster.Campaigns.Values.Where(campaign => campaign.MergedInto is null)
                .Select(campaign => string.Join(',', campaign.Accounts)).Order(StringComparer.Ordinal));
    }

    private static string Difference(StageCluster left, StageCluster right)
    {
        var (one, two) = (left.Describe().Split('\n'), right.Describe().Split('\n'));
        return string.Join('\n', one.Except(two).Take(3).Select(line => "- " + line))
            + "\n" + string.Join('\n', two.Except(one).Take(3).Select(line => "+ " + line));
    }

    private static StageCluster Run(int traffic, int schedule, double crashShare, RulingRegister? rulings = null)
    {
        var cluster = new StageCluster(Partitions, links: 2, schedule, crashShare)
        {
            Rulings = rulings ?? RulingRegister.Empty,
        };
        var end = 0L;
        foreach (var observation in Traffic(traffic))
        {
            cluster.Add((int)(KeyHash.Of(observation.AccountId.Span) % Partitions), observation);
            end = observation.OccurredAtMs;
        }

        cluster.Run(end + (long)TimeSpan.FromMinutes(10).TotalMilliseconds);
        return cluster;
    }

    // Strangers, a pool on one card, a relay with one frame, replayed references, outputs that go round, and events
    // sent twice.
    private static IEnumerable<Observation> Traffic(int seed)
    {
        var random = new Random(seed);
        var maker = new ObservationMaker();
        var pool = ObservationMaker.DirectionOf("mathematics");
        for (var i = 0; i < 2000; i++)
        {
            maker.NowMs += random.Next(30) == 0 ? random.Next(200_000) : random.Next(1500); // Some ticks are empty.
            var observation = random.Next(9) switch
            {
                8 => Recirculate(maker, random, i),
                0 => maker.Make($"pool-{random.Next(10)}", 0.05f, payment: "card", direction: pool),
                1 => maker.Make(
                    $"relay-{random.Next(12)}", 0.95f, frame: $"frame {random.Next(2)}",
                    excerpt: $"write out every thought before word{i} now"),
                2 => maker.Make($"issuer-{random.Next(4)}", refIssued: $"ref-{i % 50}"),
                3 => maker.Make($"replayer-{random.Next(2)}", refs: [$"ref-{random.Next(50)}"]),
                4 => maker.Make($"harvester-{random.Next(5)}", 0.95f, frame: $"f{random.Next(40)}"),
                _ => maker.Make($"stranger-{random.Next(150)}", payment: $"own-{i % 150}", frame: $"s{random.Next(400)}"),
            };
            yield return observation;
            if (random.Next(50) == 0)
            {
                yield return observation;
            }
        }
    }

    private static Observation Recirculate(ObservationMaker maker, Random random, int i)
    {
        var observation = maker.Make($"cleaner-{random.Next(5)}");
        var (output, material) = (BandsOf(i), BandsOf(Math.Max(0, i - random.Next(1, 60))));
        observation.SetBands(output, random.Next(3) > 0 ? material : []);
        return observation;
    }

    // Texts of eight neighbouring exchanges are one, so that some outputs are of several accounts.
    private static ulong[] BandsOf(int i) =>
        [.. Enumerable.Range(0, 21).Select(band => KeyHash.Mix(((ulong)i / 8 * 100) + (ulong)band))];
}
