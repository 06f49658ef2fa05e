using Sentinel.Evaluation.Measures;
using Sentinel.Evaluation.Windows;

namespace Sentinel.Evaluation.Tests;

public sealed class WindowProtocolTests
{
    [Fact]
    public void TryRun_ContentAndPlaceDiffer_AreFoundByShareAndKeepTheirPromise()
    {
        var (traffic, truth) = Played(exchanges: 60);
        var isRun = WindowProtocol.TryRun("t", traffic, truth, CancellationToken.None, out var report, out var fault);
        Assert.True(isRun, fault);
        Assert.Equal(["loud"], report.Sources);
        Assert.Equal(["tiny"], report.LeftOut);
        var measures = report.Measures.Where(static measure => measure.Split == WindowProtocol.ByExchanges).ToList();
        Assert.Equal(3 * WindowProtocol.Rates.Count, measures.Count); // There is too little for the longer windows.
        Assert.All(measures, measure =>
        {
            Assert.InRange(measure.FalsePositives.Value, 0, 4 * measure.PromisedRate);
            Assert.True(measure.At(0.05).Value <= measure.At(0.25).Value + 0.05);
            Assert.Equal(1, measure.At(0.5).Value);
        });
        var evidence = measures.Single(static measure =>
            measure is { Detector: WindowRun.Evidence, Length: 100, PromisedRate: 0.003 });
        Assert.Equal(5 * 200, evidence.Rows.Sum(static row => row.Detected.Of));
        Assert.True(evidence.At(0.05).Value > 0.5);
    }

    [Fact]
    public void TryRun_Twice_FindsTheSame()
    {
        var (traffic, truth) = Played(exchanges: 20);
        Assert.True(WindowProtocol.TryRun("t", traffic, truth, CancellationToken.None, out var first, out _));
        Assert.True(WindowProtocol.TryRun("t", traffic, truth, CancellationToken.None, out var second, out _));
        Assert.Equal(
            first.Measures.SelectMany(static measure => measure.Rows),
            second.Measures.SelectMany(static measure => measure.Rows));
    }

    [Fact]
    public void TryRun_TooLittleTraffic_SaysSo()
    {
        var (traffic, truth) = Played(exchanges: 1);
        Assert.False(WindowProtocol.TryRun("t", traffic, truth, CancellationToken.None, out _, out var fault));
        Assert.Contains("windows of 100 need 5 times as many", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Pool_TwoFolders_AddsUpWhatIsAlike()
    {
        var pooled = WindowReport.Pool([Folder("a", 1, 3), Folder("b", 2, 4)]);
        Assert.Equal("a, b", pooled!.Folder);
        Assert.Equal(["few"], pooled.LeftOut);
        var measure = Assert.Single(pooled.Measures);
        Assert.Equal(new Share(3, 200), measure.FalsePositives);
        Assert.Equal([new WindowRow("ring", 0.05, new Share(7, 40))], measure.Rows);
        Assert.Null(WindowReport.Pool([]));
    }

    private static WindowReport Folder(string name, long wrong, long right) => new(
        name, ["ring"], ["few"],
        [
            new WindowMeasure(WindowProtocol.ByAccounts, "mmd", 100, 0.01, new Share(wrong, 100), [
                new WindowRow("ring", 0.05, new Share(right, 20))]),
        ]);

    // Ninety innocents, a campaign that asks elsewhere and scores high, and one of too few exchanges.
    private static (Evaluation.Traffic.ObservedTraffic, Evaluation.Traffic.AccountTruth[]) Played(int exchanges)
    {
        var random = new Random(17);
        var traffic = new Traffic();
        for (var i = 0; i < exchanges; i++)
        {
            for (var account = 0; account < 90; account++)
            {
                traffic.Add($"i{account}", i, Point(random, 0), harvest: (ushort)random.Next(40_000));
            }

            for (var member = 0; member < 15; member++)
            {
                traffic.Add($"m{member}", i, Point(random, 1), harvest: (ushort)random.Next(35_000, 65_000));
            }
        }

        for (var account = 0; account < 90; account++)
        {
            traffic.Is($"i{account}");
        }

        for (var member = 0; member < 15; member++)
        {
            traffic.Is($"m{member}", "loud");
        }

        return traffic.Add("small", 0).Is("small", "tiny").Build();
    }

    private static double[] Point(Random random, double offset) =>
        [offset + (random.NextDouble() / 2) - 0.25, random.NextDouble() - 0.5, random.NextDouble() - 0.5];
}
