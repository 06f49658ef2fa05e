using System.IO.Compression;
using System.Text;
using System.Text.Json;

namespace Sentinel.EndToEnd.Tests;

public sealed class ReplayTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task Replay_EveryBadInputBetweenGoodLines_LosesNoGoodLine()
    {
        WriteWithBadLines(_scratch["in.jsonl"]);
        await ReplayAsync("in.jsonl", "a");
        var letters = Lines("a.letters.jsonl").Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        var codes = letters.Select(letter => letter.GetProperty("code").GetString()!).ToArray();
        Assert.Equal(7, codes.Length);
        Assert.Equal(7, letters.Select(letter => letter.GetProperty("byte_offset").GetInt64()).Distinct().Count());
        Assert.All(letters, letter => Assert.Equal("in.jsonl", letter.GetProperty("source").GetString()));
        Assert.Equal(
            ["source", "line", "byte_offset", "code", "detail", "head"],
            letters[0].EnumerateObject().Select(property => property.Name));

        var summary = Summary("a");
        Assert.Equal(7, summary.GetProperty("rejected").GetInt32());
        Assert.Equal(1, summary.GetProperty("duplicates").GetInt32());
        Assert.Equal(12, summary.GetProperty("exchanges").GetInt32());
        Assert.Equal(12, summary.GetProperty("accounts").GetInt32());
        Assert.Equal(
            Enumerable.Range(0, 12).Select(i => $"acct-{i}"),
            Lines("a.verdicts.jsonl").Select(line => Text(JsonDocument.Parse(line).RootElement, "account_id")));
    }

    [Fact]
    public async Task Replay_EmptyFile_FindsNothing()
    {
        await File.WriteAllTextAsync(_scratch["in.jsonl"], "");
        await ReplayAsync("in.jsonl", "a");
        Assert.Empty(Lines("a.verdicts.jsonl"));
        Assert.Empty(Lines("a.campaigns.jsonl"));
        Assert.Equal(0, Summary("a").GetProperty("exchanges").GetInt32());
    }

    [Fact]
    public async Task Replay_GzipCutOff_KeepsWhatCameBefore()
    {
        using (var packed = new MemoryStream())
        {
            using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            {
                gzip.Write(SampleTraffic.Simulated(0.01, 3));
            }

            await File.WriteAllBytesAsync(_scratch["in.jsonl.gz"], packed.ToArray()[..(int)(packed.Length * 0.7)]);
        }

        await ReplayAsync("in.jsonl.gz", "a");
        var letter = JsonDocument.Parse(Assert.Single(Lines("a.letters.jsonl"))).RootElement;
        Assert.Equal("truncated_gzip", letter.GetProperty("code").GetString());
        Assert.True(Summary("a").GetProperty("exchanges").GetInt32() > 100);
    }

    [Fact]
    public async Task Replay_OneCoreOrTwo_GivesTheSameBytes()
    {
        await File.WriteAllBytesAsync(_scratch["in.jsonl"], [
            .. SampleTraffic.Simulated(0.08, 5),
            .. Encoding.UTF8.GetBytes(string.Join('\n', SampleTraffic.StolenReasoning("thief", 100)) + "\nnonsense\n"),
        ]);
        var ended = await ReplayAsync("in.jsonl", "one", ("DOTNET_PROCESSOR_COUNT", "1"));
        Assert.Matches(@"promise +at most \d+\.\d\d % of the flagged are innocent", ended.Output);
        await ReplayAsync("in.jsonl", "two", ("DOTNET_PROCESSOR_COUNT", "2"));
        AssertSameFindings("one", "two");
        var thief = Lines("one.verdicts.jsonl").Single(line => line.Contains("\"thief\"", StringComparison.Ordinal));
        Assert.Contains("\"level\":\"abusive\"", thief, StringComparison.Ordinal);
        Assert.Contains("\"abuse_types\":[\"relay_harvest\"]", thief, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replay_KilledInTheMiddle_FindsTheSameTheSecondTime()
    {
        var traffic = SampleTraffic.Simulated(0.1, 6);
        await File.WriteAllBytesAsync(_scratch["in.jsonl"], traffic);
        await ReplayAsync("in.jsonl", "undisturbed");

        await using (var killed = BuiltProgram.Start(Arguments("-", "killed", data: true)))
        {
            // Slower than a commit is due, so that something is durable; never to the end.
            for (var i = 0; i < 4; i++)
            {
                var part = traffic.Length / 5;
                await killed.Input.WriteAsync(traffic.AsMemory(i * part, part));
                await killed.Input.FlushAsync();
                await Task.Delay(1_200);
            }

            Assert.False(killed.HasExited);
            await killed.KillAsync();
        }

        Assert.False(File.Exists(_scratch["killed.verdicts.jsonl"]));
        await BuiltProgram.SucceedAsync(Arguments(_scratch["in.jsonl"], "killed", data: true));
        AssertSameFindings("undisturbed", "killed");
        var (undisturbed, killedSummary) = (Summary("undisturbed"), Summary("killed"));
        Assert.Equal(
            undisturbed.GetProperty("exchanges").GetInt32(), killedSummary.GetProperty("exchanges").GetInt32());
        Assert.True(killedSummary.GetProperty("duplicates").GetInt32() > 0, "Nothing was durable when it was killed.");
    }

    [Fact]
    public async Task Replay_Interrupted_EndsWith130AndGoesOnLater()
    {
        var traffic = SampleTraffic.Simulated(0.05, 7);
        await File.WriteAllBytesAsync(_scratch["in.jsonl"], traffic);
        await ReplayAsync("in.jsonl", "undisturbed");
        await using (var stopped = BuiltProgram.Start(Arguments("-", "stopped", data: true)))
        {
            await stopped.Input.WriteAsync(traffic.AsMemory(0, traffic.Length / 2));
            await stopped.Input.FlushAsync();
            await Task.Delay(3_000);
            stopped.Signal("INT");
            var ended = await stopped.WaitAsync();
            Assert.True(ended.ExitCode == 130, $"exit {ended.ExitCode}: {ended.Error}");
        }

        await BuiltProgram.SucceedAsync(Arguments(_scratch["in.jsonl"], "stopped", data: true));
        AssertSameFindings("undisturbed", "stopped");
        Assert.True(Summary("stopped").GetProperty("duplicates").GetInt32() > 0, "Nothing was kept.");
    }

    [FactIfFile("../shared/traffic/sample.jsonl.gz")]
    public async Task Replay_SharedSample_FindsMostAndAccusesFew()
    {
        var folder = Path.Combine(BuiltProgram.Root, "../shared/traffic");
        await BuiltProgram.SucceedAsync(
            ["replay", "--input", Path.Combine(folder, "sample.jsonl.gz"), "--verdicts", _scratch["v.jsonl"]]);
        var flagged = Lines("v.jsonl").Select(line => JsonDocument.Parse(line).RootElement)
            .Where(verdict => Text(verdict, "level") is "suspect" or "abusive")
            .Select(verdict => Text(verdict, "account_id"))
            .ToHashSet(StringComparer.Ordinal);
        var truth = File.ReadLines(Path.Combine(folder, "sample.truth.jsonl"))
            .Select(line => JsonDocument.Parse(line).RootElement)
            .ToLookup(account => Text(account, "label"), account => Text(account, "account_id"));
        var (malicious, benign) = (truth["malicious"].ToArray(), truth["benign"].ToArray());
        double found = malicious.Count(flagged.Contains), accused = benign.Count(flagged.Contains);
        Assert.True(found >= 0.6 * malicious.Length, $"{found} of {malicious.Length} malicious accounts flagged");
        Assert.True(accused <= 0.01 * benign.Length, $"{accused} of {benign.Length} benign accounts flagged");
    }

    private static void WriteWithBadLines(string path)
    {
        using var file = File.Create(path);
        var number = 0;
        void Good() => PutText(SampleTraffic.Line(number, $"acct-{number++}"));
        void PutText(string line) => Put(Encoding.UTF8.GetBytes(line));
        void Put(ReadOnlySpan<byte> line)
        {
            file.Write(line);
            file.WriteByte((byte)'\n');
        }

        Good();
        Put("this is not JSON"u8);
        Good();
        Put("{\"event_id\":\"x\",\"occurred_at\":\"2026-11-02T00:00:00Z\"}"u8); // Misses properties.
        Good();
        PutText(SampleTraffic.Line(500, "typed").Replace("200", "\"ok\"", StringComparison.Ordinal)); // A wrong type.
        Good();
        Put([.. "{\"event_id\":\""u8, 0xFF, 0xFE, .. "\"}"u8]); // Invalid UTF-8.
        Good();
        PutText(SampleTraffic.Line(501, "nested", $",\"deep\":{new string('[', 5_000)}{new string(']', 5_000)}"));
        Good();
        PutHuge(file, 100 * 1024 * 1024);
        Good();
        PutText(SampleTraffic.Line(0, "acct-0")); // A second event of the same id.
        Good();
        Put("\r"u8); // Blank.
        Good();
        Put("{\"event_id\":\"cut\",\"occurred_at\":\"2026-11"u8);
        Good();
        // The clock runs backwards.
        PutText(SampleTraffic.Line(11, "acct-10").Replace("00:00:11Z", "00:00:01Z", StringComparison.Ordinal));
        file.Write(Encoding.UTF8.GetBytes(SampleTraffic.Line(12, "acct-11"))); // No line end.
    }

    private static void PutHuge(FileStream file, int length)
    {
        var block = new byte[1024 * 1024];
        Array.Fill(block, (byte)'a');
        file.Write("{\"event_id\":\""u8);
        for (var written = 0; written < length; written += block.Length)
        {
            file.Write(block);
        }

        file.Write("\"}\n"u8);
    }

    private Task<Ended> ReplayAsync(string input, string name, params (string Name, string Value)[] environment) =>
        BuiltProgram.SucceedAsync(Arguments(_scratch[input], name, data: false), environment);

    private string[] Arguments(string input, string name, bool data) =>
    [
        "replay", "--input", input, "--verdicts", _scratch[name + ".verdicts.jsonl"],
        "--campaigns", _scratch[name + ".campaigns.jsonl"], "--dead-letters", _scratch[name + ".letters.jsonl"],
        "--summary", _scratch[name + ".summary.json"], .. data ? ["--data", _scratch[name + ".data"]] : (string[])[],
    ];

    private string[] Lines(string name) => File.ReadAllLines(_scratch[name]);

    private static string Text(JsonElement item, string name) => item.GetProperty(name).GetString()!;

    private JsonElement Summary(string name) =>
        JsonDocument.Parse(File.ReadAllText(_scratch[name + ".summary.json"])).RootElement;

    private void AssertSameFindings(string left, string right)
    {
        foreach (var kind in new[] { "verdicts", "campaigns", "letters" })
        {
            var (one, other) = (_scratch[$"{left}.{kind}.jsonl"], _scratch[$"{right}.{kind}.jsonl"]);
            Assert.Equal(File.ReadAllText(one), File.ReadAllText(other));
        }

        Assert.NotEmpty(Lines(left + ".verdicts.jsonl"));
    }
}
