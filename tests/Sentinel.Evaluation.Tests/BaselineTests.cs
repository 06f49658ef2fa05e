using Sentinel.Evaluation.Detectors;

namespace Sentinel.Evaluation.Tests;

/// <summary>Each baseline finds what its paper says it finds, and leaves the innocents around it alone.</summary>
public sealed class BaselineTests
{
    private const int Innocents = 60;
    private const int Exchanges = 80;

    public static TheoryData<string> All => [.. Baselines.Names];

    [Theory]
    [InlineData("rate-limit")]
    [InlineData("keywords")]
    [InlineData("prada")]
    [InlineData("seat")]
    [InlineData("mahalanobis")]
    [InlineData("mmd-account")]
    public void Run_OneAbuser_StandsOut(string name)
    {
        var traffic = Background(seed: 7);
        var random = new Random(11);
        for (var i = 0; i < Exchanges * (name == "rate-limit" ? 6 : 1); i++)
        {
            traffic.Add("m", i, AbuserPoint(name, i, random), keyword: name == "keywords");
        }

        var (observed, truth) = traffic.Is("m", "ring").Build();
        var findings = Baselines.Run(name, observed, truth, CancellationToken.None);
        var abuser = Array.FindIndex(truth, static account => account.IsMalicious);
        Assert.True(findings.Accounts[abuser].IsFlagged);
        Assert.True(findings.Accounts[abuser].Risk > 1.1 * findings.Accounts.Where((_, i) => i != abuser).Max(
            static account => account.Risk));

        // Thresholds learned from thirty innocents are passed by about one in thirty.
        Assert.InRange(findings.Accounts.Count(static account => account.IsFlagged), 1, 7);
    }

    [Theory]
    [InlineData("shared-attributes")]
    [InlineData("synchrotrap")]
    public void Run_ARing_IsReportedAsAGroup(string name)
    {
        var traffic = Background(seed: 8);
        string[] ring = ["m0", "m1", "m2", "m3"];
        foreach (var hour in Enumerable.Range(0, 6))
        {
            foreach (var member in ring)
            {
                var (payment, frame) = name == "synchrotrap" ? (0UL, 77UL) : (55UL, 0UL);
                traffic.Add(member, (hour * 60) + member[1] - '0', frame: frame, payment: payment);
            }
        }

        ring.ToList().ForEach(member => traffic.Is(member, "ring"));
        var (observed, truth) = traffic.Build();
        var findings = Baselines.Run(name, observed, truth, CancellationToken.None);
        var group = Assert.Single(findings.Groups);
        Assert.Equal(ring, group.Accounts.Select(place => observed.Accounts[place].Id).Order());
        Assert.Equal(4, findings.Accounts.Count(static account => account.IsFlagged));
    }

