using Sentinel.Detection.Incidents;
using Sentinel.Detection.Links;
using Sentinel.Detection.Observations;
using Sentinel.Detection.Verdicts;
using Sentinel.Storage.Lanes;
using Sentinel.Storage.Queries;
using Sentinel.Testing;

namespace Sentinel.Storage.Tests;

[Collection(OneEngine.Name)]
public sealed class IncidentReaderTests(StoreEngine fixture)
{
    private const string Odd = "b'); --\t\n";

    [Fact]
    public async Task Read_Campaign_CountsItsAccountsAndNobodyElse()
    {
        await using var clickHouse = await fixture.OpenMigratedAsync();
        await FillAsync(clickHouse);
        var incident = await new IncidentReader(clickHouse).ReadAsync("cmp-1", CancellationToken.None);
        Assert.NotNull(incident);
        Assert.Equal(20, incident.Scale.Exchanges);
        Assert.Equal(20 * 100, incident.Scale.OutputTokens);
        Assert.Equal(Sample.Start, incident.Scale.FirstAt);
        Assert.Equal(Sample.Start.AddHours(28), incident.Scale.LastAt);
        Assert.Equal([new IncidentHarvest(AbuseType.SyntheticData, 20, 2000)], incident.Harvested.AsEnumerable());
        Assert.Equal(20, incident.Timeline.Sum(static step => step.Exchanges));
        Assert.Equal(Sample.Start, incident.Timeline[0].At);
        Assert.Equal(["a", Odd, "c"], incident.Accounts.Select(static account => account.Id));
        Assert.Equal(VerdictLevel.Abusive, incident.Accounts[0].Level);
        Assert.Equal(DecisionAction.Block, incident.Accounts[0].Action);
        Assert.Equal(10, incident.Accounts[0].Exchanges);
        Assert.Equal(0, incident.Accounts[2].Exchanges);
        var key = Assert.Single(incident.Keys);
        Assert.Equal((LinkKind.Payment, 5UL, 2, 3), (key.Kind, key.Key, key.Members, key.AllAccounts));
        Assert.Equal(["a", Odd], key.Accounts.AsEnumerable());
        Assert.Equal(["content-tier1/1"], incident.Models.AsEnumerable());
    }

    [Fact]
    public async Task Read_UnknownCampaign_IsNull_AndOneWithoutExchangesIsThere()
    {
        await using var clickHouse = await fixture.OpenMigratedAsync();
        await FillAsync(clickHouse);
        var reader = new IncidentReader(clickHouse);
        Assert.Null(await reader.ReadAsync("' OR 1 --", CancellationToken.None));
        var incident = await reader.ReadAsync("cmp-2", CancellationToken.None);
        Assert.NotNull(incident);
        Assert.True(incident.Scale.FirstAt > DateTimeOffset.UnixEpoch);
        Assert.Empty(incident.Harvested);
    }

    [Fact]
    public async Task Find_ByPeriodRiskAndType_GivesTheRiskiestFirst()
    {
        await using var clickHouse = await fixture.OpenMigratedAsync();
        await FillAsync(clickHouse);
        var reader = new IncidentReader(clickHouse);
        var all = new IncidentQuery(Sample.Start.AddYears(-1), Sample.Start.AddYears(1), 0, null);
        Assert.Equal(["cmp-1", "cmp-2"], (await reader.FindAsync(all, CancellationToken.None)).AsEnumerable());
        Assert.Equal(["cmp-1"], (await reader.FindAsync(all with { RiskMin = 0.9 }, CancellationToken.None)).AsEnumerable());
        Assert.Empty((await reader.FindAsync(all with { Until = all.From }, CancellationToken.None)).AsEnumerable());
        Assert.Empty((await reader.FindAsync(all with { Abuse = AbuseType.RelayHarvest }, CancellationToken.None)).AsEnumerable());
    }

    private static async Task FillAsync(IClickHouse clickHouse)
    {
        await using var store = await LaneStore.OpenAsync(clickHouse, 0, CancellationToken.None);
        var observation = new Observation();
        for (var i = 0; i < 30; i++)
        {
            Sample.Fill(observation, (ulong)i);
            observation.AccountId.Set(System.Text.Encoding.UTF8.GetBytes(i % 3 == 0 ? "a" : i % 3 == 1 ? Odd : "other"));
            observation.OccurredAtMs = Sample.Start.AddHours(i).ToUnixTimeMilliseconds();
            observation.OutputTokens = 100;
            observation.Scores.KindSteps.Clear();
            observation.Scores.KindSteps[2] = 60_000;
            store.Append(observation);
        }

        store.Append(Sample.CampaignOf("cmp-1", version: 2, risk: 0.97, "a", Odd, "c"));
        store.Append(Sample.CampaignOf("cmp-2", version: 1, risk: 0.7, "nobody"));
        store.Append(Sample.VerdictOf(0, 2, "a", VerdictLevel.Abusive, 0.95));
        store.Append(Sample.VerdictOf(0, 1, Odd, VerdictLevel.Watch, 0.2));
        store.Append(new Link(LinkKind.Payment, 5, "a", 0, 0, Sample.Start));
        store.Append(new Link(LinkKind.Payment, 5, Odd, 0, 1, Sample.Start.AddHours(1)));
        store.Append(new Link(LinkKind.Payment, 5, "other", 0, 2, Sample.Start));
        store.Append(new Link(LinkKind.Tls, 6, "a", 0, 0, Sample.Start));
        await store.CommitAsync(CancellationToken.None);
    }
}
