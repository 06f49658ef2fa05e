using Sentinel.Detection.Observations;
using Sentinel.Detection.Ports;
using Sentinel.Detection.Verdicts;
using Sentinel.Storage.Lanes;
using Sentinel.Storage.Queries;
using Sentinel.Testing;

namespace Sentinel.Storage.Tests;

[Collection(OneEngine.Name)]
public sealed class SummaryReaderTests(StoreEngine fixture)
{
    private static readonly DateTimeOffset End = Sample.Start.AddDays(3);

    [Fact]
    public async Task CountHours_ExchangesAndVerdicts_AreSummedByHourAndLevel()
    {
        await using var scope = await HttpScope.OpenMigratedAsync(fixture);
        await using var store = await LaneStore.OpenAsync(scope.Http, 0, CancellationToken.None);
        for (var round = 0; round < 2; round++)
        {
            Append(store, Sample.Start.AddMinutes(59), count: 30, modelKey: 1);
            Append(store, Sample.Start.AddMinutes(60), count: 12, modelKey: 2);
            foreach (var account in new[] { "a", "b", "a" })
            {
                store.Append(Sample.VerdictOf(0, 1, account, VerdictLevel.Suspect, 0.9));
            }

            store.Append(Sample.VerdictOf(0, 2, "c", VerdictLevel.Abusive, 0.9) with { At = Sample.Start.AddHours(1) });
            await store.CommitAsync(CancellationToken.None);
        }

        var hours = await new SummaryReader(scope.Http).CountHoursAsync(Sample.Start, End, CancellationToken.None);
        Assert.Equal(
            [
                new HourCounts(Sample.Start, Exchanges: 60, Watch: 0, Suspect: 2, Abusive: 0),
                new HourCounts(Sample.Start.AddHours(1), Exchanges: 24, Watch: 0, Suspect: 0, Abusive: 1),
            ],
            hours.ToArray());
        Assert.Empty(await new SummaryReader(scope.Http).CountHoursAsync(
            Sample.Start.AddHours(2), End, CancellationToken.None));
    }

    [Fact]
    public async Task CountModels_TwoDays_AreSummedByModelAndPlan()
    {
        await using var scope = await HttpScope.OpenMigratedAsync(fixture);
        await using var store = await LaneStore.OpenAsync(scope.Http, 0, CancellationToken.None);
        Append(store, Sample.Start, count: 5, modelKey: 1);
        Append(store, Sample.Start.AddHours(7), count: 6, modelKey: 1);
        Append(store, Sample.Start.AddHours(7), count: 20, modelKey: 2);
        Append(store, Sample.Start.AddDays(1), count: 3, modelKey: 1);
        await store.CommitAsync(CancellationToken.None);
        var day = DateOnly.FromDateTime(Sample.Start.UtcDateTime);
        Assert.Equal(
            [
                new ModelDay(day, ModelKey: 2, PlanKey: 7, Exchanges: 20, InputTokens: 200, OutputTokens: 0),
                new ModelDay(day, ModelKey: 1, PlanKey: 7, Exchanges: 11, InputTokens: 110, OutputTokens: 0),
                new ModelDay(day.AddDays(1), ModelKey: 1, PlanKey: 7, Exchanges: 3, InputTokens: 30, OutputTokens: 0),
            ],
            (await new SummaryReader(scope.Http).CountModelsAsync(Sample.Start, End, CancellationToken.None))
                .ToArray());
    }

    [Fact]
    public async Task CountDetections_VerdictsThatRepeat_CountAnAccountOnceATypeAndDay()
    {
        await using var scope = await HttpScope.OpenMigratedAsync(fixture);
        await using var store = await LaneStore.OpenAsync(scope.Http, 0, CancellationToken.None);
        for (var offset = 0; offset < 9; offset++)
        {
            store.Append(Sample.VerdictOf(0, offset, "acct-" + (offset % 3), VerdictLevel.Suspect, 0.9));
            store.Append(Sample.VerdictOf(0, 100 + offset, "acct-7", VerdictLevel.Watch, 0.3));
        }

        await store.CommitAsync(CancellationToken.None);
        var day = DateOnly.FromDateTime(Sample.Start.UtcDateTime);
        Assert.Equal(
            [new DetectionDay(day, AbuseType.SyntheticData, 3), new DetectionDay(day, AbuseType.AccountFraud, 3)],
            (await new SummaryReader(scope.Http).CountDetectionsAsync(Sample.Start, End, CancellationToken.None))
                .ToArray());
    }

    [Fact]
    public async Task CountDeadLetters_WrittenTwice_CountOnce()
    {
        await using var scope = await HttpScope.OpenMigratedAsync(fixture);
        await using var store = await LaneStore.OpenAsync(scope.Http, 0, CancellationToken.None);
        for (var line = 0; line < 10; line++)
        {
            store.Append(new DeadLetter("a.jsonl", line % 5, 0, "not_json", "Not JSON.", "{"));
        }

        store.Append(new DeadLetter("a.jsonl", 7, 0, "too_long", "Too long.", "{"));
        await store.CommitAsync(CancellationToken.None);
        var hours = await new SummaryReader(scope.Http).CountDeadLettersAsync(
            Sample.Start, DateTimeOffset.MaxValue, CancellationToken.None);
        Assert.Equal(["not_json 5", "too_long 1"], hours
            .GroupBy(hour => hour.Code)
            .Select(code => $"{code.Key} {code.Max(hour => hour.Letters)}"));
    }

    private static void Append(LaneStore store, DateTimeOffset at, int count, ulong modelKey)
    {
        var observation = new Observation();
        for (var i = 0; i < count; i++)
        {
            Sample.Fill(observation, (ulong)i);
            observation.OccurredAtMs = at.ToUnixTimeMilliseconds() + i;
            observation.ModelKey = modelKey;
            observation.PlanKey = 7;
            observation.InputTokens = 10;
            observation.OutputTokens = -1;
            store.Append(observation);
        }
    }
}
