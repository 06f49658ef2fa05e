using Sentinel.Storage.Cases;
using Sentinel.Testing;

namespace Sentinel.Storage.Tests;

/// <summary>Answers under idempotency keys in a real database.</summary>
[Collection(OneEngine.Name)]
public sealed class AnswerLogTests(StoreEngine fixture)
{
    [Fact]
    public async Task Claim_ByManyAtOnce_IsOnesAlone_AndTheOthersFindItsAnswer()
    {
        const int Writers = 8;
        await using var clickHouse = await fixture.OpenMigratedAsync();
        for (var round = 0; round < 20; round++)
        {
            var key = $"key-{round}";
            var claims = await Task.WhenAll(Enumerable.Range(0, Writers).Select(_ => Task.Run(() =>
                new AnswerLog(clickHouse).ClaimAsync(key, "request", Sample.Start, CancellationToken.None))));
            var (_, mine) = Assert.Single(claims, static claim => claim.IsMine);
            Assert.All(claims, claim => Assert.Equal((mine.Attempt, 0), (claim.Held.Attempt, claim.Held.Status)));
            var log = new AnswerLog(clickHouse);
            await log.AnswerAsync(key, mine with { Status = 200, ContentType = "text/plain", ETag = "\"2\"", Body = "数" }, CancellationToken.None);
            var (isMine, held) = await log.ClaimAsync(key, "request", Sample.Start.AddHours(1), CancellationToken.None);
            Assert.False(isMine);
            Assert.Equal((200, "text/plain", "\"2\"", "数"), (held.Status, held.ContentType, held.ETag, held.Body));
        }
    }

    [Fact]
    public async Task Claim_ThatWasGivenUpOrForgotten_IsFreeAgain()
    {
        await using var clickHouse = await fixture.OpenMigratedAsync();
        var log = new AnswerLog(clickHouse);
        var start = DateTimeOffset.UnixEpoch + TimeSpan.FromMilliseconds(DateTimeOffset.UnixEpoch.AddDays(20_000).ToUnixTimeMilliseconds());
        Assert.True((await log.ClaimAsync("k", "r", start, CancellationToken.None)).IsMine);
        Assert.False((await log.ClaimAsync("k", "r", start + AnswerLog.AnsweredWithin - TimeSpan.FromSeconds(1), CancellationToken.None)).IsMine);
        var (isMine, held) = await log.ClaimAsync("k", "r", start + AnswerLog.AnsweredWithin, CancellationToken.None);
        Assert.True(isMine);
        await log.AnswerAsync("k", held with { Status = 204 }, CancellationToken.None);
        Assert.Equal(204, (await log.FindAsync("k", start.AddHours(23), CancellationToken.None))!.Status);
        Assert.True((await log.ClaimAsync("k", "other", start.AddDays(2), CancellationToken.None)).IsMine);
    }
}
