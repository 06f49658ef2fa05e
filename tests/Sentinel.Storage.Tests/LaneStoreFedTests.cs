using Sentinel.Detection.Observations;
using Sentinel.Detection.Verdicts;
using Sentinel.Storage.Lanes;
using Sentinel.Storage.Queries;
using Sentinel.Testing;

namespace Sentinel.Storage.Tests;

[Collection(OneEngine.Name)]
public sealed class LaneStoreFedTests(StoreEngine fixture)
{
    [Fact]
    public async Task Append_OffsetsOfAnotherLog_AreKeptWithTheirGaps()
    {
        await using var scope = await HttpScope.OpenMigratedAsync(fixture);
        long[] offsets = [5, 6, 9, 1_000_000];
        await using (var store = await LaneStore.OpenFedAsync(scope.Http, 2, CancellationToken.None))
        {
            await AppendAsync(store, offsets);
            Assert.Equal(1_000_001, store.NextOffset);
        }

        await using var again = await LaneStore.OpenFedAsync(scope.Http, 2, CancellationToken.None);
        var found = new List<long>();
        Assert.Equal(4, await again.RecoverAsync(item => found.Add(item.Offset), CancellationToken.None));
        Assert.Equal(offsets, found);
    }

    [Fact]
    public async Task Append_WhatIsStoredAlready_IsLeftOut()
    {
        await using var scope = await HttpScope.OpenMigratedAsync(fixture);
        await using (var store = await LaneStore.OpenFedAsync(scope.Http, 0, CancellationToken.None))
        {
            await AppendAsync(store, 10, 11, 15);
        }

        await using var again = await LaneStore.OpenFedAsync(scope.Http, 0, CancellationToken.None);
        Assert.Equal(16, again.NextOffset);
        await AppendAsync(again, 10, 11, 15, 16, 20);
        Assert.Equal(5UL, await scope.Database.NumberAsync("SELECT count() FROM exchanges LIMIT 1"));
        var observation = new Observation();
        Sample.Fill(observation, seed: 1);
        observation.Offset = 17;
        Assert.Throws<InvalidOperationException>(() => again.Append(observation));
    }

    [Fact]
    public async Task Open_VerdictsBeyondTheLog_LeaveNothingOut()
    {
        // A campaigns lane numbers by another log; what it concluded says nothing of exchanges.
        await using var scope = await HttpScope.OpenMigratedAsync(fixture);
        await using var store = await LaneStore.OpenFedAsync(scope.Http, 0, CancellationToken.None);
        store.Append(Sample.VerdictOf(0, 100, "acct-1", VerdictLevel.Watch, 0.5));
        await store.CommitAsync(CancellationToken.None);
        await using var again = await LaneStore.OpenFedAsync(scope.Http, 0, CancellationToken.None);
        await AppendAsync(again, 50);
        Assert.Equal(1UL, await scope.Database.NumberAsync("SELECT count() FROM exchanges LIMIT 1"));
    }

    [Theory]
    [InlineData(VerdictLevel.Watch, VerdictLevel.Abusive, VerdictOrigin.Campaigns)]
    [InlineData(VerdictLevel.Abusive, VerdictLevel.Watch, VerdictOrigin.Account)]
    [InlineData(VerdictLevel.Suspect, VerdictLevel.Suspect, VerdictOrigin.Campaigns)]
    public async Task Verdicts_OfTwoJudges_TheStrongerHolds(
        VerdictLevel byAccount, VerdictLevel byCampaigns, VerdictOrigin expected)
    {
        const int CampaignsPartition = 1_000;
        await using var scope = await HttpScope.OpenMigratedAsync(fixture);
        await using var lane = await LaneStore.OpenFedAsync(scope.Http, 0, CancellationToken.None);
        lane.Append(Sample.VerdictOf(0, 5, "acct-1", VerdictLevel.Abusive, 0.99));
        lane.Append(Sample.VerdictOf(0, 900, "acct-1", byAccount, 0.6));
        await lane.CommitAsync(CancellationToken.None);
        await using var campaigns = await LaneStore.OpenFedAsync(
            scope.Http, CampaignsPartition, CancellationToken.None);
        campaigns.Append(Sample.CampaignOf("cmp-1", version: 1, risk: 0.9, "acct-1"));
        campaigns.Append(Sample.VerdictOf(CampaignsPartition, 7, "acct-1", byCampaigns, 0.7) with
        {
            Origin = VerdictOrigin.Campaigns,
        });
        await campaigns.CommitAsync(CancellationToken.None);

        var verdict = await new AccountReader(scope.Http).FindVerdictAsync("acct-1", CancellationToken.None);
        Assert.Equal(expected, verdict!.Origin);
        var strongest = (VerdictLevel)Math.Max((byte)byAccount, (byte)byCampaigns);
        Assert.Equal(strongest, verdict.Level);
        var counts = await new StatusReader(scope.Http).CountAsync(CancellationToken.None);
        Assert.Equal(1, counts.Accounts);
        Assert.Equal(1, counts.AccountsByLevel[(int)strongest]);
        var campaign = await new CampaignReader(scope.Http).FindAsync("cmp-1", CancellationToken.None);
        Assert.Equal(strongest, Assert.Single(campaign!.Members).Level);
    }

    private static async Task AppendAsync(LaneStore store, params long[] offsets)
    {
        var observation = new Observation();
        foreach (var offset in offsets)
        {
            Sample.Fill(observation, (ulong)offset);
            observation.Offset = offset;
            store.Append(observation);
        }

        await store.CommitAsync(CancellationToken.None);
    }
}
