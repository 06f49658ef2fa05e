using Sentinel.Detection.Observations;
using Sentinel.Detection.Ports;
using Sentinel.Detection.Verdicts;
using Sentinel.Storage.Lanes;
using Sentinel.Testing;

namespace Sentinel.Storage.Tests;

[Collection(OneEngine.Name)]
public sealed class LaneStoreTests(StoreEngine fixture)
{
    [Fact]
    public async Task Recover_AfterSeveralCommits_GivesEveryFieldInOffsetOrder()
    {
        const int Rows = 70_000; // More than one range of the reader.
        await using var clickHouse = await fixture.OpenMigratedAsync();
        await using (var store = await LaneStore.OpenAsync(clickHouse, 3, CancellationToken.None))
        {
            await AppendAsync(store, from: 0, Rows, blockRows: 15_000);
            Assert.Equal(Rows, store.NextOffset);
        }

        await using var again = await LaneStore.OpenAsync(clickHouse, 3, CancellationToken.None);
        Assert.Equal(Rows, again.NextOffset);
        var next = 0L;
        Observation? first = null;
        var count = await again.RecoverAsync(
            observation =>
            {
                first ??= observation;
                Assert.Same(first, observation);
                Assert.Equal(next, observation.Offset);
                Assert.Equal(Sample.Describe((ulong)next), Sample.Describe(observation));
                next++;
            },
            CancellationToken.None);
        Assert.Equal(Rows, count);
        Assert.Equal(Rows, next);
    }

    [Fact]
    public async Task Recover_ExtremeValues_ComeBackAsTheyWere()
    {
        await using var clickHouse = await fixture.OpenMigratedAsync();
        var observation = new Observation();
        var expected = new List<string>();
        await using (var store = await LaneStore.OpenAsync(clickHouse, 0, CancellationToken.None))
        {
            foreach (var time in new[] { long.MinValue, -1, 0, 1, long.MaxValue })
            {
                Sample.Fill(observation, seed: 1);
                observation.OccurredAtMs = observation.AccountCreatedAtMs = time;
                observation.Turn = int.MinValue;
                observation.SampleCount = int.MaxValue;
                observation.AccountId.Set("\0\xff\xfe'\\\n\t;--"u8);
                observation.Excerpt.Set(new byte[640]);
                store.Append(observation);
                expected.Add(Sample.Describe(observation));
            }

            await store.CommitAsync(CancellationToken.None);
        }

        await using var again = await LaneStore.OpenAsync(clickHouse, 0, CancellationToken.None);
        var actual = new List<string>();
        await again.RecoverAsync(found => actual.Add(Sample.Describe(found)), CancellationToken.None);
        Assert.Equal(expected, actual);
    }

    [Fact]
    public async Task Open_OtherPartition_SeesNothingOfIt()
    {
        await using var clickHouse = await fixture.OpenMigratedAsync();
        await using var one = await LaneStore.OpenAsync(clickHouse, 1, CancellationToken.None);
        await AppendAsync(one, from: 0, count: 10, blockRows: 10);
        await using var two = await LaneStore.OpenAsync(clickHouse, 2, CancellationToken.None);
        Assert.Equal(0, two.NextOffset);
        Assert.Equal(0, await two.RecoverAsync(_ => Assert.Fail("Not its row."), CancellationToken.None));
    }

    [Fact]
    public async Task Open_ExchangesGoneByRetention_GivesNoOffsetTwice()
    {
        await using var clickHouse = await fixture.OpenMigratedAsync();
        await using (var store = await LaneStore.OpenAsync(clickHouse, 0, CancellationToken.None))
        {
            await AppendAsync(store, from: 0, count: 5, blockRows: 5);
            store.Append(Sample.VerdictOf(0, 4, "acct-1", VerdictLevel.Watch, 0.5));
            await store.CommitAsync(CancellationToken.None);
        }

        await clickHouse.ExecuteAsync("TRUNCATE TABLE exchanges", [], CancellationToken.None);
        await using var again = await LaneStore.OpenAsync(clickHouse, 0, CancellationToken.None);
        Assert.Equal(5, again.NextOffset);
        Assert.Equal(0, await again.RecoverAsync(_ => Assert.Fail("There is none."), CancellationToken.None));
    }

