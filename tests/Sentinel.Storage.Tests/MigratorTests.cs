using Sentinel.Storage.Migrations;
using Sentinel.Testing;

namespace Sentinel.Storage.Tests;

[Collection(OneEngine.Name)]
public sealed class MigratorTests(StoreEngine fixture)
{
    private static readonly Migration First = new(
        1, "0001_a.sql", "CREATE TABLE IF NOT EXISTS a (n UInt8) ENGINE = MergeTree ORDER BY n;");

    private static readonly Migration Second = new(
        2, "0002_b.sql", "CREATE TABLE IF NOT EXISTS b (n UInt8) ENGINE = MergeTree ORDER BY n;");

    private static readonly Migration Third = Second with { Number = 3, Name = "0003_c.sql" };

    [Fact]
    public void Own_AreNumberedWithoutGaps()
    {
        Assert.NotEmpty(Migration.Own);
        Assert.Equal(Enumerable.Range(1, Migration.Own.Length), Migration.Own.Select(item => item.Number));
    }

    [Fact]
    public async Task Apply_Twice_RunsOnce()
    {
        await using var clickHouse = fixture.OpenEmpty();
        Assert.Equal(Migration.Own.Length, await ApplyAsync(clickHouse, [.. Migration.Own]));
        Assert.Equal(0, await ApplyAsync(clickHouse, [.. Migration.Own]));
        Assert.Equal(0UL, await clickHouse.NumberAsync("SELECT count() FROM exchanges LIMIT 1"));
    }

    [Fact]
    public async Task Apply_OneMore_RunsThatOne()
    {
        await using var clickHouse = fixture.OpenEmpty();
        Assert.Equal(1, await ApplyAsync(clickHouse, First));
        Assert.Equal(1, await ApplyAsync(clickHouse, First, Second));
    }

    [Fact]
    public async Task Apply_EditedAfterItRan_IsRefused()
    {
        await using var clickHouse = fixture.OpenEmpty();
        await ApplyAsync(clickHouse, First);
        var refusal = await Assert.ThrowsAsync<MigrationException>(
            () => ApplyAsync(clickHouse, First with { Sql = First.Sql + "\nSELECT 1;" }, Second));
        Assert.Contains("0001_a.sql was changed", refusal.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ClickHouseException>(() => clickHouse.NumberAsync("SELECT count() FROM b LIMIT 1"));
    }

    [Fact]
    public async Task Apply_OtherLineEnds_AreTheSame()
    {
        await using var clickHouse = fixture.OpenEmpty();
        await ApplyAsync(clickHouse, First with { Sql = First.Sql + "\n-- end\n" });
        Assert.Equal(0, await ApplyAsync(clickHouse, First with { Sql = First.Sql + "\r\n-- end\r\n" }));
    }

    [Fact]
    public async Task Apply_DatabaseOfANewerProgram_IsRefused()
    {
        await using var clickHouse = fixture.OpenEmpty();
        await ApplyAsync(clickHouse, First, Second);
        var refusal = await Assert.ThrowsAsync<MigrationException>(() => ApplyAsync(clickHouse, First));
        Assert.Contains("newer program", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("0002_b.sql", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Apply_NumberBeforeOneThatRan_IsRefused()
    {
        await using var clickHouse = fixture.OpenEmpty();
        await ApplyAsync(clickHouse, First, Third);
        var refusal = await Assert.ThrowsAsync<MigrationException>(
            () => ApplyAsync(clickHouse, First, Second, Third));
        Assert.Contains("0002_b.sql", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Apply_CutOff_StartsThatOneAgain()
    {
        await using var clickHouse = fixture.OpenEmpty();
        var failing = First with { Sql = First.Sql + "\nCREATE TABLE c;" };
        await Assert.ThrowsAsync<ClickHouseException>(() => ApplyAsync(clickHouse, failing));
        Assert.Equal(1, await ApplyAsync(clickHouse, First));
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData(" ;\n; -- only a remark;\n/* and ; another */", 0)]
    [InlineData("SELECT 1", 1)]
    [InlineData("SELECT 1;", 1)]
    [InlineData("SELECT 1; SELECT 2;\n", 2)]
    [InlineData("SELECT ';'; SELECT \"a;b\"; SELECT `c;d`", 3)]
    [InlineData("SELECT 'it''s; one', 'it\\'s; one'", 1)]
    [InlineData("SELECT 1 -- a; b\n+ 2; /* c; d */ SELECT 3", 2)]
    [InlineData("SELECT 'never closed; SELECT 2", 1)]
    public void Split_Semicolons_CountOutsideQuotesAndRemarks(string script, int statements) =>
        Assert.Equal(statements, SqlScript.Split(script).Length);

    private static Task<int> ApplyAsync(IClickHouse clickHouse, params Migration[] migrations) =>
        Migrator.ApplyAsync(clickHouse, [.. migrations], CancellationToken.None);
}
