using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using NSubstitute;
using Sentinel.Api.Decisions;
using Sentinel.Api.Decisions.Log;
using Sentinel.Api.Gateways;
using Sentinel.Api.Observability;
using Sentinel.Detection.Verdicts;
using Sentinel.Storage;
using Sentinel.Storage.Decisions;
using Sentinel.Testing;

namespace Sentinel.Api.Tests.Decisions;

public sealed class DecisionLogTests : IAsyncDisposable
{
    private readonly ManualClock _clock = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly IClickHouse _clickHouse = Substitute.For<IClickHouse>();
    private readonly List<string> _blocks = [];
    private readonly DecisionLog _log;
    private volatile bool _isAway;

    public DecisionLogTests()
    {
        _log = new DecisionLog(
            Options.Create(new ApiOptions { DecisionLogMax = 256 }),
            new ApiTelemetry(_services.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>(), new DecisionBoard(16)),
            _clock, NullLogger<DecisionLog>.Instance);
        _clickHouse.InsertAsync(default, default!, default).ReturnsForAnyArgs(call =>
        {
            var body = call.Arg<IReadOnlyList<ReadOnlyMemory<byte>>>();
            _blocks.Add(string.Concat(body.Select(static part => Encoding.UTF8.GetString(part.Span))));
            return _isAway ? Task.FromException(new ClickHouseException("away")) : Task.CompletedTask;
        });
    }

    public async ValueTask DisposeAsync()
    {
        _log.Dispose();
        await _services.DisposeAsync();
    }

    [Fact]
    public async Task Take_WhileOpen_KeepsAllButAllowAndAShareOfThose()
    {
        Take("before", DecisionAction.Block);
        _log.Open(_clickHouse);
        Take("blocked", DecisionAction.Block);
        for (var i = 0; i < 200; i++)
        {
            Take($"allowed-{i};", DecisionAction.Allow, share: 0.1, chance: i);
        }

        Take("never", DecisionAction.Allow, share: 0);
        Take("always", DecisionAction.Allow, share: 1);
        await _log.CloseAsync();
        Take("after", DecisionAction.Block);
        var block = Assert.Single(_blocks);
        Assert.Contains("blocked", block, StringComparison.Ordinal);
        Assert.Contains("always", block, StringComparison.Ordinal);
        Assert.All(["before", "never", "after"], name => Assert.DoesNotContain(name, block, StringComparison.Ordinal));
        Assert.InRange(block.Split("allowed-").Length - 1, 8, 35); // 20 expected, standard deviation 4.
    }

    [Fact]
    public async Task Take_PastTheBound_DropsAndKeepsTheOldest()
    {
        _log.Open(_clickHouse);
        for (var i = 0; i < 300; i++)
        {
            Take($"a-{i};", DecisionAction.Block);
        }

        await _log.CloseAsync();
        var block = Assert.Single(_blocks);
        Assert.Contains("a-255;", block, StringComparison.Ordinal);
        Assert.DoesNotContain("a-256;", block, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Write_DatabaseThatFails_LosesTheBlockAndGoesOn()
    {
        _isAway = true;
        _log.Open(_clickHouse);
        Take("lost", DecisionAction.Block);
        _clock.Advance(TimeSpan.FromSeconds(1));
        while (_blocks.Count == 0)
        {
            await Task.Yield(); // The writer goes on by itself.
        }

        _isAway = false;
        Take("kept", DecisionAction.Block);
        await _log.CloseAsync();
        Assert.Equal([true, false], _blocks.Select(static block => block.Contains("lost", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Ring_ManyWriters_LosesNothingThatItTookAndTearsNothing()
    {
        var ring = new DecisionRing(256);
        var (taken, writers) = (0, 4);
        var writing = Task.WhenAll(Enumerable.Range(0, writers).Select(writer => Task.Run(() =>
        {
            for (var i = 0; i < 20_000; i++)
            {
                var text = $"{writer}-{i}";
                if (ring.TryWrite(new RingEntry(default, default, default, text, text, IsStale: false, 1), text))
                {
                    Interlocked.Increment(ref taken);
                }
            }
        })));
        var (read, last) = (0, new int[writers]);
        while (!writing.IsCompleted || read < Volatile.Read(ref taken))
        {
            while (ring.TryRead(out var entry, out var account))
            {
                Assert.Equal(entry.Reason, account.ToString());
                var parts = entry.Reason.Split('-');
                var number = int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture) + 1;
                ref var before = ref last[parts[0][0] - '0'];
                Assert.True(number > before); // Of one writer in its order.
                before = number;
                read++;
            }
        }

        await writing;
        Assert.Equal(taken, read);
        Assert.True(read >= 256);
    }

    [Fact]
    public async Task Endpoint_Account_ShowsItsAnswers()
    {
        await using var host = await ApiHost.StartAsync();
        host.Findings.Decisions.AddRange(Enumerable.Range(0, 3).Select(i => new LoggedDecision(
            Verdicts.Noon.AddSeconds(-i), "a/b", "nginx", DecisionAction.Block, "ruling", $"ruling-{i}", IsStale: true, 1)));
        var answer = await ApiHost.JsonOf(await host.Client.GetAsync("/v1/accounts/a%2Fb/decisions?limit=2"));
        Assert.Equal("a/b", answer.GetProperty("account_id").GetString());
        Assert.Equal(2, answer.GetProperty("decisions").GetArrayLength());
        Assert.Equal(
            """{"at":"2026-11-02T12:00:00Z","gateway":"nginx","decision":"block","reason":"ruling","decision_id":"ruling-0","stale":true,"share":1}""",
            answer.GetProperty("decisions")[0].GetRawText());
        Assert.Equal("""{"account_id":"x","decisions":[]}""", await host.Client.GetStringAsync("/v1/accounts/x/decisions"));
        await Problems.AssertAsync(
            await host.Client.GetAsync("/v1/accounts/x/decisions?limit=0"), HttpStatusCode.BadRequest, "bad_limit");
        await Problems.AssertAsync(
            await host.Client.GetAsync("/v1/accounts/%FF/decisions"), HttpStatusCode.BadRequest, "bad_account_id");
    }

    private void Take(string account, DecisionAction action, double share = 0.001, long chance = 0)
    {
        var policy = new GatewayPolicy(new GatewayOptions { LogAllowShare = share }, new ApiOptions(), policyVersion: 1);
        var decision = new GatewayDecision
        {
            Action = action, Reason = "r", DecisionId = "d", TtlSeconds = 1, IsStale = false, StaleFor = null,
            FailMode = FailMode.Open, Level = VerdictLevel.None, CampaignId = null, PolicyVersion = 1,
        };
        _log.Take(GatewayKind.Nginx, account, decision, policy, _clock.GetUtcNow(), chance);
    }
}
