using System.Text;
using Sentinel.Api.Decisions;
using Sentinel.Detection.Verdicts;

namespace Sentinel.Api.Tests;

public sealed class RulingTests
{
    private static readonly DateTimeOffset Noon = Verdicts.Noon;

    [Fact]
    public void TryRead_Ruling_IsWhatItSays()
    {
        Assert.True(TryRead(
            """{"ruling_id":"r-1","account_id":"a","action":"block","expires_at":"2026-11-02T12:00:00Z","new":[1]}""",
            out var ruling));
        Assert.Equal(new Ruling("r-1", "a", DecisionAction.Block, Noon), ruling);
        Assert.True(TryRead("""{"ruling_id":"r-1","account_id":"a","action":"allow","expires_at":null}""", out ruling));
        Assert.Null(ruling!.ExpiresAt);
        Assert.True(TryRead("""{"ruling_id":"r-1","account_id":"a","action":"allow"}""", out ruling));
        Assert.Null(ruling!.ExpiresAt);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"ruling_id":"r-1","account_id":"a","action":"forgive"}""")]
    [InlineData("""{"ruling_id":"r-1","account_id":"a","action":null}""")]
    [InlineData("""{"ruling_id":"","account_id":"a","action":"allow"}""")]
    [InlineData("""{"ruling_id":"r-1","account_id":7,"action":"allow"}""")]
    [InlineData("""{"ruling_id":"r-1","account_id":"a","action":"allow","expires_at":"soon"}""")]
    [InlineData("""{"ruling_id":"r-1","account_id":"a","action":"allow","expires_at":7}""")]
    public void TryRead_AnythingElse_IsNoRuling(string text) => Assert.False(TryRead(text, out _));

    [Fact]
    public void Board_Rulings_StandUntilTheyExpireOrAreWithdrawn()
    {
        var board = new RulingBoard();
        board.Publish([]);
        Assert.False(board.TryFind("a", Noon, out _));
        board.Publish(
        [
            Of("a", new Ruling("r-1", "a", DecisionAction.Block, Noon)),
            Of("b", new Ruling("r-2", "b", DecisionAction.Allow, ExpiresAt: null)),
        ]);
        Assert.True(board.TryFind("a", Noon.AddTicks(-1), out var ruling));
        Assert.Equal("r-1", ruling.Id);
        Assert.False(board.TryFind("a", Noon, out _));
        Assert.True(board.TryFind("b", Noon.AddYears(9), out _));
        board.Publish([Of("b", new Ruling("r-3", "b", DecisionAction.Observe, ExpiresAt: null)), Of("a", null)]);
        Assert.True(board.TryFind("b", Noon, out ruling));
        Assert.Equal("r-3", ruling.Id);
        board.Publish([Of("b", null), Of("never ruled on", null)]);
        Assert.False(board.TryFind("b", Noon, out _));
        Assert.Equal(0, board.Count);
        Assert.Equal(0, board.RefusedCount);
    }

    // Whatever comes last, what holds is the stronger of the newest verdicts of both origins.
    [Theory]
    [InlineData(3)]
    [InlineData(20261122)]
    public void DecisionBoard_VerdictsOfBothOrigins_TheStrongerOfTheNewestHolds(int seed)
    {
        var random = new Random(seed);
        var board = new DecisionBoard(1_000);
        var newest = new Dictionary<(string Account, VerdictOrigin Origin), Verdict>();
        for (var offset = 1; offset <= 3_000; offset++)
        {
            var level = (VerdictLevel)random.Next(4);
            var action = level == VerdictLevel.None ? DecisionAction.Allow : DecisionAction.Challenge;
            var verdict = Verdicts.Of($"acct-{random.Next(100)}", action, offset) with
            {
                Level = level,
                Origin = (VerdictOrigin)random.Next(2),
            };
            newest[(verdict.AccountId, verdict.Origin)] = verdict;
            board.Publish([verdict]);
            var own = newest.GetValueOrDefault((verdict.AccountId, VerdictOrigin.Account));
            var group = newest.GetValueOrDefault((verdict.AccountId, VerdictOrigin.Campaigns));
            var expected = own is null || (group is not null && group.Level >= own.Level) ? group! : own;
            var isFound = board.TryFind(verdict.AccountId, out var found);
            Assert.True(
                expected.Level == (found?.Level ?? VerdictLevel.None), $"seed {seed}, offset {offset}: {found?.Level}");
            Assert.True(!isFound || expected.Level == VerdictLevel.None || found!.VerdictId == expected.Id,
                $"seed {seed}, offset {offset}: another verdict");
        }
    }

    private static bool TryRead(string text, out Ruling? ruling) =>
        Ruling.TryRead(Encoding.UTF8.GetBytes(text), out ruling);

    private static KeyValuePair<string, Ruling?> Of(string account, Ruling? ruling) => new(account, ruling);
}
