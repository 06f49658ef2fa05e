using System.Text;
using Sentinel.Detection.Incidents;
using Sentinel.Detection.Links;
using Sentinel.Detection.Observations;
using Sentinel.Detection.Verdicts;
using Sentinel.Storage.Exports;
using Sentinel.Storage.Lanes;
using Sentinel.Storage.Sharing;
using Sentinel.Testing;

namespace Sentinel.Storage.Tests;

[Collection(OneEngine.Name)]
public sealed class IncidentExportTests(StoreEngine fixture)
{
    private const string Formula = "=cmd|' /C calc'!A0";

    [Fact]
    public async Task Csv_HostileAccount_IsText()
    {
        await using var clickHouse = await FilledAsync();
        foreach (var table in Enum.GetValues<ExportTable>())
        {
            var lines = Encoding.UTF8.GetString(await WriteAsync(clickHouse, table, ExportFormat.Csv)).TrimEnd('\n').Split('\n');
            Assert.Equal(table == ExportTable.Exchanges ? 7 : 3, lines.Length);
            Assert.Contains("account", lines[0], StringComparison.Ordinal);
            Assert.Contains(lines, static line => line.Contains("\"'=cmd|' /C calc'!A0\"", StringComparison.Ordinal));
            Assert.DoesNotContain(lines, static line => line.Contains("\"=", StringComparison.Ordinal));
            Assert.DoesNotContain(lines, static line => line.Contains("other", StringComparison.Ordinal));
            Assert.DoesNotContain(lines, static line => line.Contains("\\N", StringComparison.Ordinal)); // What is not there is empty.
        }
    }

    [Fact]
    public async Task ParquetAndArrow_AreWholeFiles()
    {
        await using var clickHouse = await FilledAsync();
        var parquet = await WriteAsync(clickHouse, ExportTable.Exchanges, ExportFormat.Parquet);
        Assert.Equal("PAR1"u8, parquet.AsSpan(0, 4));
        Assert.Equal("PAR1"u8, parquet.AsSpan(parquet.Length - 4));
        Assert.NotEmpty(await WriteAsync(clickHouse, ExportTable.Links, ExportFormat.Arrow));
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(fixture.Folder, "exports")));
    }

    [Fact]
    public async Task Shares_ReadBack_InTheirOrder_AndExpire()
    {
        await using var clickHouse = await fixture.OpenMigratedAsync();
        var log = new ShareLog(clickHouse);
        var share = new SharedReport(
            Sample.Start, "s1", "partner", "partner", "cmp-1", "stix", "e", "c", 5, Sample.Start.AddDays(1), "me", "why");
        await log.AppendAsync(share, "{1}", CancellationToken.None);
        await log.AppendAsync(share with { Id = "s2", SharedAt = Sample.Start.AddMinutes(1) }, "{2}", CancellationToken.None);
        await log.AppendAsync(share with { Id = "s3", Recipient = "other", Format = "pdf" }, "", CancellationToken.None);
        Assert.Equal(["s2", "s1"], (await log.ListAsync("partner", 10, CancellationToken.None)).Select(static item => item.Id));
        Assert.Equal(3, (await log.ListAsync("", 10, CancellationToken.None)).Length);
        Assert.Equal(share, (await log.ListAsync("partner", 10, CancellationToken.None))[1]);
        Assert.Equal("{2}", await log.FindBodyAsync("partner", "cmp-1", CancellationToken.None));
        Assert.Null(await log.FindBodyAsync("other", "cmp-1", CancellationToken.None));
        var first = await log.ListBundlesAsync("partner", Sample.Start, DateTimeOffset.UnixEpoch, "", 1, CancellationToken.None);
        Assert.Equal("{1}", Assert.Single(first).Body);
        var rest = await log.ListBundlesAsync("partner", Sample.Start, first[0].SharedAt, first[0].Id, 9, CancellationToken.None);
        Assert.Equal("{2}", Assert.Single(rest).Body);
        Assert.Empty(await log.ListBundlesAsync("partner", Sample.Start.AddDays(2), DateTimeOffset.UnixEpoch, "", 9, CancellationToken.None));
    }

    [Fact]
    public async Task Imports_KeyToldAgain_IsRenewed_AndEnds()
    {
        await using var clickHouse = await fixture.OpenMigratedAsync();
        var log = new ImportLog(clickHouse);
        var later = DateTimeOffset.FromUnixTimeSeconds(4_000_000_000);
        var key = new ImportedKey("them", LinkKind.Device, new string('a', 64), 0.25, later, Sample.Start);
        await log.AppendAsync([key], "1", CancellationToken.None);
        await log.AppendAsync([key with { Weight = 0.5, ImportedAt = Sample.Start.AddDays(1) }], "2", CancellationToken.None);
        Assert.Equal(0.5, Assert.Single(await log.ListAsync(Sample.Start, CancellationToken.None)).Weight);
        Assert.Empty(await log.ListAsync(later, CancellationToken.None));
    }

    private static async Task<byte[]> WriteAsync(IClickHouse clickHouse, ExportTable table, ExportFormat format)
    {
        using var file = new MemoryStream();
        await new IncidentExport(clickHouse).WriteAsync(table, format, "cmp-1", file, CancellationToken.None);
        return file.ToArray();
    }

    private async Task<IClickHouse> FilledAsync()
    {
        var clickHouse = await fixture.OpenMigratedAsync();
        await using var store = await LaneStore.OpenAsync(clickHouse, 0, CancellationToken.None);
        var observation = new Observation();
        for (var i = 0; i < 9; i++)
        {
            Sample.Fill(observation, (ulong)i);
            observation.AccountId.Set(Encoding.UTF8.GetBytes(i % 3 == 0 ? "a" : i % 3 == 1 ? Formula : "other"));
            store.Append(observation);
        }

        store.Append(Sample.CampaignOf("cmp-1", version: 2, risk: 0.97, "a", Formula));
        store.Append(Sample.VerdictOf(0, 2, "a", VerdictLevel.Abusive, 0.95));
        store.Append(new Link(LinkKind.Payment, 5, "a", 0, 0, Sample.Start));
        store.Append(new Link(LinkKind.Payment, 5, Formula, 0, 1, Sample.Start));
        store.Append(new Link(LinkKind.Payment, 5, "other", 0, 2, Sample.Start));
        await store.CommitAsync(CancellationToken.None);
        return clickHouse;
    }
}
