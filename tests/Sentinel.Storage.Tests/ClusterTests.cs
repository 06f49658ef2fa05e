using Sentinel.Storage.Migrations;

namespace Sentinel.Storage.Tests;

[Collection(OneEngine.Name)]
public sealed class ClusterTests(EngineFixture fixture)
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
    public async Task Own_TheClustersTablesOnOneNode_AnswerLikeThoseOfOneServer()
    {
        // All but the cluster: the statements without ON CLUSTER and replication, on a cluster of one that every
        // server knows. What is written to a distributed table must come back through views and readers.
        await using var clickHouse = fixture.OpenEmpty();
        foreach (var statement in Migration.Own.SelectMany(own => Migrator.StatementsFor(own, "default")))
        {
            await clickHouse.ExecuteAsync(
                statement
                    .Replace(" ON CLUSTER 'default'", string.Empty, StringComparison.Ordinal)
                    .Replace("ENGINE = Replicated", "ENGINE = ", StringComparison.Ordinal),
                [],
                CancellationToken.None);
        }

        foreach (var own in Migration.Own)
        {
            foreach (var statement in Migrator.StatementsFor(own, string.Empty))
            {
                var name = statement.Split("CREATE TABLE IF NOT EXISTS ") is [_, var rest] ? rest.Split('\n')[0] : null;
                if (name is not null)
                {
                    Assert.Equal("Distributed", await clickHouse.TextAsync(
                        $"SELECT engine FROM system.tables WHERE database = currentDatabase() AND name = '{name}' LIMIT 1"));
                }
            }
        }

        Assert.Equal("origin", await clickHouse.TextAsync(
            """
            SELECT name FROM system.columns
            WHERE database = currentDatabase() AND table = 'verdicts' AND name = 'origin' LIMIT 1
            """));
    }

    [Theory]
    [InlineData("DROP TABLE exchanges")]
    [InlineData("CREATE TABLE exchanges (a UInt8) ENGINE = Memory")]
    [InlineData("CREATE TABLE IF NOT EXISTS nobody_knows\n(\n  a UInt8\n)\nENGINE = MergeTree\nORDER BY a")]
    public void Rewrite_AnotherShape_IsRefused(string statement) =>
        Assert.Throws<MigrationException>(() => ClusterSql.Rewrite(statement, Cluster));

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

    private static IEnumerable<string> OwnOnACluster() =>
        Migration.Own.SelectMany(own => Migrator.StatementsFor(own, Cluster));
}
