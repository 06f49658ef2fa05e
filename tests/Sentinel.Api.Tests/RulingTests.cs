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
        Assert.Equal(new Ruling("r-1", Account("a"), DecisionAction.Block, Noon), ruling);
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
    [InlineData("""{"ruling_id":"r-1","account_id":"a","action":"allow","basis":"a feeling"}""")]
    [InlineData("""{"ruling_id":"r-1","subject":"a","action":"allow"}""")]
    [InlineData("""{"ruling_id":"r-1","subject":{"kind":"planet","id":"a"},"action":"allow"}""")]
    [InlineData("""{"ruling_id":"r-1","subject":{"kind":"address_block","id":"10.0.0.0/33"},"action":"allow"}""")]
    public void TryRead_AnythingElse_IsNoRuling(string text) => Assert.False(TryRead(text, out _));

    [Fact]
    public void Board_Rulings_StandUntilTheyExpireOrAreWithdrawn()
    {
        var board = new RulingBoard();
        board.Publish([]);
        Assert.False(board.TryFind(KeyKind.Account, "a", Noon, out _));
        board.Publish(
        [
            Of("a", new Ruling("r-1", Account("a"), DecisionAction.Block, Noon)),
            Of("b", new Ruling("r-2", Account("b"), DecisionAction.Allow, ExpiresAt: null)),
        ]);
        Assert.True(board.TryFind(KeyKind.Account, "a", Noon.AddTicks(-1), out var ruling));
        Assert.Equal("r-1", ruling.Id);
        Assert.False(board.TryFind(KeyKind.Account, "a", Noon, out _));
        Assert.True(board.TryFind(KeyKind.Account, "b", Noon.AddYears(9), out _));
        board.Publish([Of("b", new Ruling("r-3", Account("b"), DecisionAction.Observe, ExpiresAt: null)), Of("a", null)]);
        Assert.True(board.TryFind(KeyKind.Account, "b", Noon, out ruling));
        Assert.Equal("r-3", ruling.Id);
        board.Publish([Of("b", null), Of("never ruled on", null)]);
        Assert.False(board.TryFind(KeyKind.Account, "b", Noon, out _));
        Assert.Equal(0, board.Count);
        Assert.Equal(0, board.RefusedCount);
    }

    [Fact]
    public void TryRead_RulingOnAnythingElse_IsOnThatAndFoundAgainByItsRecordKey()
    {
        foreach (var (kind, id) in RulingKey.Names.Zip(["k-1", "\0a", "cmp-3", "ph", "o\0p", "192.0.2.0/24"]))
        {
            Assert.True(TryRead(
                $$$"""{"ruling_id":"r-1","subject":{"kind":"{{{kind}}}","id":{{{System.Text.Json.JsonSerializer.Serialize(id)}}}},"""
                + "\"basis\":\"verified_workload\",\"action\":\"block\"}",
                out var ruling));
            Assert.Equal((kind, id), (RulingKey.Names[(int)ruling!.Key.Kind], ruling.Key.Text));
            Assert.Equal(RulingBasis.VerifiedWorkload, ruling.Basis);
            Assert.True(RulingKey.TryReadRecordKey(ruling.Key.ToRecordKey(), out var key));
            Assert.Equal(ruling.Key, key);
        }

        Assert.Equal("acct-1"u8.ToArray(), Account("acct-1").ToRecordKey());
        Assert.False(RulingKey.TryReadRecordKey("\0planet\0x"u8, out _));
        Assert.False(RulingKey.TryReadRecordKey("\0account"u8, out _));
    }

    [Theory]
    [InlineData("10.1.2.0/24", "10.1.2.255", true)]
    [InlineData("10.1.2.77/24", "10.1.2.1", true)] // What is beyond the prefix counts for nothing.
    [InlineData("10.1.2.0/24", "10.1.3.0", false)]
    [InlineData("10.1.2.0/24", "::ffff:10.1.2.3", true)]
    [InlineData("::ffff:10.1.2.0/120", "10.1.2.3", true)]
    [InlineData("10.1.2.3", "10.1.2.3", true)]
    [InlineData("0.0.0.0/0", "203.0.113.9", true)]
    [InlineData("0.0.0.0/0", "2001:db8::1", false)]
    [InlineData("2001:db8::/32", "2001:0db8:ffff::1", true)]
    [InlineData("2001:db8::/32", "2001:db9::", false)]
    [InlineData("10.0.0.0/8", "010.1.2.3", false)]
    [InlineData("10.0.0.0/8", "10.1", false)]
    [InlineData("10.0.0.0/8", "10.1.2.3, 10.1.2.4", false)]
    [InlineData("fe80::/10", "fe80::1%eth0", false)]
    public void Board_AddressBlock_HoldsWhatIsWithinIt(string block, string address, bool isWithin)
    {
        var board = new RulingBoard();
        var key = new RulingKey(KeyKind.AddressBlock, block);
        Assert.True(key.IsValid);
        board.Publish([new(key, new Ruling("r-1", key, DecisionAction.Block, ExpiresAt: null))]);
        Assert.Equal(isWithin, board.TryFind(KeyKind.AddressBlock, address, Noon, out _));
        Assert.False(board.TryFind(KeyKind.Organisation, address, Noon, out _));
    }

    [Fact]
    public void Board_BlocksWithinBlocks_TheNarrowestInForceCounts()
    {
        var board = new RulingBoard();
        var blocks = new[] { ("10.0.0.0/8", (DateTimeOffset?)null), ("10.1.0.0/16", Noon), ("10.1.2.3", null) };
        board.Publish([.. blocks.Select(item => new RulingKey(KeyKind.AddressBlock, item.Item1)).Zip(
            blocks, static (key, item) => new KeyValuePair<RulingKey, Ruling?>(
                key, new Ruling(item.Item1, key, DecisionAction.Block, item.Item2)))]);
        Assert.Equal("10.1.2.3", Find("10.1.2.3", Noon));
        Assert.Equal("10.1.0.0/16", Find("10.1.2.4", Noon.AddSeconds(-1)));
        Assert.Equal("10.0.0.0/8", Find("10.1.2.4", Noon));

        string? Find(string address, DateTimeOffset now) =>
            board.TryFind(KeyKind.AddressBlock, address, now, out var ruling) ? ruling.Id : null;
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
                expected.Level == (isFound ? found.Level : VerdictLevel.None), $"seed {seed}, offset {offset}: {found.Level}");
            Assert.True(!isFound || expected.Level == VerdictLevel.None || found.VerdictId == expected.Id,
                $"seed {seed}, offset {offset}: another verdict");
        }
    }

    private static bool TryRead(string text, out Ruling? ruling) =>
        Ruling.TryRead(Encoding.UTF8.GetBytes(text), out ruling);

    private static KeyValuePair<RulingKey, Ruling?> Of(string account, Ruling? ruling) => new(Account(account), ruling);

    private static RulingKey Account(string id) => new(KeyKind.Account, id);
}
