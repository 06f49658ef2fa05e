using Sentinel.Detection.Campaigns;
using Sentinel.Detection.Links;
using Sentinel.Detection.Observations;
using Sentinel.Detection.Ports;
using Sentinel.Detection.Verdicts;
using Sentinel.Storage.Lanes;
using Sentinel.Storage.Queries;
using Sentinel.Testing;

namespace Sentinel.Storage.Tests;

[Collection(OneEngine.Name)]
public sealed class ReaderTests(StoreEngine fixture)
{
    private const string Hostile = "a'); DROP TABLE verdicts; --\\\t\n\0ä";

    [Fact]
    public async Task FindVerdict_SeveralOfAnAccount_GivesTheLast()
    {
        await using var clickHouse = await fixture.OpenMigratedAsync();
        var last = Sample.VerdictOf(0, 30, Hostile, VerdictLevel.Abusive, 0.99);
        await StoreAsync(
            clickHouse,
            store =>
            {
                store.Append(Sample.VerdictOf(0, 20, Hostile, VerdictLevel.Watch, 0.5));
                store.Append(last);
                store.Append(Sample.VerdictOf(0, 25, Hostile, VerdictLevel.Suspect, 0.8));
                store.Append(Sample.VerdictOf(0, 40, "another", VerdictLevel.None, 0));
            });
        var reader = new AccountReader(clickHouse);
        AssertSame(last, await reader.FindVerdictAsync(Hostile, CancellationToken.None));
        AssertSame(
            Sample.VerdictOf(0, 40, "another", VerdictLevel.None, 0),
            await reader.FindVerdictAsync("another", CancellationToken.None));
        Assert.Null(await reader.FindVerdictAsync("nobody", CancellationToken.None));
    }

    [Fact]
    public async Task FindSummary_KnownAccount_SaysAllOfIt()
    {
        await using var clickHouse = await fixture.OpenMigratedAsync();
        var observation = new Observation();
        await StoreAsync(
            clickHouse,
            store =>
            {
                for (var i = 0; i < 100; i++)
                {
                    Sample.Fill(observation, (ulong)i);
                    observation.AccountId.Set(System.Text.Encoding.UTF8.GetBytes(i % 2 == 0 ? Hostile : "other"));
                    observation.OccurredAtMs = Sample.Start.AddHours(i).ToUnixTimeMilliseconds();
                    observation.ModelKey = (ulong)(i % 6);
                    observation.Scores.HarvestSteps = (ushort)(i * 655);
                    store.Append(observation);
                }

                store.Append(new Link(LinkKind.Payment, 5, Hostile, 0, 0, Sample.Start));
                store.Append(new Link(LinkKind.Tls, 6, Hostile, 0, 2, Sample.Start.AddHours(2)));
                store.Append(new Link(LinkKind.Tls, 6, "other", 0, 1, Sample.Start));
                store.Append(new Link(LinkKind.Tls, 6, "third", 0, 3, Sample.Start));
                store.Append(new Link(LinkKind.Device, 6, "third", 0, 3, Sample.Start));
                store.Append(Sample.VerdictOf(0, 98, Hostile, VerdictLevel.Watch, 0.4));
            });

        var summary = await new AccountReader(clickHouse).FindSummaryAsync(Hostile, CancellationToken.None);
        Assert.NotNull(summary);
        Assert.Equal(50, summary.Exchanges);
        Assert.Equal(Sample.Start, summary.FirstSeen);
        Assert.Equal(Sample.Start.AddHours(98), summary.LastSeen);
        Assert.Equal(3, summary.Models);
        Assert.Equal(VerdictLevel.Watch, summary.Verdict?.Level);
        Assert.InRange(summary.Harvest.Median, 0.47f, 0.52f);
        Assert.InRange(summary.Harvest.P99, 0.96f, 1f);
        Assert.Equal(
            [
                new AccountLink(LinkKind.Tls, 6, 2, Sample.Start.AddHours(2)),
                new AccountLink(LinkKind.Payment, 5, 0, Sample.Start),
            ],
            summary.Links.AsEnumerable());
        Assert.Equal([12L, 12, 12, 12, 2], summary.Days.Select(day => day.Exchanges));
        Assert.Equal(new DateOnly(2026, 11, 1), summary.Days[0].Day);
    }

