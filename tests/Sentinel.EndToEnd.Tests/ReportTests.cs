using System.Text;
using System.Text.Json;

namespace Sentinel.EndToEnd.Tests;

/// <summary><c>sentinel report</c>, from a store that a replay left.</summary>
public sealed class ReportTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task Report_EveryFormat_IsWritten_AndWhatIsWrongIsSaid()
    {
        await File.WriteAllBytesAsync(_scratch["in.jsonl"], SampleTraffic.Simulated(0.15, 3));
        await BuiltProgram.SucceedAsync(
            ["replay", "--input", _scratch["in.jsonl"], "--data", _scratch["data"], "--campaigns", _scratch["campaigns"]]);
        var campaign = JsonDocument.Parse(File.ReadLines(_scratch["campaigns"]).First()).RootElement.GetProperty("campaign_id").GetString()!;
        foreach (var (format, beginning) in new[]
        {
            ("json", "{"), ("stix", "{"), ("ocsf", "{"), ("ecs", "{"), ("hec", "{"), ("cef", "CEF:0|"), ("html", "<!DOCTYPE html>"),
            ("pdf", "%PDF-1.7"), ("pdf-letter", "%PDF-1.7"), ("csv", "\"account\","), ("parquet", "PAR1"), ("arrow", ""),
        })
        {
            var ended = await ReportAsync(campaign, format, _scratch["out"]);
            Assert.True(ended.ExitCode == 0, $"{format}: {ended.Error}");
            var written = await File.ReadAllBytesAsync(_scratch["out"]);
            Assert.NotEmpty(written);
            Assert.StartsWith(beginning, Encoding.UTF8.GetString(written), StringComparison.Ordinal);
            File.Delete(_scratch["out"]);
        }

        var piped = await ReportAsync(campaign, "cef", "/dev/stdout");
        Assert.True(piped.ExitCode == 0, piped.Error);
        Assert.StartsWith("CEF:0|", piped.Output, StringComparison.Ordinal);
        await RefusedAsync("there is no format doc", campaign, "doc");
        await RefusedAsync("there is no campaign cmp-999", "cmp-999", "pdf");
        await RefusedAsync("--table is accounts, exchanges or links", campaign, "csv", "--table", "1");
        await RefusedAsync("csv is of one campaign", "period", "csv");
        await RefusedAsync("no recipient friends is configured", campaign, "stix", "--for", "friends");
        await RefusedAsync("--from is no time", "period", "json", "--from", "yesterday");
    }

    [Fact]
    public async Task Report_FromAFolderWithoutAStore_MakesNone()
    {
        Directory.CreateDirectory(_scratch["data"]);
        await RefusedAsync("there is no store in", "cmp-1", "pdf");
        Assert.Empty(Directory.EnumerateFileSystemEntries(_scratch["data"]));
        var audit = await BuiltProgram.RunAsync(["audit", "verify", "--data", _scratch["data"]]);
        Assert.Equal(2, audit.ExitCode);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_scratch["data"]));
    }

    private Task<Ended> ReportAsync(string campaign, string format, string output, params string[] more) =>
        BuiltProgram.RunAsync(["report", campaign, "--format", format, "--data", _scratch["data"], "--out", output, .. more]);

    private async Task RefusedAsync(string why, string campaign, string format, params string[] more)
    {
        var ended = await ReportAsync(campaign, format, _scratch["out"], more);
        Assert.Equal(2, ended.ExitCode);
        Assert.Contains(why, ended.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(_scratch["out"]));
    }
}
