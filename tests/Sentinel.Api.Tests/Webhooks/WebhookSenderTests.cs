using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using Sentinel.Api.Webhooks;
using Sentinel.Client;

namespace Sentinel.Api.Tests.Webhooks;

/// <summary>One event on its way to one target.</summary>
public sealed class WebhookSenderTests
{
    private const string Secret = "0123456789abcdef";
    private const int AttemptsMax = 6;

    private static readonly byte[] Body = Encoding.UTF8.GetBytes("""{"id":"evt-7"}""");

    private readonly JumpingClock _clock = new();

    [Fact]
    public void Signature_OfTheSender_IsRight_AndNothingElseIs()
    {
        var now = DateTimeOffset.UnixEpoch.AddDays(20_000);
        var header = WebhookSender.Sign(Secret, now, Body);
        var apart = TimeSpan.FromMinutes(5);
        Assert.True(WebhookSignature.IsRight(header, Body, Secret, now, apart));
        Assert.False(WebhookSignature.IsRight(header, Body, Secret + "x", now, apart));
        Assert.False(WebhookSignature.IsRight(header, Encoding.UTF8.GetBytes("[]"), Secret, now, apart));
        Assert.False(WebhookSignature.IsRight(header, Body, Secret, now.AddHours(1), apart));
        foreach (var wrong in new[] { "", "t=,v1=", "t=1", ",v1=00", header.ToUpperInvariant(), header + "0", new string('t', 1_000) })
        {
            Assert.False(WebhookSignature.IsRight(wrong, Body, Secret, now, apart), wrong);
        }
    }

    [Fact]
    public async Task Send_FailsTwice_IsTakenAtTheThird_SignedAnewEachTime()
    {
        await using var receiver = Receiver.Start();
        receiver.Answer = static number => (number switch { 0 => 503, 1 => 500, _ => 204 }, null);
        var begun = _clock.GetUtcNow();
        Assert.Equal(new WebhookOutcome(3, null), await SendAsync(TargetOf(receiver.Url)));
        Assert.Equal([TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2)], _clock.Waits);
        Assert.Equal(3, receiver.Requests.Count);
        DateTimeOffset[] times = [begun, begun.AddSeconds(1), begun.AddSeconds(3)];
        foreach (var (told, at) in receiver.Requests.Zip(times))
        {
            Assert.Equal(Body, told.Body);
            Assert.Equal("evt-7", told.Headers["x-llm-sentinel-event"]);
            Assert.StartsWith("application/json", told.Headers["Content-Type"], StringComparison.Ordinal);
            Assert.True(WebhookSignature.IsRight(
                told.Headers[WebhookSignature.Header]!, told.Body, Secret, at, TimeSpan.Zero));
        }
    }

    [Fact]
    public async Task Send_NeverTaken_IsGivenUpAtTheMaximum_WaitingTwiceAsLongEachTime()
    {
        await using var receiver = Receiver.Start();
        receiver.Answer = static _ => (503, null);
        Assert.Equal(new WebhookOutcome(AttemptsMax, "status 503"), await SendAsync(TargetOf(receiver.Url)));
        Assert.Equal(AttemptsMax, receiver.Requests.Count);
        Assert.Equal([1.0, 2, 4, 8, 16], _clock.Waits.Select(static wait => wait.TotalSeconds));
    }

    [Fact]
    public async Task Send_NobodyListens_IsTriedAgain()
    {
        var outcome = await SendAsync(TargetOf(new Uri($"http://127.0.0.1:{Receiver.FreePort()}/")));
        Assert.Equal(AttemptsMax, outcome.Attempts);
        Assert.Equal("ConnectionError", outcome.Fault);
    }

    [Theory]
    [InlineData(301)]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(404)]
    [InlineData(410)]
    public async Task Send_Refused_IsNotTriedAgain(int status)
    {
        await using var receiver = Receiver.Start();
        receiver.Answer = _ => (status, "1");
        var outcome = await SendAsync(TargetOf(receiver.Url));
        Assert.Equal(new WebhookOutcome(1, string.Create(CultureInfo.InvariantCulture, $"status {status}")), outcome);
        Assert.Single(receiver.Requests);
        Assert.Empty(_clock.Waits);
    }

    [Theory]
    [InlineData(429, "30", 30)]
    [InlineData(408, "0", 1)]
    [InlineData(503, "Sun, 01 Nov 2026 00:00:40 GMT", 40)]
    [InlineData(503, "Sun, 01 Nov 2020 00:00:00 GMT", 1)]
    [InlineData(429, "86400", 300)] // No longer than the program is willing to.
    [InlineData(429, "soon", 1)]
    public async Task Send_ToldWhenToComeBack_WaitsThatLong(int status, string retryAfter, int seconds)
    {
        await using var receiver = Receiver.Start();
        receiver.Answer = number => number == 0 ? (status, retryAfter) : (200, null);
        Assert.Equal(new WebhookOutcome(2, null), await SendAsync(TargetOf(receiver.Url)));
        Assert.Equal(TimeSpan.FromSeconds(seconds), Assert.Single(_clock.Waits));
    }

    [Fact]
    public async Task Send_ToSplunk_ShowsTheToken_AndNoSignature()
    {
        await using var receiver = Receiver.Start();
        Assert.Equal(new WebhookOutcome(1, null), await SendAsync(TargetOf(receiver.Url) with { IsSplunk = true }));
        var told = Assert.Single(receiver.Requests);
        Assert.Equal("Splunk " + Secret, told.Headers["Authorization"]);
        Assert.Null(told.Headers[WebhookSignature.Header]);
    }

    private static WebhookTarget TargetOf(Uri url) =>
        new("soc", url, IsSplunk: false, Secret, FrozenSet<string>.Empty, Recipient: null);

    private async Task<WebhookOutcome> SendAsync(WebhookTarget target)
    {
        using var sender = new WebhookSender(static () => 1, TimeSpan.FromMinutes(1), _clock);
        return await sender.SendAsync(target, "evt-7", Body, AttemptsMax, CancellationToken.None);
    }
}
