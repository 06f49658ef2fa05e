using Sentinel.Detection.Observations;
using Sentinel.Detection.Scoring;
using Sentinel.Detection.Verdicts;
using Sentinel.Storage.Lanes;
using Sentinel.Storage.Queries;
using Sentinel.Testing;

namespace Sentinel.Storage.Tests;

[Collection(OneEngine.Name)]
public sealed class CalibrationLogTests(StoreEngine fixture)
{
    private static readonly BenignReference Reference = new([0, 1_000, 2_000, 3_000], [1, 0.2, 0.08, 0.01], 0.001);

    // Forty innocents of whom a share scores high, and one that was flagged and always does.
    [Theory]
    [InlineData(0.08, false)]
    [InlineData(0, false)] // To stay below what was promised at most is no fault.
    [InlineData(0.24, true)]
    public async Task Measure_DayOfInnocents_KeepsPromisedAndRealisedAndTellsWhenItIsMore(double share, bool parts)
    {
        await using var clickHouse = await fixture.OpenMigratedAsync();
        await PlayAsync(clickHouse, [share]);
        var log = new CalibrationLog(clickHouse);
        await log.MeasureAsync(Reference, "test/1", days: 2, CancellationToken.None);
        await log.MeasureAsync(Reference, "test/1", days: 2, CancellationToken.None); // An hour later.
        var days = await log.ListAsync(10, CancellationToken.None);

        Assert.Equal([10, 100], days.Select(day => day.Share.OneIn));
        Assert.All(days, static day => Assert.Equal(CalibrationPromise.AtMost, day.Share.Promise));
        var tenth = days[0];
        Assert.Equal(
            (DateOnly.FromDateTime(Sample.Start.UtcDateTime), "test/1", 40L),
            (tenth.Day, tenth.ModelVersion, tenth.Share.Accounts));
        Assert.Equal(0.08, tenth.Share.Promised, 9);
        Assert.Equal(share, tenth.Share.Realised, 9);
        Assert.Equal(parts, tenth.Share.Parts);
        Assert.Equal(0, days[1].Share.Realised);
    }

    // The sixth day is not over, so that it is not held against the others.
    [Fact]
    public async Task Measure_DayUnlikeThoseBefore_IsToldOnceItIsOver()
    {
        await using var clickHouse = await fixture.OpenMigratedAsync();
        await PlayAsync(clickHouse, [0.04, 0.04, 0.04, 0.04, 0.4, 0.04]);
        var log = new CalibrationLog(clickHouse);
        await log.MeasureAsync(Reference, "test/1", days: 2, CancellationToken.None);
        var days = (await log.ListAsync(100, CancellationToken.None))
            .Where(static day => day.Share is { Promise: CalibrationPromise.AsBefore, OneIn: 10 })
            .ToList();

        var first = DateOnly.FromDateTime(Sample.Start.UtcDateTime);
        Assert.Equal([first.AddDays(4), first.AddDays(3)], days.Select(static day => day.Day));
        Assert.Equal([true, false], days.Select(static day => day.Share.Parts));
        Assert.Equal(0.04, days[0].Share.Promised, 9);
        Assert.Equal(0.4, days[0].Share.Realised, 9);
    }

    private static async Task PlayAsync(IClickHouse clickHouse, double[] shareByDay)
    {
        await using var store = await LaneStore.OpenAsync(clickHouse, 0, CancellationToken.None);
        var seed = 0UL;
        for (var day = 0; day < shareByDay.Length; day++)
        {
            for (var account = 0; account <= 40; account++)
            {
                for (var i = 0; i < 25; i++)
                {
                    var isHigh = account == 40 || i < Math.Round(25 * shareByDay[day]);
                    Append(store, $"a-{account}", day, isHigh ? 2_000 : 1_999, ++seed);
                }
            }
        }

        store.Append(Sample.VerdictOf(0, 1, "a-40", VerdictLevel.Suspect, 0.9));
        await store.CommitAsync(CancellationToken.None);
    }

    private static void Append(LaneStore store, string account, int day, int steps, ulong seed)
    {
        var observation = new Observation();
        Sample.Fill(observation, seed);
        observation.OccurredAtMs = Sample.Start.AddDays(day).ToUnixTimeMilliseconds();
        observation.AccountId.Set(System.Text.Encoding.UTF8.GetBytes(account));
        observation.Scores.HarvestSteps = (ushort)steps;
        observation.Tier = Observation.FirstTier;
        store.Append(observation);
    }
}
