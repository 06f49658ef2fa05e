using Sentinel.Detection.Scoring;

namespace Sentinel.Detection.Tests.Scoring;

public sealed class CalibrationCheckTests
{
    private const int Accounts = 4_000;

    private static readonly BenignReference Reference = new([0, 1_000, 2_000, 3_000], [1, 0.2, 0.08, 0.01], 0.001);

    // Worst innocents make the bound, so that others stay far below it.
    [Theory]
    [InlineData(0, true, false)]
    [InlineData(0.08, true, false)]
    [InlineData(0.099, true, false)]
    [InlineData(0.13, false, true)]
    public void TryAtMost_ShareAboveTheBound_IsAnAlarmOnlyPastAQuarter(double high, bool isKept, bool parts)
    {
        Assert.True(CalibrationCheck.TryAtMost(Reference, Day(Accounts, high, 2_000), 10, out var share));
        Assert.Equal((CalibrationPromise.AtMost, 10), (share.Promise, share.OneIn));
        Assert.Equal(0.08, share.Promised, 9);
        Assert.Equal(high, share.Realised, 9);
        Assert.Equal((isKept, parts), (share.IsKept, share.Parts));
    }

    [Fact]
    public void TryAtMost_ReferenceThatPromisesNothingSoRare_IsNotMeasured() =>
        Assert.False(CalibrationCheck.TryAtMost(Reference, Day(Accounts, 0.1, 2_000), 1_000, out _));

    // One in ten of the days before reached a score; a day of which more or fewer do drifts either way.
    [Theory]
    [InlineData(0.1, false)]
    [InlineData(0.12, false)]
    [InlineData(0.08, false)]
    [InlineData(0.14, true)]
    [InlineData(0.06, true)]
    public void TryAsBefore_ShareThatMoved_IsAnAlarmPastAQuarterEitherWay(double high, bool parts)
    {
        var before = Enumerable.Repeat(Day(Accounts, 0.1, 2_000), CalibrationCheck.DaysBefore).ToList();
        Assert.True(CalibrationCheck.TryAsBefore(before, Day(Accounts, high, 2_000), 10, out var share));
        Assert.Equal(0.1, share.Promised, 9);
        Assert.Equal(high, share.Realised, 9);
        Assert.Equal(parts, share.Parts);
        Assert.NotEqual(share.IsKept, share.Parts); // So many accounts leave little to chance.
    }

    [Fact]
    public void Parts_FewAccounts_NeedsMoreThanChanceExplains()
    {
        var before = Enumerable.Repeat(Day(100, 0.1, 2_000), CalibrationCheck.DaysBefore).ToList();
        Assert.True(CalibrationCheck.TryAsBefore(before, Day(100, 0.2, 2_000), 10, out var little));
        Assert.Equal((false, false), (little.IsKept, little.Parts));
        Assert.True(CalibrationCheck.TryAsBefore(before, Day(100, 0.3, 2_000), 10, out var much));
        Assert.True(much.Parts);
    }

    [Fact]
    public void TryAsBefore_TooFewDays_SaysNothing() => Assert.False(CalibrationCheck.TryAsBefore(
        [Day(Accounts, 0.1, 2_000), Day(Accounts, 0.1, 2_000)], Day(Accounts, 0.1, 2_000), 10, out _));

    // Innocents of one kind all the time: whatever is drawn, hardly a day of many alarms.
    [Fact]
    public void Parts_DaysOfOneKind_HardlyEverAlarm()
    {
        const int seed = 12;
        var random = new Random(seed);
        var (alarms, measured) = (0, 0);
        var days = new Queue<ScoreSpread>();
        for (var number = 0; number < 200; number++)
        {
            var day = Drawn(random, 300);
            foreach (var oneIn in CalibrationCheck.AsBeforeOneIn)
            {
                if (CalibrationCheck.TryAsBefore(days, day, oneIn, out var share))
                {
                    measured++;
                    alarms += share.Parts ? 1 : 0;
                }
            }

            days.Enqueue(day);
            if (days.Count > CalibrationCheck.DaysBefore)
            {
                days.Dequeue();
            }
        }

        Assert.Equal(3 * (200 - CalibrationCheck.DaysBeforeMin), measured);
        Assert.True(alarms <= 0.01 * measured, $"seed {seed}: {alarms} of {measured}");
    }

    [Fact]
    public void TryScoreOf_EqualScores_StayTogether()
    {
        var spread = Day(10, 0.3, 2_000);
        Assert.True(spread.TryScoreOf(0.3, out var steps));
        Assert.Equal(101, steps); // Just above what the others have.
        Assert.Equal(0.3, spread.ShareAtLeast(steps), 9);
        Assert.True(spread.TryScoreOf(0.29, out steps));
        Assert.Equal(0, spread.ShareAtLeast(steps), 9);
        Assert.False(Day(10, 1, ushort.MaxValue).TryScoreOf(0.5, out _));
    }

    // Everybody sends the same share of high scores; the rest scores 100.
    private static ScoreSpread Day(int accounts, double high, ushort steps)
    {
        var byStep = new double[ScoreSpread.Steps];
        byStep[100] = accounts * (1 - high);
        byStep[steps] += accounts * high;
        return new ScoreSpread(accounts, byStep);
    }

    // Everybody has a level of their own and ten exchanges around it.
    private static ScoreSpread Drawn(Random random, int accounts)
    {
        var byStep = new double[ScoreSpread.Steps];
        for (var account = 0; account < accounts; account++)
        {
            var level = random.Next(50_000);
            for (var i = 0; i < 10; i++)
            {
                byStep[level + random.Next(10_000)] += 0.1;
            }
        }

        return new ScoreSpread(accounts, byStep);
    }
}
