using System.Text.RegularExpressions;
using Sentinel.Detection.Verdicts;
using Sentinel.Storage.Migrations;
using Sentinel.Storage.Queries;
using Sentinel.Testing;

namespace Sentinel.Storage.Tests;

[Collection(OneEngine.Name)]
public sealed class ClusterTests(StoreEngine fixture)
{
    private const string Cluster = "main";

    [Fact]
    public async Task Own_OnACluster_AreSqlThatClickHouseUnderstands()
    {
        await using var clickHouse = fixture.OpenEmpty();
        foreach (var statement in OwnOnACluster())
        {
            using var tree = await clickHouse.QueryAsync(
                "EXPLAIN AST " + statement, "TabSeparated", [], CancellationToken.None);
            Assert.True(tree.Memory.Length > 0, statement);
        }
    }

    [Fact]
    public void Own_OnACluster_ChangeNothingOnOneNodeAlone()
    {
        foreach (var statement in OwnOnACluster())
        {
            Assert.Contains($"ON CLUSTER '{Cluster}'", statement, StringComparison.Ordinal);
            if (statement.Contains("ENGINE = ", StringComparison.Ordinal))
            {
                Assert.Matches("ENGINE = (Replicated\\w*MergeTree|Distributed)", statement);
            }
        }
    }

    [Fact]
    public async Task Own_TheClustersTablesOnOneNode_FeedAndAnswerUnderTheirNames()
    {
        // All but the cluster, which cannot run in process: replication is left out, and what would gather from many
        // nodes gathers from this one.
        await using var clickHouse = fixture.OpenEmpty();
        foreach (var statement in OwnOnACluster())
        {
            await clickHouse.ExecuteAsync(OnOneNode(statement), [], CancellationToken.None);
        }

        await clickHouse.ExecuteAsync(
            """
            INSERT INTO exchanges_local (partition, offset, occurred_at)
            SELECT 0, number, toDateTime64(1800000000, 3, 'UTC') FROM numbers(1000)
            """,
            [],
            CancellationToken.None);
        await clickHouse.ExecuteAsync(
            "INSERT INTO verdicts_local (partition, account_id, level, origin) VALUES (1, 'a', 'abusive', 'campaigns')",
            [],
            CancellationToken.None);
        Assert.Equal(1_000UL, await clickHouse.NumberAsync("SELECT sum(exchanges) FROM exchanges_by_hour LIMIT 1"));
        var counts = await new StatusReader(clickHouse).CountAsync(CancellationToken.None);
        Assert.Equal(1_000, counts.Exchanges);
        Assert.Equal(1, counts.Flagged);
        var verdict = await new AccountReader(clickHouse).FindVerdictAsync("a", CancellationToken.None);
        Assert.Equal(VerdictOrigin.Campaigns, verdict!.Origin);
    }

    [Theory]
    [InlineData("DROP TABLE exchanges")]
    [InlineData("CREATE TABLE exchanges (a UInt8) ENGINE = Memory")]
    [InlineData("CREATE TABLE IF NOT EXISTS nobody_knows\n(\n  a UInt8\n)\nENGINE = MergeTree\nORDER BY a")]
    public void Rewrite_AnotherShape_IsRefused(string statement) =>
        Assert.Throws<MigrationException>(() => ClusterSql.Rewrite(statement, Cluster));

    [Fact]
    public async Task Retention_Changed_IsAppliedOnceAndOnlyWhereItDiffers()
    {
        await using var clickHouse = await fixture.OpenMigratedAsync();
        Assert.Equal(0, await Retention.ApplyAsync(clickHouse, new RetentionOptions(), "", CancellationToken.None));
        var shorter = new RetentionOptions { ExchangesDays = 90, DeadLettersDays = 7 };
        Assert.Equal(2, await Retention.ApplyAsync(clickHouse, shorter, "", CancellationToken.None));
        Assert.Equal(0, await Retention.ApplyAsync(clickHouse, shorter, "", CancellationToken.None));
        var fault = Assert.Single(new RetentionOptions { ExchangesDays = 0 }.Faults());
        Assert.StartsWith("Retention:ExchangesDays ", fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Apply_ByFourAtOnce_LeavesTheSameAsByOne()
    {
        await using var scope = await HttpScope.OpenAsync(fixture);
        var runs = Enumerable.Range(0, 4)
            .Select(_ => Task.Run(() => Migrator.ApplyAsync(scope.Http, Migration.Own, CancellationToken.None)));
        await Task.WhenAll(runs);
        Assert.Equal(0, await Migrator.ApplyAsync(scope.Http, Migration.Own, CancellationToken.None));
        Assert.Equal((ulong)Migration.Own.Length, await scope.Database.NumberAsync(
            "SELECT uniqExact(number, name, checksum) FROM schema_migrations LIMIT 1"));
    }

    private static string OnOneNode(string statement)
    {
        var single = statement
            .Replace($" ON CLUSTER '{Cluster}'", string.Empty, StringComparison.Ordinal)
            .Replace("ENGINE = Replicated", "ENGINE = ", StringComparison.Ordinal);
        return Regex.Replace(
            single, @"ENGINE = Distributed\('main', currentDatabase\(\), (\w+), .*\)$",
            "ENGINE = Merge(currentDatabase(), '^$1$$')");
    }

    private static IEnumerable<string> OwnOnACluster() =>
        Migration.Own.SelectMany(own => Migrator.StatementsFor(own, Cluster));
}