    [Fact]
    public async Task Append_ManyAfterWarmUp_AllocatesNothing()
    {
        await using var clickHouse = await fixture.OpenMigratedAsync();
        await using var store = await LaneStore.OpenAsync(clickHouse, 0, CancellationToken.None);
        var observation = new Observation();
        Sample.Fill(observation, seed: 5);
        for (var round = 0; round < 4; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 900; i++)
            {
                store.Append(observation);
            }

            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(round < 2 || allocated == 0, $"{allocated} bytes in round {round}."); // Two blocks warm up.
            await store.CommitAsync(CancellationToken.None);
        }
    }

    [Fact]
    public async Task Append_PastTheMaximum_IsRefusedUntilACommit()
    {
        await using var clickHouse = await fixture.OpenMigratedAsync();
        await using var store = await LaneStore.OpenAsync(clickHouse, 0, CancellationToken.None);
        var letter = new DeadLetter("stdin", 1, 0, "not_json", "Not JSON.", "{");
        for (var i = 0; i < LaneStore.PendingRowsMax; i++)
        {
            store.Append(letter);
        }

        Assert.Throws<InvalidOperationException>(() => store.Append(letter));
        await store.CommitAsync(CancellationToken.None);
        Assert.Equal(0, store.PendingRows);
        store.Append(letter);
        Assert.Equal(1, store.PendingRows);
    }

    [Fact]
    public async Task Append_FullBlock_BecomesOnePart()
    {
        await using var clickHouse = await fixture.OpenMigratedAsync();
        await clickHouse.ExecuteAsync("SYSTEM STOP MERGES exchanges", [], CancellationToken.None);
        await using var store = await LaneStore.OpenAsync(clickHouse, 0, CancellationToken.None);
        await AppendAsync(store, from: 0, LaneStore.PendingRowsMax, LaneStore.PendingRowsMax);
        Assert.Equal(1UL, await clickHouse.NumberAsync(
            """
            SELECT count() FROM system.parts
            WHERE active AND table = 'exchanges' AND database = currentDatabase() LIMIT 1
            """));
    }

    [Fact]
    public async Task Commit_NothingPending_IsDone()
    {
        await using var clickHouse = await fixture.OpenMigratedAsync();
        await using var store = await LaneStore.OpenAsync(clickHouse, 0, CancellationToken.None);
        Assert.True(store.CommitAsync(CancellationToken.None).IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Commit_ThatFails_StopsTheStore()
    {
        await using var clickHouse = await fixture.OpenMigratedAsync();
        await using var store = await LaneStore.OpenAsync(clickHouse, 0, CancellationToken.None);
        await clickHouse.ExecuteAsync("DROP TABLE exchanges SYNC", [], CancellationToken.None);
        var observation = new Observation();
        Sample.Fill(observation, seed: 1);
        store.Append(observation);
        var failure = await Assert.ThrowsAsync<ClickHouseException>(
            () => store.CommitAsync(CancellationToken.None));
        Assert.Equal(60, failure.Code);
        Assert.Throws<InvalidOperationException>(() => store.Append(observation));
        await Assert.ThrowsAsync<InvalidOperationException>(() => store.CommitAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Recover_AfterAnAppend_IsRefused()
    {
        await using var clickHouse = await fixture.OpenMigratedAsync();
        await using var store = await LaneStore.OpenAsync(clickHouse, 0, CancellationToken.None);
        await AppendAsync(store, from: 0, count: 1, blockRows: 1);
        await Assert.ThrowsAsync<InvalidOperationException>(() => store.RecoverAsync(_ => { }, CancellationToken.None));
    }

    [Fact]
    public async Task Append_SameFindingsAgain_CountOnce()
    {
        await using var clickHouse = await fixture.OpenMigratedAsync();
        await using var store = await LaneStore.OpenAsync(clickHouse, 0, CancellationToken.None);
        for (var round = 0; round < 3; round++)
        {
            store.Append(Sample.VerdictOf(0, 1, "acct-1", VerdictLevel.Suspect, 0.9));
            store.Append(Sample.CampaignOf("cmp-1", version: 2, risk: 0.9, "acct-1", "acct-2"));
            store.Append(new Detection.Links.Link(Detection.Links.LinkKind.Tls, 5, "acct-1", 0, 1, Sample.Start));
            store.Append(new DeadLetter("a.jsonl", 2, 10, "not_json", "Not JSON.", "{"));
            await store.CommitAsync(CancellationToken.None);
        }

        foreach (var table in new[] { "verdicts", "campaigns", "links", "dead_letters" })
        {
            Assert.Equal(1UL, await clickHouse.NumberAsync($"SELECT count() FROM {table} FINAL LIMIT 1"));
        }
    }

    private static async Task AppendAsync(LaneStore store, int from, int count, int blockRows)
    {
        var observation = new Observation();
        var commits = new List<Task>();
        for (var i = 0; i < count; i++)
        {
            Sample.Fill(observation, (ulong)(from + i));
            store.Append(observation);
            Assert.Equal(from + i, observation.Offset);
            if (store.PendingRows == blockRows)
            {
                commits.Add(store.CommitAsync(CancellationToken.None));
            }
        }

        commits.Add(store.CommitAsync(CancellationToken.None));
        await Task.WhenAll(commits);
    }
}
