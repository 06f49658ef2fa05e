using Sentinel.Detection.Scoring;
using Sentinel.Evaluation.Detectors;
using Sentinel.Evaluation.Measures;

namespace Sentinel.Evaluation.Tests;

public sealed class CalibrationTallyTests
{
    private static readonly BenignReference Reference = new([0, 1_000, 2_000], [1, 0.2, 0.08], 0.001);

    [Fact]
    public void Measure_AccountsAndDays_CountOnceAndTheFlaggedNotAtAll()
    {
        var traffic = new Traffic();
        for (var day = 0; day < 4; day++)
        {
            var minute = day * 24 * 60;
            traffic.Add("busy", minute, harvest: 2_500).Add("busy", minute + 1, harvest: 2_500);
            traffic.Add("busy", minute + 2, harvest: 100).Add("busy", minute + 3, harvest: 100);
            traffic.Add("quiet", minute + 4, harvest: (ushort)(day == 3 ? 2_500 : 50)); // One exchange, and as much weight.
            traffic.Add("flagged", minute + 5, harvest: 2_500);
        }

        var (observed, _) = traffic.Is("busy").Is("quiet").Is("flagged", "ring").Build();
        var tally = new CalibrationTally(Reference);
        tally.Add(observed, new DetectorFindings(
            new DetectorCard("d", "s", 0.001), [default, default, new AccountFinding(1, IsFlagged: true, 0, 1)], []));
        var days = tally.Measure();

        Assert.Equal([1, 2, 3, 4], days.Select(static day => day.Day));
        Assert.Equal([1, 1, 1, 2], days.Select(static day => day.Shares.Count)); // Three days before are the fewest.
        Assert.All(days, static day => Assert.Equal(2, day.Shares[0].Accounts));
        Assert.Equal([0.25, 0.25, 0.25, 0.75], days.Select(static day => Math.Round(day.Shares[0].Realised, 9)));
        var before = days[3].Shares[1];
        Assert.Equal((CalibrationPromise.AsBefore, 2), (before.Promise, before.OneIn));
        Assert.Equal(0.5, before.Promised, 9); // Half of all score 100 at least; half of one account's and all of the other's do now.
        Assert.Equal(1, before.Realised, 9);
    }
}
