using Sentinel.Detection.Observations;
using Sentinel.Storage.Embedded;
using Sentinel.Storage.Lanes;
using Sentinel.Testing;

namespace Sentinel.Storage.Tests;

[Collection(OneEngine.Name)]
public sealed class EmbeddedClickHouseTests(StoreEngine fixture)
{
    public static TheoryData<string> HostileTexts { get; } =
    [
        "",
        "'",
        "''; DROP TABLE verdicts; --",
        "\\",
        "\\'",
        "\\N",
        "\\t\\n",
        "\0\b\t\n\f\r\u000b\u001b",
        "{account:String}",
        "ä€𝄞\ufffd\u202e",
        "/* */ -- #",
        "`\"`",
        new string('x', 100_000),
    ];

    [Theory]
    [MemberData(nameof(HostileTexts))]
    public async Task Query_HostileText_ComesBackAsItWas(string text)
    {
        await using var clickHouse = fixture.OpenEmpty();
        Assert.Equal(
            text,
            await clickHouse.TextAsync("SELECT {account:String} LIMIT 1", SqlParameter.Of("account", text)));
    }

    [Fact]
    public async Task Query_NumbersAtTheirLimits_ComeBack()
    {
        await using var clickHouse = fixture.OpenEmpty();
        Assert.Equal(
            "-9223372036854775808 18446744073709551615",
            await clickHouse.TextAsync(
                "SELECT concat(toString({low:Int64}), ' ', toString({high:UInt64})) LIMIT 1",
                SqlParameter.Of("low", long.MinValue),
                SqlParameter.Of("high", ulong.MaxValue)));
    }

    [Fact]
    public async Task Query_UnknownTable_ThrowsWithItsCode()
    {
        await using var clickHouse = fixture.OpenEmpty();
        var error = await Assert.ThrowsAsync<ClickHouseException>(
            () => clickHouse.NumberAsync("SELECT count() FROM nowhere LIMIT 1"));
        Assert.Equal(60, error.Code);
        Assert.Contains("nowhere", error.Message, StringComparison.Ordinal);
        Assert.Equal(5UL, await clickHouse.NumberAsync("SELECT toUInt64(5) LIMIT 1")); // The connection goes on.
    }

    [Fact]
    public async Task Query_ThatWrites_IsRefused()
    {
        await using var clickHouse = fixture.OpenEmpty();
        var error = await Assert.ThrowsAsync<ClickHouseException>(
            () => clickHouse.NumberAsync("CREATE TABLE t (a UInt8) ENGINE = MergeTree ORDER BY a"));
        Assert.Equal(164, error.Code);
    }

    [Fact]
    public async Task Query_TooMuchMemory_ThrowsAndTheNextSucceeds()
    {
        await using var clickHouse = fixture.OpenEmpty();
        var error = await Assert.ThrowsAsync<ClickHouseException>(
            () => clickHouse.NumberAsync("SELECT uniqExact(number) FROM numbers(50000000) LIMIT 1"));
        Assert.Equal(241, error.Code);
        Assert.Equal(5UL, await clickHouse.NumberAsync("SELECT toUInt64(5) LIMIT 1"));
    }

    [Theory]
    [InlineData(new byte[] { 1, 2, 3 })]
    [InlineData(new byte[] { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01 })]
    public async Task Insert_TornBody_ThrowsAndLeavesNothing(byte[] body)
    {
        await using var clickHouse = fixture.OpenEmpty();
        await clickHouse.ExecuteAsync(
            "CREATE TABLE t (a UInt64, b String) ENGINE = MergeTree ORDER BY a", [], CancellationToken.None);
        await Assert.ThrowsAsync<ClickHouseException>(() => clickHouse.InsertAsync(
            new InsertTarget("INSERT INTO t (a, b)", ClickHouseFormat.RowBinary, Token: ""),
            [body],
            CancellationToken.None));
        Assert.Equal(0UL, await clickHouse.NumberAsync("SELECT count() FROM t LIMIT 1"));
    }

