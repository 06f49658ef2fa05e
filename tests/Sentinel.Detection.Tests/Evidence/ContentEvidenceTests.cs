using Sentinel.Detection.Evidence;
using Sentinel.Detection.Readings;
using Sentinel.Detection.Scoring;

namespace Sentinel.Detection.Tests.Evidence;

public class ContentEvidenceTests
{
    [Theory]
    [InlineData(0.1)]
    [InlineData(0.001)]
    public void Of_BenignScores_ExpectedEvidenceIsAtMostOne(double floor)
    {
        // The reference itself as the source: 200 equally likely scores, p-values k/200.
        var thresholds = Enumerable.Range(0, 200).Select(k => (ushort)(k * 300)).ToArray();
        var shares = thresholds.Select((_, k) => (200 - k) / 200.0).ToArray();
        var evidence = new ContentEvidence(new BenignReference([.. thresholds], [.. shares], floor));

        var mean = thresholds.Average(score => Math.Exp(evidence.Of(score)));

        Assert.InRange(mean, 0.5, 1.0);
    }

    [Fact]
    public void Of_HigherScore_NeverLessEvidence()
    {
        var evidence = new ContentEvidence(new BenignReference([0, 100, 5000, 60000], [1, 0.5, 0.05, 0.001], 0.0005));
        for (var step = 1; step <= ushort.MaxValue; step++)
        {
            Assert.True(evidence.Of((ushort)step) >= evidence.Of((ushort)(step - 1)));
        }
    }

    [Fact]
    public void OfContext_Repetition_GrowsLikeTheLogarithmUpToThree()
    {
        Assert.Equal(2, ContentEvidence.OfContext(2, 1), 9);
        Assert.Equal(2 * (1 + (1 / 2.0) + (1 / 3.0) + (1 / 4.0)), ContentEvidence.OfContext(2 * 4, 4), 9);
        Assert.Equal(2 * ContentEvidence.ContextWeightMax, ContentEvidence.OfContext(2 * 1000, 1000), 9);
    }

    [Fact]
    public void Combine_OneStrongContextAmongOrdinaryOnes_IsDilutedNotErased()
    {
        double[] contexts = [12, .. Enumerable.Repeat(-0.7, 15)];
        Assert.InRange(ContentEvidence.Combine(contexts), 6, 12);
        Assert.True(ContentEvidence.Combine([-0.7, -0.7, -0.7]) < 0);
    }

    [Fact]
    public void Total_MoreFramesThanSlots_LosesNoExchange()
    {
        var ledger = default(FrameLedger);
        for (var i = 0; i < 100; i++)
        {
            ledger.Add(new FrameSketch { HeadAnchor = (ulong)i + 1 }, 0.5f);
        }

        var count = 0;
        var sum = 0f;
        foreach (var slot in ledger.InUse)
        {
            count += slot.Count;
            sum += slot.EvidenceSum;
        }

        Assert.Equal(FrameLedger.FramesMax + 1, ledger.InUse.Length);
        Assert.Equal(100, count);
        Assert.Equal(50f, sum, 3);
    }

    [Fact]
    public void PValue_BetweenThresholds_TakesTheLowerOnesShare()
    {
        var reference = new BenignReference([100, 200], [0.5, 0.1], 0.05);
        Assert.Equal(1, reference.PValue(99));
        Assert.Equal(0.5, reference.PValue(100));
        Assert.Equal(0.5, reference.PValue(199));
        Assert.Equal(0.1, reference.PValue(65535));
    }

    [Fact]
    public void BenignReference_UnorderedTable_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => new BenignReference([200, 100], [0.5, 0.1], 0.05));
        Assert.Throws<ArgumentException>(() => new BenignReference([100, 200], [0.1, 0.5], 0.05));
        Assert.Throws<ArgumentException>(() => new BenignReference([], [], 0.05));
    }
}
