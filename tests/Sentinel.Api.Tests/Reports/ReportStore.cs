using Sentinel.Api.Reports;
using Sentinel.Detection.Campaigns;
using Sentinel.Detection.Links;
using Sentinel.Detection.Verdicts;
using Sentinel.Storage;
using Sentinel.Storage.Lanes;
using Sentinel.Testing;

namespace Sentinel.Api.Tests.Reports;

/// <summary>A real store with one campaign, and files of secrets.</summary>
public sealed class ReportStore : IDisposable
{
    public const string Canary = "kanarie";

    private readonly StoreEngine _engine;

    public ReportStore(StoreEngine engine)
    {
        _engine = engine;
        Folder = Directory.CreateTempSubdirectory("sentinel-reports-").FullName;
        SecretFile = Path.Combine(Folder, "secret");
        File.WriteAllText(SecretFile, new string('5', 64));
    }

    public string Folder { get; }

    public string SecretFile { get; }

    internal async Task<Source> OpenAsync()
    {
        var clickHouse = await _engine.OpenMigratedAsync();
        await using var store = await LaneStore.OpenAsync(clickHouse, 0, CancellationToken.None);
        var at = new DateTimeOffset(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);
        string[] accounts = [$"{Canary}-a", $"{Canary}-b"];
        store.Append(new Campaign(
            "cmp-1", 3, [.. accounts], 0.995, [AbuseType.ReasoningExtraction], at, 10, 40, $"{Canary} frame ⟨…⟩",
            [new CampaignLink(LinkKind.Payment, 2, 7)], [new Reason("content.reasoning_extraction", $"{Canary} said", 9)], 6, 1, at, null));
        foreach (var (account, i) in accounts.Select(static (account, i) => (account, i)))
        {
            store.Append(new Link(LinkKind.Payment, 0xFEEDC0DE00000001, account, 0, i, at));
            store.Append(new Link(LinkKind.Device, 0xFEEDC0DE00000002, account, 0, i, at));
        }

        await store.CommitAsync(CancellationToken.None);
        return new Source(clickHouse);
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    internal sealed class Source(IClickHouse clickHouse) : IReportSource, IAsyncDisposable
    {
        public IClickHouse? ClickHouse => clickHouse;

        public ValueTask DisposeAsync() => clickHouse.DisposeAsync();
    }
}
