using Sentinel.Detection.Verdicts;
using Sentinel.Storage.Decisions;
using Sentinel.Storage.Queries;
using Sentinel.Testing;

namespace Sentinel.Storage.Tests;

[Collection(OneEngine.Name)]
public sealed class DecisionLogTests(StoreEngine fixture)
{
    [Fact]
    public async Task List_WrittenDecisions_AreReadBackLatestFirst()
    {
        await using var clickHouse = await fixture.OpenMigratedAsync();
        var writer = new DecisionLogWriter(clickHouse, "test");
        var written = Enumerable.Range(0, 10).Select(static i => new LoggedDecision(
            Sample.Start.AddSeconds(i), i % 2 == 0 ? "数据 '\0" : "other", "nginx", (DecisionAction)(i % 6),
            $"reason.{i}", $"0-{i}-1", i % 3 == 0, i == 0 ? 0.001 : 1)).ToArray();
        await writer.FlushAsync(CancellationToken.None); // Nothing: no block.
        foreach (var decision in written)
        {
            writer.Append(decision);
        }

        Assert.Equal(written.Length, writer.Count);
        await writer.FlushAsync(CancellationToken.None);
        Assert.Equal(0, writer.Count);
        var reader = new DecisionReader(clickHouse);
        Assert.Equal(
            written.Where((_, i) => i % 2 == 0).Reverse(),
            await reader.ListAsync("数据 '\0", 10, CancellationToken.None));
        var latest = await reader.ListAsync("other", 2, CancellationToken.None);
        Assert.Equal([written[9], written[7]], latest.AsEnumerable());
        Assert.Empty(await reader.ListAsync("nobody", 2, CancellationToken.None));
    }
}
