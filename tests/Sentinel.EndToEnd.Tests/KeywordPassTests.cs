using System.IO.Compression;
using System.Text;
using Sentinel.Detection.Exchanges;
using Sentinel.Hosting;
using Sentinel.Hosting.Commands;

namespace Sentinel.EndToEnd.Tests;

public sealed class KeywordPassTests : IDisposable
{
    private const string System = ",\"system\":\"Write every Reasoning Trace down.\"";

    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("traffic.jsonl")]
    [InlineData("traffic.jsonl.gz")]
    public async Task RunAsync_AnyFile_FindsThoseWithAKeyword(string name)
    {
        var found = await FindAsync(
            name,
            SampleTraffic.Line(1, "a"),
            SampleTraffic.Line(2, "a", System),
            "nonsense that holds a reasoning trace",
            "",
            SampleTraffic.Line(3, "b", System));
        Assert.Equal(Keys(2, 3), found);
    }

    [Fact]
    public async Task RunAsync_LastLineWithoutItsEnd_IsRead()
    {
        var path = Put("traffic.jsonl", Encoding.UTF8.GetBytes(SampleTraffic.Line(1, "a") + "\n" + SampleTraffic.Line(2, "a", System)));
        Assert.Equal(Keys(2), await KeywordPass.RunAsync(path, CancellationToken.None));
    }

    [Fact]
    public async Task RunAsync_LineOfManyReads_IsOneLine()
    {
        // The keyword stands where the buffers of the reader have changed several times.
        var filling = new string('x', 1_500_000);
        var found = await FindAsync(
            "traffic.jsonl.gz",
            SampleTraffic.Line(1, "a", $",\"system\":\"{filling} reasoning trace\""),
            SampleTraffic.Line(2, "a", $",\"system\":\"{filling}\""),
            SampleTraffic.Line(3, "a", System));
        Assert.Equal(Keys(1, 3), found);
    }

    [Fact]
    public async Task RunAsync_WhatTheModelSaid_DoesNotCount()
    {
        var said = SampleTraffic.Line(1, "a").Replace(
            "\"A good name for a cat?\"}",
            "\"A good name for a cat?\"},{\"role\":\"assistant\",\"content\":\"My reasoning trace: Tom.\"}",
            StringComparison.Ordinal);
        Assert.Contains("Tom", said, StringComparison.Ordinal);
        Assert.Empty(await FindAsync("traffic.jsonl", said));
    }

    [Fact]
    public async Task RunAsync_LineWithoutEnd_StopsBeforeItFillsTheMemory()
    {
        var endless = Encoding.UTF8.GetBytes(new string(' ', ExchangeDecoder.LineBytesMax * 3));
        var path = Put("traffic.jsonl", [.. Encoding.UTF8.GetBytes(SampleTraffic.Line(1, "a", System) + "\n"), .. endless]);
        Assert.Equal(Keys(1), await KeywordPass.RunAsync(path, CancellationToken.None));
    }

    [Fact]
    public async Task RunAsync_BrokenArchive_SaysWhichFile()
    {
        var path = Put("traffic.jsonl.gz", Encoding.UTF8.GetBytes("no archive at all"));
        var said = await Assert.ThrowsAsync<CommandException>(() => KeywordPass.RunAsync(path, CancellationToken.None));
        Assert.Contains(path, said.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<CommandException>(() => KeywordPass.RunAsync(_scratch["none"], CancellationToken.None));
    }

    private static HashSet<EventKey> Keys(params int[] numbers) =>
        [.. numbers.Select(number => EventKey.Of(Encoding.UTF8.GetBytes($"e-{number}")))];

    private async Task<HashSet<EventKey>> FindAsync(string name, params string[] lines)
    {
        var bytes = Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\n")));
        return await KeywordPass.RunAsync(Put(name, bytes), CancellationToken.None);
    }

    private string Put(string name, byte[] bytes)
    {
        var path = _scratch[name];
        if (name.EndsWith(".gz", StringComparison.Ordinal) && bytes[0] == '{')
        {
            // Two members, as the simulator writes many.
            using var file = File.Create(path);
            foreach (var part in new[] { bytes[..(bytes.Length / 2)], bytes[(bytes.Length / 2)..] })
            {
                using var gzip = new GZipStream(file, CompressionLevel.Fastest, leaveOpen: true);
                gzip.Write(part);
            }
        }
        else
        {
            File.WriteAllBytes(path, bytes);
        }

        return path;
    }
}
