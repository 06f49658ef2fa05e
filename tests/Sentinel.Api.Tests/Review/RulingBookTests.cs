using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Sentinel.Api.Review;
using Sentinel.Detection.Rulings;
using Sentinel.Storage.Cases;
using Sentinel.Testing;

namespace Sentinel.Api.Tests.Review;

/// <summary>What lanes that judge groups are told of rulings, and from when on.</summary>
[Collection(StoreTests.Name)]
public sealed class RulingBookTests(StoreEngine engine)
{
    private const string Case = "/v1/review/cases/case-cmp-1";

    [Fact]
    public async Task Block_IsConfirmedAMinuteAhead_UntilItIsUndone()
    {
        await using var host = await ReviewHost.StartAsync(engine);
        await host.DoAsync("analyst", "POST", Case + "/rulings", ReviewHost.Ruling("block"));
        var ruledAt = host.Clock.GetUtcNow();
        var register = await ReadAsync(host);
        Assert.Equal(RulingFinding.None, register.Find("acct-2", ruledAt.AddSeconds(59)));
        Assert.Equal(RulingFinding.Confirmed, register.Find("acct-2", ruledAt.AddSeconds(61)));
        Assert.Equal(RulingFinding.None, register.Find("acct-99", ruledAt.AddSeconds(61)));

        host.Clock.Advance(TimeSpan.FromMinutes(10));
        await host.DoAsync("analyst", "POST", Case + "/undo", new { reason = "wrong" });
        var undoneAt = host.Clock.GetUtcNow();
        register = await ReadAsync(host);
        Assert.Equal(RulingFinding.Confirmed, register.Find("acct-2", undoneAt)); // What was judged meanwhile stays as it was.
        Assert.Equal(RulingFinding.None, register.Find("acct-2", undoneAt.AddSeconds(61)));
    }

    [Theory]
    [InlineData("dismiss", RulingFinding.Innocent)]
    [InlineData("challenge", RulingFinding.None)]
    [InlineData("throttle", RulingFinding.Confirmed)]
    public async Task Ruling_SaysWhatItsKindDoes(string ruling, RulingFinding finding)
    {
        await using var host = await ReviewHost.StartAsync(engine);
        await host.DoAsync("analyst", "POST", Case + "/rulings", ReviewHost.Ruling(ruling));
        var now = host.Clock.GetUtcNow();
        var register = await ReadAsync(host);
        Assert.Equal(finding, register.Find("acct-1", now.AddMinutes(2)));
        if (finding == RulingFinding.Innocent)
        {
            Assert.Equal(RulingFinding.None, register.Find("acct-1", now.AddDays(31))); // A dismissal ends with its release.
        }
    }

    [Fact]
    public async Task Follow_WhatAnotherProcessRuled_IsInForceWithinALook()
    {
        await using var host = await ReviewHost.StartAsync(engine);
        var book = host.Services.GetRequiredService<RulingBook>();
        var inForce = host.Services.GetRequiredService<RulingsInForce>();
        await book.OpenAsync(host.ClickHouse, CancellationToken.None);
        Assert.True(inForce.Current.IsEmpty);
        using var ending = new CancellationTokenSource();
        var following = book.FollowAsync(ending.Token);
        await host.DoAsync("analyst", "POST", Case + "/rulings", ReviewHost.Ruling("block"));
        for (var looks = 0; looks < 500 && inForce.Current.IsEmpty; looks++)
        {
            host.Clock.Advance(TimeSpan.FromSeconds(20));
            await Task.Delay(TimeSpan.FromMilliseconds(10)); // The store answers on its own thread.
        }

        Assert.Equal(RulingFinding.Confirmed, inForce.Current.Find("acct-1", host.Clock.GetUtcNow().AddMinutes(2)));
        await ending.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => following);
    }

    [Fact]
    public void Take_MoreThanItRemembers_ForgetsThoseThatBeganFirst()
    {
        var inForce = new RulingsInForce();
        var book = new RulingBook(
            inForce, Options.Create(new ReviewOptions()), TimeProvider.System, NullLogger<RulingBook>.Instance) { SpansMax = 8 };
        var begin = new DateTimeOffset(2026, 10, 1, 0, 0, 0, TimeSpan.Zero);
        for (var i = 0; i < 50; i++)
        {
            book.Take([new RulingFindingRow($"ruling-{i}", $"acct-{i}", begin, RulingFinding.Confirmed, begin.AddHours(i), null)]);
        }

        var at = begin.AddDays(10);
        Assert.All(Enumerable.Range(42, 8), i => Assert.Equal(RulingFinding.Confirmed, inForce.Current.Find($"acct-{i}", at)));
        Assert.All(Enumerable.Range(0, 40), i => Assert.Equal(RulingFinding.None, inForce.Current.Find($"acct-{i}", at)));
    }

    private static async Task<RulingRegister> ReadAsync(ReviewHost host)
    {
        await host.Services.GetRequiredService<RulingBook>().OpenAsync(host.ClickHouse, CancellationToken.None);
        return host.Services.GetRequiredService<RulingsInForce>().Current;
    }
}
