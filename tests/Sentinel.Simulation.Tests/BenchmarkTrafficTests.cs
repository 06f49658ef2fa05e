using System.Buffers;
using System.Text.Json;

namespace Sentinel.Simulation.Tests;

public sealed class BenchmarkTrafficTests
{
    [Theory]
    [InlineData(1_024)]
    [InlineData(4_096)]
    public void WriteNext_Lines_HaveTheSizeAskedFor(int lineBytes)
    {
        using var traffic = new BenchmarkTraffic(1_000, lineBytes, 1_000, seed: 1);
        var sizes = Enumerable.Range(0, 2_000).Select(_ => Next(traffic).Length).ToArray();
        Assert.InRange(sizes.Average(), lineBytes * 0.95, lineBytes * 1.05);
        Assert.All(sizes, size => Assert.InRange(size, lineBytes * 0.85, lineBytes * 1.15));
    }

    [Fact]
    public void WriteNext_OneRound_VisitsEveryAccountOnce()
    {
        using var traffic = new BenchmarkTraffic(777, 1_024, 1_000, seed: 1);
        var accounts = Enumerable.Range(0, 777).Select(_ => AccountOf(Next(traffic))).ToHashSet();
        Assert.Equal(777, accounts.Count);
        Assert.Contains(AccountOf(Next(traffic)), accounts);
    }

    [Fact]
    public void WriteNext_SameSeed_SameBytes()
    {
        using var first = new BenchmarkTraffic(50, 1_024, 1_000, seed: 8);
        using var second = new BenchmarkTraffic(50, 1_024, 1_000, seed: 8);
        for (var i = 0; i < 200; i++)
        {
            Assert.Equal(Next(first), Next(second));
        }
    }

    private static byte[] Next(BenchmarkTraffic traffic)
    {
        var line = new ArrayBufferWriter<byte>();
        traffic.WriteNext(line);
        return line.WrittenSpan.ToArray();
    }

    private static string AccountOf(byte[] line)
    {
        using var document = JsonDocument.Parse(line);
        return document.RootElement.GetProperty("account").GetProperty("id").GetString()!;
    }
}
