using Sentinel.Detection.Evidence;
using Sentinel.Detection.Scoring;

namespace Sentinel.Detection.Tests.Evidence;

/// <summary>How an account's scores spread.</summary>
public sealed class HarvestSpreadTests
{
    private const double CellWidth = 0.5;

    [Theory]
    [InlineData(0.1, 1)]
    [InlineData(0.1, 4)]
    [InlineData(0.5, 0)]
    [InlineData(1, 8)]
    public void Highest_AnyScores_IsTheirMeanToHalfACell(double share, double usualCount)
    {
        var random = new Random(5);
        for (var round = 0; round < 50; round++)
        {
            var spread = default(HarvestSpread);
            var logits = Enumerable.Range(0, 10 + random.Next(90)).Select(_ => (random.NextDouble() * 7) - 3.5).ToList();
            logits.ForEach(logit => spread.Add(Steps(logit)));
            var wanted = logits.Count * share;
            var (sum, left) = (0.0, wanted);
            foreach (var logit in logits.OrderDescending())
            {
                sum += logit * Math.Min(1, left);
                left = Math.Max(0, left - 1);
            }

            var expected = (sum + (-1.5 * usualCount)) / (wanted + usualCount);
            Assert.Equal(expected, spread.Highest(share, logits.Count, usual: -1.5, usualCount), CellWidth / 2);
        }
    }

    [Fact]
    public void Highest_TwentiethAmongThousands_StaysSeen()
    {
        var spread = default(HarvestSpread);
        for (var i = 0; i < 5_000; i++)
        {
            spread.Add(Steps(i % 20 == 0 ? 3 : -3));
        }

        Assert.Equal(3, spread.Highest(0.05, 5_000, usual: -3, usualCount: 4), CellWidth);
        Assert.Equal((0.05 * 3) - (0.95 * 3), spread.Mean(), CellWidth);
    }

    [Fact]
    public void Highest_OfFew_IsNearWhatIsUsual()
    {
        var (few, many) = (default(HarvestSpread), default(HarvestSpread));
        for (var i = 0; i < 100; i++)
        {
            if (i < 10)
            {
                few.Add(Steps(2.2));
            }

            many.Add(Steps(2.2));
        }

        Assert.True(few.Highest(0.1, 10, -1, 4) < many.Highest(0.1, 100, -1, 4) - 1);
    }

    [Fact]
    public void Add_ImpossibleAndCertain_AreTheOutermost()
    {
        var spread = default(HarvestSpread);
        spread.Add(0);
        spread.Add(ushort.MaxValue);
        Assert.Equal((1, 1), (spread.Cells[0], spread.Cells[HarvestSpread.CellCount - 1]));
        Assert.Equal(0, spread.Mean(), 1e-9);
        Assert.Equal(0, default(HarvestSpread).Mean());
    }

    private static ushort Steps(double logit) => ContentScores.ToSteps((float)(1 / (1 + Math.Exp(-logit))));
}
