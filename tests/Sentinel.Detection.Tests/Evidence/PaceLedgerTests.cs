using Sentinel.Detection.Evidence;

namespace Sentinel.Detection.Tests.Evidence;

public class PaceLedgerTests
{
    private const long Start = 1_790_000_000_000;

    [Theory]
    [InlineData(0.0, 12)]
    [InlineData(0.1, 14)]
    [InlineData(0.3, 24)]
    [InlineData(0.5, 60)]
    public void Add_EvenGaps_AreSteadySoon(double spread, int gapsMax)
    {
        var random = new Random(3);
        var ledger = Paced(gapsMax, _ => 6_170_000 * (1 + (spread * Gaussian(random))));

        Assert.True(ledger.IsSteady);
        Assert.InRange(ledger.MeanGapMs, 6_170_000 * 0.8, 6_170_000 * 1.2);
    }

    [Fact]
    public void Add_NightsBetweenEvenGaps_AreStillSteady()
    {
        var ledger = Paced(60, i => i % 15 == 14 ? 40_000_000 : 3_100_000);

        Assert.True(ledger.IsSteady);
        Assert.Equal(3_100_000, ledger.MeanGapMs, 1_000.0);
    }

    // The promise is at most one in 1,000 for chance, however often one looks; people are less even than chance.
    [Theory]
    [InlineData(1.0)]
    [InlineData(1.6)]
    public void Add_GapsByChanceOrWorse_AreHardlyEverSteady(double power)
    {
        var random = new Random(11);
        var steady = 0;
        for (var account = 0; account < 4_000; account++)
        {
            var ledger = default(PaceLedger);
            var at = Start;
            var was = false;
            for (var i = 0; i < 120; i++)
            {
                at += 1 + (long)(600_000 * Math.Pow(-Math.Log(1 - random.NextDouble()), power));
                ledger.Add(at);
                was |= ledger.IsSteady;
            }

            steady += was ? 1 : 0;
        }

        Assert.InRange(steady, 0, 10);
    }

    [Fact]
    public void Add_ChangesItsWays_IsTestedAnew()
    {
        var random = new Random(7);
        var ledger = default(PaceLedger);
        var at = Start;
        for (var i = 0; i < 300; i++)
        {
            at += 1 + (long)(600_000 * Math.Pow(-Math.Log(1 - random.NextDouble()), 1.5));
            ledger.Add(at);
        }

        Assert.False(ledger.IsSteady);
        for (var i = 0; i < 80; i++)
        {
            ledger.Add(at += 777_000);
        }

        Assert.True(ledger.IsSteady);
    }

    [Fact]
    public void Add_OutOfOrderAndAtOnce_AreNoGaps()
    {
        var ledger = default(PaceLedger);
        for (var i = 0; i < 40; i++)
        {
            ledger.Add(Start + (i * 60_500));
            ledger.Add(Start + (i * 60_500));
            ledger.Add(Start + (i * 60_500) - 30_000);
        }

        Assert.Equal(39, ledger.EvenCount);
        Assert.Equal(60_500, ledger.MeanGapMs);
    }

    [Fact]
    public void Restore_Saved_GoesOnAlike()
    {
        var ledger = Paced(20, i => 1_000_000 + (i * 777));
        Span<double> saved = stackalloc double[PaceLedger.SavedCount];
        ledger.Save(saved);
        var other = default(PaceLedger);
        other.Restore(saved);
        ledger.Add(Start + 50_000_000);
        other.Add(Start + 50_000_000);

        Assert.Equal(ledger.Nats, other.Nats);
        Assert.Equal(ledger.MeanGapMs, other.MeanGapMs);
    }

    private static PaceLedger Paced(int gaps, Func<int, double> gapMs)
    {
        var ledger = default(PaceLedger);
        var at = (double)Start;
        ledger.Add(Start);
        for (var i = 0; i < gaps; i++)
        {
            at += Math.Max(1, gapMs(i));
            ledger.Add((long)at);
        }

        return ledger;
    }

    private static double Gaussian(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