    [Fact]
    public async Task Insert_BytesOfEveryKind_ArriveAsTheyWere()
    {
        await using var clickHouse = fixture.OpenEmpty();
        await clickHouse.ExecuteAsync(
            "CREATE TABLE t (a UInt8) ENGINE = MergeTree ORDER BY tuple()", [], CancellationToken.None);
        var all = Enumerable.Range(0, 256).Select(item => (byte)item).ToArray();
        await clickHouse.InsertAsync(
            new InsertTarget("INSERT INTO t (a)", ClickHouseFormat.RowBinary, Token: ""),
            [all.AsMemory(0, 11), all.AsMemory(11)],
            CancellationToken.None);
        Assert.Equal(256UL, await clickHouse.NumberAsync("SELECT uniqExact(a) FROM t LIMIT 1"));
    }

    [Fact]
    public async Task Query_FourThreadsWhileALaneWrites_SeeWholeBlocksOnly()
    {
        const int BlockRows = 5_000;
        const int Blocks = 12;
        await using var clickHouse = await fixture.OpenMigratedAsync();
        await using var store = await LaneStore.OpenAsync(clickHouse, 0, CancellationToken.None);
        using var writing = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 4).Select(_ => ReadAsync(clickHouse, BlockRows, writing.Token)).ToArray();
        var observation = new Observation();
        for (var block = 0; block < Blocks; block++)
        {
            for (var i = 0; i < BlockRows; i++)
            {
                Sample.Fill(observation, (ulong)store.NextOffset);
                store.Append(observation);
            }

            await store.CommitAsync(CancellationToken.None);
        }

        await writing.CancelAsync();
        var queries = await Task.WhenAll(readers);
        Assert.All(queries, count => Assert.True(count > 0));
        Assert.Equal(
            (ulong)(Blocks * BlockRows), await clickHouse.NumberAsync("SELECT count() FROM exchanges LIMIT 1"));
    }

    [Fact]
    public async Task Run_MoreQueriesThanConnections_AllEnd()
    {
        await using var clickHouse = fixture.OpenEmpty();
        var numbers = await Task.WhenAll(Enumerable.Range(0, 40).Select(i =>
            clickHouse.TextAsync("SELECT {i:String} LIMIT 1", SqlParameter.Of("i", $"{i}"))));
        Assert.Equal(Enumerable.Range(0, 40).Select(i => $"{i}"), numbers);
    }

    [Fact]
    public async Task NullReference_AfterTheEngineStarted_IsStillAnException()
    {
        await using var clickHouse = fixture.OpenEmpty();
        Assert.Equal(5UL, await clickHouse.NumberAsync("SELECT toUInt64(5) LIMIT 1"));
        Assert.Throws<NullReferenceException>(() => new Holder().Text!.Length);
    }

    [Theory]
    [InlineData("")]
    [InlineData("A")]
    [InlineData("a`b")]
    [InlineData("a b")]
    public void OpenDatabase_NotAName_IsRefused(string name) =>
        Assert.ThrowsAny<ArgumentException>(() => fixture.Engine.OpenDatabase(name));

    [Fact]
    public void Open_SameFolderInThisProcess_IsRefused() =>
        Assert.Throws<DataFolderInUseException>(
            () => EmbeddedEngine.Open(new EmbeddedOptions { Folder = fixture.Folder }));

    private static async Task<int> ReadAsync(IClickHouse clickHouse, int blockRows, CancellationToken writing)
    {
        var queries = 0;
        var last = 0UL;
        while (!writing.IsCancellationRequested)
        {
            var count = await clickHouse.NumberAsync("SELECT count() FROM exchanges WHERE NOT ignore(offset) LIMIT 1");
            Assert.Equal(0UL, count % (ulong)blockRows);
            Assert.True(count >= last);
            last = count;
            queries++;
        }

        return queries;
    }

    private sealed class Holder
    {
        public string? Text { get; set; }
    }
}