    [Fact]
    public async Task FindSummary_UnknownAccount_IsNull()
    {
        await using var clickHouse = await fixture.OpenMigratedAsync();
        Assert.Null(await new AccountReader(clickHouse).FindSummaryAsync("nobody", CancellationToken.None));
    }

    [Fact]
    public async Task AccountQueries_OnExchanges_UseTheIndex()
    {
        await using var clickHouse = await fixture.OpenMigratedAsync();
        var observation = new Observation();
        await StoreAsync(
            clickHouse,
            store =>
            {
                for (var i = 0; i < 60_000; i++)
                {
                    Sample.Fill(observation, (ulong)i);
                    store.Append(observation);
                }
            });
        var plan = await clickHouse.TextAsync(
            "SELECT arrayStringConcat(groupArray(explain), ' ') FROM (EXPLAIN indexes = 1 "
            + $"{EmbeddedSql.Query("account_exchanges")}) LIMIT 1",
            SqlParameter.Of("account", Sample.AccountOf(1)));
        Assert.Contains("by_account", plan, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(CampaignOrder.Riskiest)]
    [InlineData(CampaignOrder.Newest)]
    public async Task List_PageByPage_GivesEachOnceInOrder(CampaignOrder order)
    {
        await using var clickHouse = await fixture.OpenMigratedAsync();
        await StoreAsync(
            clickHouse,
            store =>
            {
                // Risks that no short decimal names, and a tie in every pair.
                for (var i = 0; i < 25; i++)
                {
                    store.Append(Sample.CampaignOf($"cmp-{i}", version: 1, risk: 0, "old"));
                    store.Append(Sample.CampaignOf($"cmp-{i}", version: 2, risk: Math.Sqrt((i / 2) + 1) / 7, "a", "b"));
                }

                store.Append(Sample.CampaignOf("gone", version: 1, risk: 1, "a") with { MergedInto = "cmp-1" });
            });
        var reader = new CampaignReader(clickHouse);
        var all = new List<CampaignSummary>();
        CampaignCursor? cursor = null;
        do
        {
            var page = await reader.ListAsync(order, rowsMax: 4, cursor, CancellationToken.None);
            Assert.InRange(page.Campaigns.Length, 1, 4);
            all.AddRange(page.Campaigns);
            cursor = null;
            if (page.Next is { } next)
            {
                Assert.True(CampaignCursor.TryParse(next.ToString(), out var parsed));
                cursor = parsed;
            }
        }
        while (cursor is not null);

        Assert.Equal(25, all.Select(campaign => campaign.Id).Distinct().Count());
        Assert.Equal(25, all.Count);
        Assert.Equal(
            all.OrderByDescending(campaign => campaign.Risk)
                .ThenByDescending(campaign => campaign.Id, StringComparer.Ordinal),
            all);
        Assert.All(all, campaign => Assert.Equal(2, campaign.AccountCount));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("!")]
    [InlineData("AAAA")]
    [InlineData("Umlza2llc3Q6LTE6YQ")]
    [InlineData("OTk6MTph")]
    public void TryParse_NotACursor_IsFalse(string? text) => Assert.False(CampaignCursor.TryParse(text, out _));

    [Fact]
    public async Task Find_Campaign_HasAllFieldsAndItsMembersVerdicts()
    {
        await using var clickHouse = await fixture.OpenMigratedAsync();
        var campaign = Sample.CampaignOf("cmp-1", version: 3, risk: 0.97, "a", Hostile, "c");
        await StoreAsync(
            clickHouse,
            store =>
            {
                store.Append(Sample.CampaignOf("cmp-1", version: 2, risk: 0.9, "a"));
                store.Append(campaign);
                store.Append(Sample.VerdictOf(0, 1, Hostile, VerdictLevel.Watch, 0.2));
                store.Append(Sample.VerdictOf(0, 2, Hostile, VerdictLevel.Abusive, 0.9));
                store.Append(Sample.VerdictOf(0, 2, "a", VerdictLevel.Suspect, 0.95));
                store.Append(Sample.VerdictOf(0, 3, "outsider", VerdictLevel.Suspect, 0.95));
            });
        var reader = new CampaignReader(clickHouse);
        var found = await reader.FindAsync("cmp-1", CancellationToken.None);
        Assert.NotNull(found);
        AssertSame(campaign, found.Campaign);
        Assert.Equal(
            [
                new CampaignMember("a", VerdictLevel.Suspect, 0.95),
                new CampaignMember(Hostile, VerdictLevel.Abusive, 0.9),
                new CampaignMember("c", VerdictLevel.None, 0),
            ],
            found.Members.AsEnumerable());
        Assert.Null(await reader.FindAsync("' OR 1 = 1 --", CancellationToken.None));
    }

    [Fact]
    public async Task Count_Store_CountsEachThingOnce()
    {
        await using var clickHouse = await fixture.OpenMigratedAsync();
        var reader = new StatusReader(clickHouse);
        Assert.Equal(0, (await reader.CountAsync(CancellationToken.None)).Accounts);
        Assert.Empty((await reader.ReadRisksAsync(CancellationToken.None)).Risks);
        for (var round = 0; round < 2; round++)
        {
            await StoreAsync(
                clickHouse,
                store =>
                {
                    store.Append(Sample.VerdictOf(0, 1, "a", VerdictLevel.Watch, 0.2));
                    store.Append(Sample.VerdictOf(0, 2, "a", VerdictLevel.Suspect, 0.8));
                    store.Append(Sample.VerdictOf(0, 2, "b", VerdictLevel.None, 0));
                    store.Append(Sample.CampaignOf("cmp-1", version: 3, risk: 0.97, "a"));
                    store.Append(new Link(LinkKind.Tls, 6, "a", 0, 2, Sample.Start));
                    store.Append(new DeadLetter("x", 1, 0, "not_json", "", ""));
                    store.Append(new DeadLetter("x", 2, 9, "not_json", "", ""));
                    store.Append(new DeadLetter("y", 1, 0, "too_long", "", ""));
                });
        }

        Assert.Equal(0.8, Assert.Single((await reader.ReadRisksAsync(CancellationToken.None)).Risks));
        var counts = await reader.CountAsync(CancellationToken.None);
        Assert.Equal([1L, 0, 1, 0], counts.AccountsByLevel.AsEnumerable());
        Assert.Equal(1, counts.Flagged);
        Assert.Equal(1, counts.Campaigns);
        Assert.Equal(1, counts.Links);
        Assert.Equal(3, counts.DeadLetters);
        Assert.Equal(
            [new DeadLetterCount("not_json", 2), new DeadLetterCount("too_long", 1)],
            (await reader.CountDeadLettersAsync(CancellationToken.None)).AsEnumerable());
    }

    private static async Task StoreAsync(IClickHouse clickHouse, Action<LaneStore> append)
    {
        await using var store = await LaneStore.OpenAsync(clickHouse, 0, CancellationToken.None);
        append(store);
        await store.CommitAsync(CancellationToken.None);
    }

    // Records compare their arrays by reference.
    private static void AssertSame(Verdict expected, Verdict? actual)
    {
        Assert.NotNull(actual);
        Assert.Equal(expected.AbuseTypes.AsEnumerable(), actual.AbuseTypes);
        Assert.Equal(expected.Reasons.AsEnumerable(), actual.Reasons);
        Assert.Equal(expected, actual with { AbuseTypes = expected.AbuseTypes, Reasons = expected.Reasons });
    }

    private static void AssertSame(Campaign expected, Campaign actual)
    {
        Assert.Equal(expected.Accounts.AsEnumerable(), actual.Accounts);
        Assert.Equal(expected.AbuseTypes.AsEnumerable(), actual.AbuseTypes);
        Assert.Equal(expected.Links.AsEnumerable(), actual.Links);
        Assert.Equal(expected.Reasons.AsEnumerable(), actual.Reasons);
        Assert.Equal(
            expected,
            actual with
            {
                Accounts = expected.Accounts,
                AbuseTypes = expected.AbuseTypes,
                Links = expected.Links,
                Reasons = expected.Reasons,
            });
    }
}
