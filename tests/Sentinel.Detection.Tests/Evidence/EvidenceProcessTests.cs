using Sentinel.Detection.Evidence;
using Sentinel.Detection.Readings;
using Sentinel.Detection.Scoring;

namespace Sentinel.Detection.Tests.Evidence;

/// <summary>
/// What the thresholds promise: of innocent streams at most a share α ever reaches ln(1/α), however long they run and
/// whenever one looks. Every stream is looked at after each exchange and keeps its highest value, which is the worst that
/// anybody who chooses when to stop can do.
/// </summary>
public class EvidenceProcessTests
{
    private const int Streams = 2_000;
    private const int Exchanges = 10_000;

    // Where a frame's exchanges all score alike, ten of them say all that there is to say.
    private const int ExchangesOfOneScore = 2_000;

    // A fine reference: every p-value down to 1 in 2,000 occurs as often as it says.
    private static readonly ContentEvidence Evidence = new(new BenignReference(
        [.. Enumerable.Range(0, 2_000).Select(static i => (ushort)(i * 32))],
        [.. Enumerable.Range(0, 2_000).Select(static i => (2_000 - i) / 2_000.0)],
        floor: 1 / 2_000.0));

    /// <summary>How an innocent account's exchanges depend on each other.</summary>
    public enum Habit
    {
        NoFrames,
        FramesOfOneScore,
        FramesWithScatter,
        NewFrameEachTime,
        FramesThatComeBack,
    }

    [Theory]
    [InlineData(Habit.NoFrames, 1)]
    [InlineData(Habit.FramesWithScatter, 1)]
    [InlineData(Habit.NewFrameEachTime, 1)]
    [InlineData(Habit.FramesOfOneScore, 2.5)] // The price of letting repetition count three times.
    [InlineData(Habit.FramesThatComeBack, 2.5)]
    public void Total_InnocentStreamsLookedAtAfterEveryExchange_NoMoreCrossThanPromised(Habit habit, double price)
    {
        var peaks = new double[Streams];
        Parallel.For(0, Streams, stream => peaks[stream] = Peak(habit, new Random(stream + ((int)habit * 7919))));

        foreach (var alpha in new[] { 0.1, 0.01 })
        {
            var crossed = peaks.Count(peak => peak >= Math.Log(1 / alpha));
            Assert.True(
                crossed <= alpha * Streams * (alpha > 0.05 ? 1 : price),
                $"{habit}: {crossed} of {Streams} streams crossed 1/{alpha}, seeds 0..{Streams - 1}");
        }
    }

    private static double Peak(Habit habit, Random random)
    {
        var ledger = default(FrameLedger);
        var frames = habit is Habit.FramesThatComeBack ? 40 : 1 + random.Next(FrameLedger.FramesMax);
        var scores = new float[frames + 1];
        for (var i = 0; i < scores.Length; i++)
        {
            scores[i] = Draw(random);
        }

        var peak = 0.0;
        var exchanges = habit is Habit.FramesOfOneScore or Habit.FramesThatComeBack ? ExchangesOfOneScore : Exchanges;
        for (var i = 0; i < exchanges; i++)
        {
            var frame = habit switch
            {
                Habit.NoFrames => 0,
                Habit.NewFrameEachTime => i + 1,
                _ => 1 + random.Next(frames),
            };
            var evidence = habit is Habit.FramesOfOneScore or Habit.FramesThatComeBack ? scores[frame] : Draw(random);
            ledger.Add(new FrameSketch { HeadAnchor = (ulong)frame }, evidence);

            // Only where the latest exchange speaks against the account can a new high be reached.
            if (evidence > 0)
            {
                peak = Math.Max(peak, ledger.Total());
            }
        }

        return peak;
    }

    private static float Draw(Random random) => Evidence.Of((ushort)(random.Next(2_000) * 32));
}