    [Fact]
    public void Run_WindowsOfAllTraffic_RaiseThoseInThem()
    {
        var traffic = new Traffic();
        var random = new Random(3);
        for (var i = 0; i < 12 * GlobalWindows.WindowLength; i++)
        {
            var isAttack = i / GlobalWindows.WindowLength == 5 && i % 2 == 0;
            var account = isAttack ? "m" : $"i{i / GlobalWindows.WindowLength}-{i % 20}";
            traffic.Add(account, i, isAttack ? [0, 0, 1] : Point(random));
        }

        for (var i = 0; i < 12 * 20; i++)
        {
            traffic.Is($"i{i / 20}-{i % 20}");
        }

        var (observed, truth) = traffic.Is("m", "ring").Build();
        var findings = Baselines.Run("mmd-global", observed, truth, CancellationToken.None);
        var risks = findings.Accounts.Select(static account => account.Risk).ToArray();
        var abuser = Array.FindIndex(truth, static account => account.IsMalicious);
        Assert.True(risks[abuser] > 0.9 * risks.Max()); // Those who shared its window look alike.
        var others = risks.Where((_, i) => observed.Accounts[i].Id is not (['i', '5', ..] or "m"));
        Assert.True(risks[abuser] > 10 * others.Max());
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Run_NothingUnusual_FlagsFew(string name) =>
        Assert.InRange(Flagged(name, Background(seed: 21)).Length, 0, 5);

    [Theory]
    [MemberData(nameof(All))]
    public void Run_Twice_FindsTheSame(string name)
    {
        var (observed, truth) = Background(seed: 4).Build();
        var first = Baselines.Run(name, observed, truth, CancellationToken.None);
        var second = Baselines.Run(name, observed, truth, CancellationToken.None);
        Assert.Equal(first.Accounts.AsEnumerable(), second.Accounts);
        Assert.Equal(truth.Length, first.Accounts.Length);
    }

    [Fact]
    public void Threshold_LetsNoMoreThanItsShareThrough()
    {
        var values = Enumerable.Range(0, 2_000).Select(static i => (double)i).ToArray();
        var threshold = CrossFit.ThresholdOf([.. values], 0.001);
        Assert.Equal(2, values.Count(value => value > threshold));
        Assert.Equal(999, CrossFit.ThresholdOf([.. values.Take(1_000)], 0.0005));
        Assert.Equal(double.PositiveInfinity, CrossFit.ThresholdOf([], 0.001));
    }

    [Fact]
    public void Trail_MoreRisesThanItKeeps_NeverFlagsEarly()
    {
        var trail = new ScoreTrail();
        for (var i = 1; i <= 5_000; i++)
        {
            trail.Raise(i, i, i);
        }

        Assert.Equal(5_000, trail.Highest);
        foreach (var threshold in new[] { 10, 700, 4_000 })
        {
            Assert.InRange(trail.Under(threshold).FlaggedAtMs, threshold + 1, (threshold * 1.02) + 1);
        }

        Assert.False(trail.Under(5_000).IsFlagged);
    }

    [Fact]
    public void ShapiroWilk_TellsNormalFromSkewed()
    {
        var random = new Random(5);
        var normal = Enumerable.Range(0, 200)
            .Select(_ => ShapiroWilk.NormalQuantile((random.NextDouble() * 0.998) + 0.001))
            .ToArray();
        Assert.InRange(ShapiroWilk.Of([.. normal]), 0.975, 1);
        Assert.InRange(ShapiroWilk.Of([.. normal.Select(Math.Exp)]), 0.3, 0.85);

        // Shapiro and Wilk's own example of 1965: weights of eleven men, W = 0.79; a twelfth makes it long enough.
        Assert.InRange(
            ShapiroWilk.Of([148, 154, 158, 160, 161, 162, 166, 170, 182, 195, 236, 163]), 0.74, 0.80);
        Assert.Equal(1, ShapiroWilk.Of(new double[50]));
    }

    private static double[] AbuserPoint(string name, int i, Random random) => name switch
    {
        // Distances that are far from normal: nearly the same again and again, then somewhere else.
        "prada" => i % 8 == 0 ? Point(random) : [0.7, 0.7, 0.001 * i],
        "seat" => [0.6, 0.6, 0.5],
        "mahalanobis" or "mmd-account" => [0, 0, 0, 0, 0, 0, 0.9, 0.4 * random.NextDouble()],
        _ => Point(random),
    };

    private static string[] Flagged(string name, Traffic traffic)
    {
        var (observed, truth) = traffic.Build();
        var findings = Baselines.Run(name, observed, truth, CancellationToken.None);
        return
        [
            .. findings.Accounts.Select((finding, place) => (finding, place))
                .Where(static item => item.finding.IsFlagged)
                .Select(item => observed.Accounts[item.place].Id),
        ];
    }

    // Innocents of equal habits with nothing in common. Where all score alike nobody passes the threshold.
    private static Traffic Background(int seed)
    {
        var random = new Random(seed);
        var traffic = new Traffic();
        for (var i = 0; i < Exchanges; i++)
        {
            for (var account = 0; account < Innocents; account++)
            {
                var own = (ulong)account + 1_000;
                traffic.Add($"i{account}", i * 60, Point(random), frame: own, block: own, payment: own);
            }
        }

        for (var account = 0; account < Innocents; account++)
        {
            traffic.Is($"i{account}");
        }

        return traffic;
    }

    private static double[] Point(Random random)
    {
        var point = new double[16];
        for (var i = 0; i < point.Length; i++)
        {
            point[i] = ShapiroWilk.NormalQuantile((random.NextDouble() * 0.98) + 0.01) * (i < 6 ? 0.35 : 0.02);
        }

        return point;
    }
}
