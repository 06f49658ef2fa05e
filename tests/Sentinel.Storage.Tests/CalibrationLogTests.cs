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
    [InlineData(0.24, true)]
    public async Task Measure_DayOfInnocents_KeepsPromisedAndRealisedAndTellsWhenTheyPart(double share, bool parts)
    {
        await using var clickHouse = await fixture.OpenMigratedAsync();
        await using (var store = await LaneStore.OpenAsync(clickHouse, 0, CancellationToken.None))
        {
            for (var account = 0; account <= 40; account++)
            {
                for (var i = 0; i < 25; i++)
                {
                    var isHigh = account == 40 || i < Math.Round(25 * share);
                    Append(store, $"a-{account}", isHigh ? 2_000 : 1_999, (ulong)((account * 25) + i + 1));
                }
            }

            store.Append(Sample.VerdictOf(0, 1, "a-40", VerdictLevel.Suspect, 0.9));
            await store.CommitAsync(CancellationToken.None);
        }

        var log = new CalibrationLog(clickHouse);
        await log.MeasureAsync(Reference, "test/1", days: 2, CancellationToken.None);
        await log.MeasureAsync(Reference, "test/1", days: 2, CancellationToken.None); // An hour later.
        var days = await log.ListAsync(10, CancellationToken.None);

        Assert.Equal([10, 100], days.Select(day => day.OneIn));
        var tenth = days[0];
        Assert.Equal((DateOnly.FromDateTime(Sample.Start.UtcDateTime), "test/1", 40L), (tenth.Day, tenth.ModelVersion, tenth.Accounts));
        Assert.Equal(0.08, tenth.Promised, 9);
        Assert.Equal(share, tenth.Realised, 9);
        Assert.Equal(parts, tenth.Parts);
        Assert.Equal(0, days[1].Realised);
    }

    private static void Append(LaneStore store, string account, int steps, ulong seed)
    {
        var observation = new Observation();
        Sample.Fill(observation, seed);
        observation.OccurredAtMs = Sample.Start.ToUnixTimeMilliseconds();
        observation.AccountId.Set(System.Text.Encoding.UTF8.GetBytes(account));
        observation.Scores.HarvestSteps = (ushort)steps;
        observation.Tier = Observation.FirstTier;
        store.Append(observation);
    }
}
