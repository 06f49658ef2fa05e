using Sentinel.Storage.Formats;
using Sentinel.Storage.Http;

namespace Sentinel.Storage.Tests;

[Trait("Category", "Integration")]
public sealed class OldServerTests
{
    [OldServerFact]
    public async Task Transport_RealServer_TakesBlocksAndSaysWhatIsWrong()
    {
        using var server = new OldServer();
        await server.StartAsync();
        var options = OptionsOf(server);
        await using var http = Open(options);
        await http.ExecuteAsync(
            "CREATE TABLE t (a UInt64, b String) ENGINE = MergeTree ORDER BY a", [], CancellationToken.None);
        var rows = new RowBinaryRows(bytesMax: 1 << 20);
        for (var i = 0UL; i < 1_000; i++)
        {
            rows.Put(i);
            rows.PutText("row " + i);
            rows.EndRow();
        }

        await http.InsertAsync(Into(ClickHouseFormat.RowBinary), [rows.Body], CancellationToken.None);
        await using (var narrow = Open(options with { Compression = WireCompression.Gzip }))
        {
            await narrow.InsertAsync(Into(ClickHouseFormat.Native), [NativeBlockOf(500)], CancellationToken.None);
            Assert.Equal(1_500UL, await narrow.NumberAsync("SELECT count() FROM t LIMIT 1"));
        }

        Assert.Equal("row 999", await http.TextAsync("SELECT max(b) FROM t WHERE a = 999 AND b LIKE 'row%' LIMIT 1"));
        var missing = await Assert.ThrowsAsync<ClickHouseException>(() => http.NumberAsync("SELECT 1 FROM nowhere"));
        Assert.Equal(60, missing.Code);

        await using var wrong = Open(options with { Password = "not-it" });
        var refusal = await Assert.ThrowsAsync<ClickHouseException>(() => wrong.NumberAsync("SELECT toUInt64(1)"));
        Assert.Contains("wrong user or password", refusal.Message, StringComparison.Ordinal);
        await using var elsewhere = Open(options with { Database = "elsewhere" });
        var unknown = await Assert.ThrowsAsync<ClickHouseException>(() => elsewhere.NumberAsync("SELECT toUInt64(1)"));
        Assert.Contains("has no database elsewhere", unknown.Message, StringComparison.Ordinal);
    }

    [OldServerFact]
    public async Task Insert_ServerKilledAndStartedAgain_GoesThroughWithoutAHand()
    {
        using var server = new OldServer();
        await server.StartAsync();
        await using var http = Open(OptionsOf(server));
        await http.ExecuteAsync(
            "CREATE TABLE t (a UInt64, b String) ENGINE = MergeTree ORDER BY a", [], CancellationToken.None);
        await server.KillAsync();
        using var isAway = new SemaphoreSlim(0);
        var isOver = false;
        http.OutageChanged += outage =>
        {
            isOver = outage.IsOver;
            isAway.Release();
        };
        var insert = http.InsertAsync(Into(ClickHouseFormat.Native), [NativeBlockOf(10)], CancellationToken.None);
        Assert.True(await isAway.WaitAsync(TimeSpan.FromSeconds(20)));
        await server.StartAsync();
        await insert.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.True(isOver);
        Assert.Equal(10UL, await http.NumberAsync("SELECT count() FROM t"));
    }

    private static InsertTarget Into(string format) => new("INSERT INTO t (a, b)", format, Token: "");

    private static HttpClickHouse Open(HttpClickHouseOptions options) =>
        new(options, TimeProvider.System, new Random(1));

    private static HttpClickHouseOptions OptionsOf(OldServer server) => new()
    {
        Url = server.Url,
        Database = "default",
        User = "sentinel",
        Password = "test",
        Compression = WireCompression.None,
        RetryDelayMax = TimeSpan.FromMilliseconds(200),
        UnavailableMax = TimeSpan.FromSeconds(40),
        IsPlain = true,
    };

    private static byte[] NativeBlockOf(int rowCount)
    {
        var numbers = new NativeColumn(new ColumnShape("a", "UInt64", 8), 1 << 20);
        var texts = new NativeColumn(new ColumnShape("b", "String", ColumnShape.Text), 1 << 20);
        for (var i = 0; i < rowCount; i++)
        {
            numbers.Put((ulong)(10_000 + i));
            texts.PutText("native"u8);
        }

        var body = new List<ReadOnlyMemory<byte>>();
        numbers.AddTo(body);
        texts.AddTo(body);
        var head = new byte[2 * VarInt.BytesMax];
        var length = VarInt.Write(head, 2);
        length += VarInt.Write(head.AsSpan(length), (ulong)rowCount);
        return [.. head.AsSpan(0, length), .. body.SelectMany(piece => piece.ToArray())];
    }
}
