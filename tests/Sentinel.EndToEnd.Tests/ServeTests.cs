using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Sentinel.EndToEnd.Tests;

public sealed class ServeTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task Serve_PostedExchanges_AreJudgedAndShown()
    {
        await using var served = await ServedProgram.ReadyAsync(_scratch["data"]);
        Assert.Equal("live", (await served.GetAsync("/health/live")).GetProperty("status").GetString());
        var stolen = SampleTraffic.StolenReasoning("thief/1", 100);
        Assert.Equal((8, 0, 2), await served.PostAsync([.. stolen, "nonsense", "{}"]));
        Assert.Equal((0, 8, 0), await served.PostAsync(stolen));

        var decision = await served.GetAsync("/v1/decisions/thief%2F1");
        Assert.Equal("thief/1", decision.GetProperty("account_id").GetString());
        Assert.NotEqual("allow", decision.GetProperty("decision").GetString());
        Assert.False(decision.GetProperty("stale").GetBoolean());
        var account = await served.GetAsync("/v1/accounts/thief%2F1");
        Assert.Equal("abusive", account.GetProperty("level").GetString());
        Assert.Equal(4, account.GetProperty("exchanges_seen").GetInt32());
        Assert.Equal(decision.GetProperty("decision").GetString(), account.GetProperty("action").GetString());
        var (reason, verdict) = (account.GetProperty("reasons")[0], account.GetProperty("verdict"));
        Assert.Equal(reason.GetProperty("code").GetString(), decision.GetProperty("reason").GetString());
        Assert.Equal(verdict.GetProperty("id").GetString(), decision.GetProperty("decision_id").GetString());

        Assert.Equal("no_verdict", (await served.GetAsync("/v1/decisions/nobody")).GetProperty("reason").GetString());
        await AssertProblemAsync(await served.Client.GetAsync("/v1/accounts/nobody"), 404, "no_such_account");
        await AssertProblemAsync(await served.Client.GetAsync("/v1/campaigns/cmp-9"), 404, "no_such_campaign");
        await AssertProblemAsync(await served.Client.GetAsync("/v1/campaigns?cursor=x"), 400, "bad_cursor");
        await AssertProblemAsync(await served.Client.GetAsync("/nowhere"), 404, "no_such_resource");
        await AssertProblemAsync(await served.Client.DeleteAsync("/v1/campaigns"), 405, "method_not_allowed");
        await AssertProblemAsync(
            await served.Client.PostAsync("/v1/exchanges", new StringContent("{}")), 415, "unsupported_media_type");
        Assert.Empty((await served.GetAsync("/v1/campaigns")).GetProperty("campaigns").EnumerateArray());
        var document = await served.GetAsync("/openapi/v1.json");
        Assert.Equal("1", document.GetProperty("info").GetProperty("version").GetString());
    }

    [Fact]
    public async Task Serve_AccountsOneAfterAnother_AgreesWithReplay()
    {
        var traffic = SampleTraffic.Simulated(0.05, 11);
        await File.WriteAllBytesAsync(_scratch["in.jsonl"], traffic);
        await BuiltProgram.SucceedAsync(
            ["replay", "--input", _scratch["in.jsonl"], "--data", _scratch["data"], "--verdicts", _scratch["v.jsonl"],
                "--campaigns", _scratch["c.jsonl"]]);
        await using var served = await ServedProgram.ReadyAsync(_scratch["data"]);
        var lines = SampleTraffic.LinesOf(traffic);
        Assert.Equal((0, lines.Length, 0), await served.PostAsync(lines));
        foreach (var line in File.ReadLines(_scratch["v.jsonl"]))
        {
            var verdict = JsonDocument.Parse(line).RootElement;
            var id = Uri.EscapeDataString(verdict.GetProperty("account_id").GetString()!);
            var account = await served.GetAsync("/v1/accounts/" + id);
            Assert.Equal(verdict.GetProperty("level").GetString(), account.GetProperty("level").GetString());
            Assert.Equal(
                verdict.GetProperty("exchanges_seen").GetInt64(), account.GetProperty("exchanges_seen").GetInt64());
            var decision = await served.GetAsync("/v1/decisions/" + id);
            Assert.Equal(verdict.GetProperty("action").GetString(), decision.GetProperty("decision").GetString());
        }

        var listed = (await served.GetAsync("/v1/campaigns?limit=200")).GetProperty("campaigns").EnumerateArray()
            .Select(campaign => campaign.GetProperty("campaign_id").GetString()!);
        var found = File.ReadLines(_scratch["c.jsonl"])
            .Select(line => JsonDocument.Parse(line).RootElement.GetProperty("campaign_id").GetString()!);
        Assert.Equal(found.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Serve_KilledWhileTaking_KeepsEverythingAcknowledged()
    {
        var batches = SampleTraffic.LinesOf(SampleTraffic.Simulated(0.12, 8)).Chunk(100).ToArray();
        Assert.True(batches.Length > 40, $"{batches.Length} batches");
        var acknowledged = new HashSet<int>();
        await using (var killed = await ServedProgram.ReadyAsync(_scratch["data"]))
        {
            var next = -1;
            var posting = Enumerable.Range(0, 3).Select(async _ =>
            {
                for (var i = Interlocked.Increment(ref next); i < batches.Length; i = Interlocked.Increment(ref next))
                {
                    try
                    {
                        Assert.Equal((batches[i].Length, 0, 0), await killed.PostAsync(batches[i]));
                    }
                    catch (HttpRequestException)
                    {
                        return; // It is dead.
                    }

                    lock (acknowledged)
                    {
                        acknowledged.Add(i);
                    }
                }
            }).ToArray();
            await killed.Program.UntilAsync(() => Task.FromResult(Count() >= 20), "20 batches are acknowledged");
            await killed.Program.KillAsync();
            await Task.WhenAll(posting);
        }

        Assert.InRange(acknowledged.Count, 20, batches.Length - 1);
        await using var served = await ServedProgram.ReadyAsync(_scratch["data"]);
        for (var i = 0; i < batches.Length; i++)
        {
            var (accepted, duplicate, rejected) = await served.PostAsync(batches[i]);
            Assert.Equal((batches[i].Length, 0), (accepted + duplicate, rejected));
            Assert.True(accepted == 0 || !acknowledged.Contains(i), $"Batch {i} was acknowledged and lost {accepted}.");
        }

        foreach (var batch in batches)
        {
            Assert.Equal((0, batch.Length, 0), await served.PostAsync(batch));
        }

        int Count()
        {
            lock (acknowledged)
            {
                return acknowledged.Count;
            }
        }
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task Serve_ToldToStop_FinishesWhatIsInFlight(string signal)
    {
        var lines = SampleTraffic.LinesOf(SampleTraffic.Simulated(0.01, 9)).Take(200).ToArray();
        await using (var served = await ServedProgram.ReadyAsync(_scratch["data"]))
        {
            using var body = new SlowContent(ServedProgram.Ndjson(lines));
            var posted = served.Client.PostAsync("/v1/exchanges", body);
            await body.Begun.WaitAsync(TimeSpan.FromSeconds(30));
            var began = Stopwatch.GetTimestamp();
            served.Program.Signal(signal);
            await served.Program.UntilAsync(
                () => Task.FromResult(served.Program.Error.Contains("Stopping", StringComparison.Ordinal)), "it stops");
            body.Finish();
            var answer = await ServedProgram.JsonOf(await posted, HttpStatusCode.OK);
            Assert.Equal(lines.Length, answer.GetProperty("accepted").GetInt32());
            var ended = await served.Program.WaitAsync();
            Assert.True(ended.ExitCode == 0, $"exit {ended.ExitCode}: {ended.Error}");
            Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(25), "It took too long to stop.");
        }

        await using var again = await ServedProgram.ReadyAsync(_scratch["data"]);
        Assert.Equal((0, lines.Length, 0), await again.PostAsync(lines));
    }

    [Fact]
    public async Task Serve_PortOrFolderTaken_SaysSoInOneLine()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var url = $"http://127.0.0.1:{((IPEndPoint)taken.LocalEndpoint).Port}";
        var port = await BuiltProgram.RunAsync(["serve", "--urls", url, "--data", _scratch["data"]]);
        Assert.Equal(1, port.ExitCode);
        Assert.Contains($"sentinel: cannot listen on {url}", port.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", port.Error, StringComparison.Ordinal);

        await using var served = await ServedProgram.ReadyAsync(_scratch["data"]);
        var folder = await BuiltProgram.RunAsync(["serve", "--urls", "http://127.0.0.1:0", "--data", _scratch["data"]]);
        Assert.Equal(1, folder.ExitCode);
        Assert.Contains("is in use", folder.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", folder.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_Http2Address_SpeaksHttp2WithoutTls()
    {
        var port = FreePort();
        await using var served = await ServedProgram.StartAsync(
            ["serve", "--urls", "http://127.0.0.1:0", "--data", _scratch["data"]],
            ("LLMSENTINEL_Serve__Http2Urls", $"http://127.0.0.1:{port}"));
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{port}/health/live")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        var response = await served.Client.SendAsync(request);
        Assert.Equal((HttpStatusCode.OK, HttpVersion.Version20), (response.StatusCode, response.Version));
    }

    [Fact]
    public async Task Serve_BadConfiguration_NamesEveryKey()
    {
        var ended = await BuiltProgram.RunAsync(
            ["serve", "--urls", "http://127.0.0.1:0", "--data", _scratch["data"]],
            ("LLMSENTINEL_Api__IngestBytesMax", "1"), ("LLMSENTINEL_Api__DecisionBatchMax", "0"));
        Assert.Equal(2, ended.ExitCode);
        Assert.Contains("IngestBytesMax", ended.Error, StringComparison.Ordinal);
        Assert.Contains("DecisionBatchMax", ended.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", ended.Error, StringComparison.Ordinal);
        var drain = await BuiltProgram.RunAsync(["serve"], ("LLMSENTINEL_Serve__DrainSeconds", "soon"));
        Assert.Equal(2, drain.ExitCode);
        Assert.Contains("Serve:DrainSeconds", drain.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Demo_Small_ShowsFindingsAndServesThem()
    {
        await using var served = await ServedProgram.StartAsync(["demo", "--scale", "0.1", "--port", "0"]);
        await served.UntilReadyAsync();
        Assert.Contains("What was played, and what became of it", served.Program.Output, StringComparison.Ordinal);
        var curl = served.Program.Output.Split('\n')
            .First(line => line.Contains("/v1/accounts/", StringComparison.Ordinal));
        var account = await served.GetAsync(curl[curl.IndexOf("/v1/", StringComparison.Ordinal)..].Trim());
        Assert.True(account.GetProperty("exchanges_seen").GetInt64() > 0);
        served.Program.Signal("INT");
        Assert.Equal(0, (await served.Program.WaitAsync()).ExitCode);
    }

    [Fact]
    public async Task Demo_Once_EndsByItself()
    {
        var ended = await BuiltProgram.SucceedAsync(["demo", "--once", "--scale", "0.1"]);
        Assert.Contains("exchanges", ended.Output, StringComparison.Ordinal);
        Assert.Contains("harvesting accounts", ended.Output, StringComparison.Ordinal);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task AssertProblemAsync(HttpResponseMessage response, int status, string code)
    {
        var problem = await ServedProgram.JsonOf(response, (HttpStatusCode)status);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(code, problem.GetProperty("code").GetString());
    }

    /// <summary>A body of which the second half comes when the test says so.</summary>
    private sealed class SlowContent : HttpContent
    {
        private readonly HttpContent _whole;
        private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _finish = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public SlowContent(HttpContent whole)
        {
            _whole = whole;
            Headers.ContentType = whole.Headers.ContentType;
        }

        public Task Begun => _begun.Task;

        public void Finish() => _finish.TrySetResult();

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            var bytes = await _whole.ReadAsByteArrayAsync();
            await stream.WriteAsync(bytes.AsMemory(0, bytes.Length / 2));
            await stream.FlushAsync();
            _begun.TrySetResult();
            await _finish.Task;
            await stream.WriteAsync(bytes.AsMemory(bytes.Length / 2));
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }

        protected override void Dispose(bool disposing)
        {
            _whole.Dispose();
            base.Dispose(disposing);
        }
    }
}
