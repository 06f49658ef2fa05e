using Sentinel.Api.Decisions;
using Sentinel.Detection.Verdicts;
using Sentinel.Testing;

namespace Sentinel.Api.Tests;

public sealed class DecisionBoardTests
{
    [Fact]
    public void TryFind_UnseenAccount_FindsNothing()
    {
        var board = new DecisionBoard(16);
        Assert.False(board.TryFind("acct-1", out _));
        board.Publish([Verdicts.Of("acct-2")]);
        Assert.False(board.TryFind("acct-1", out _));
    }

    [Fact]
    public void Publish_SameAccountTwiceInABatch_TheLastCounts()
    {
        var board = new DecisionBoard(16);
        board.Publish([Verdicts.Of("a", DecisionAction.Observe, 1), Verdicts.Of("a", DecisionAction.Block, 2)]);
        Assert.True(board.TryFind("a", out var found));
        Assert.Equal(DecisionAction.Block, found.Action);
        Assert.Equal(2, found.VerdictId.Offset);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(20261102)]
    public void Publish_RandomBatches_AnswersLikeADictionary(int seed)
    {
        var random = new Random(seed);
        var board = new DecisionBoard(10_000);
        var expected = new Dictionary<string, Verdict>(StringComparer.Ordinal);
        for (var batch = 0; batch < 200; batch++)
        {
            var verdicts = Enumerable.Range(0, random.Next(1, 40))
                .Select(i => Verdicts.Of(
                    $"acct-{random.Next(2_000)}", (DecisionAction)random.Next(6), (batch * 100) + i))
                .ToArray();
            board.Publish(verdicts);
            foreach (var verdict in verdicts)
            {
                if (verdict.Action != DecisionAction.Allow || expected.ContainsKey(verdict.AccountId))
                {
                    expected[verdict.AccountId] = verdict;
                }
            }
        }

        for (var i = 0; i < 2_000; i++)
        {
            var isThere = expected.TryGetValue($"acct-{i}", out var verdict);
            Assert.True(isThere == board.TryFind($"acct-{i}", out var found), $"seed {seed}, account {i}");
            Assert.True(!isThere || verdict!.Id == found.VerdictId, $"seed {seed}, account {i}");
        }
    }

    [Fact]
    public void Publish_NothingFoundOfAnUnknownAccount_HoldsNothing()
    {
        var board = new DecisionBoard(16);
        board.Publish([Verdicts.Of("a", DecisionAction.Allow)]);
        Assert.False(board.TryFind("a", out _));
        Assert.Equal(0, board.Count);
    }

    [Fact]
    public void Publish_PastTheMaximum_DropsAllowedAccountsFirst()
    {
        var board = new DecisionBoard(100);
        board.Publish([.. Enumerable.Range(0, 60).Select(i => Verdicts.Of($"ok-{i}"))]);
        board.Publish([.. Enumerable.Range(0, 60).Select(i => Verdicts.Of($"ok-{i}", DecisionAction.Allow))]);
        Assert.True(board.TryFind("ok-1", out _));
        board.Publish([.. Enumerable.Range(0, 90).Select(i => Verdicts.Of($"bad-{i}"))]);
        Assert.All(Enumerable.Range(0, 90), i => Assert.True(board.TryFind($"bad-{i}", out _)));
        Assert.False(board.TryFind("ok-1", out _));
        Assert.Equal(0, board.RefusedCount);
        Assert.True(board.Count <= 100);
    }

    [Fact]
    public void Publish_MoreRestrictedAccountsThanTheMaximum_CountsThoseLeftOff()
    {
        var board = new DecisionBoard(100);
        board.Publish([.. Enumerable.Range(0, 100).Select(i => Verdicts.Of($"bad-{i}"))]);
        board.Publish([Verdicts.Of("bad-100"), Verdicts.Of("bad-5", DecisionAction.Throttle, 99)]);
        Assert.Equal(1, board.RefusedCount);
        Assert.False(board.TryFind("bad-100", out _));
        Assert.True(board.TryFind("bad-5", out var known)); // What is on the board learns of its new decision.
        Assert.Equal(DecisionAction.Throttle, known.Action);
        board.Publish([Verdicts.Of("bad-6", DecisionAction.Allow, 100)]);
        board.Publish([Verdicts.Of("bad-101")]);
        Assert.True(board.TryFind("bad-101", out _)); // Room came free.
    }

    // The high half places an entry and picks its shard: all of these fall on one slot, and only their keys differ.
    [Fact]
    public void KeyTable_EqualHashes_AreToldApartByTheirKeys()
    {
        var older = new KeyTable<int>(3, 6);
        var newer = new KeyTable<int>(2, 4);
        older.Add(1, "aa"u8, 1);
        older.Add(1, "ab"u8, 2);
        older.Add(1, "ac"u8, 3);
        newer.Add(1, "ab"u8, 20);
        newer.Add(1, "ad"u8, 40);
        var merged = KeyTable<int>.Merge(older, newer, static value => value == 3);
        Assert.Equal((3, 1, 20, 40), (merged.Count, ValueOf("aa"u8), ValueOf("ab"u8), ValueOf("ad"u8)));
        Assert.False(merged.TryFind(1, "ac"u8, out _));
        Assert.False(merged.TryFind(2, "aa"u8, out _));

        int ValueOf(ReadOnlySpan<byte> key) => merged.TryFind(1, key, out var value) ? value : 0;
    }

    [Fact]
    public void KeyedHash_DependsOnEveryByteAndOnTheKey()
    {
        var message = Enumerable.Range(0, 40).Select(static i => (byte)i).ToArray();
        var hash = new KeyedHash(0x0706050403020100, 0x0F0E0D0C0B0A0908);
        var seen = new HashSet<ulong>();
        for (var length = 0; length <= message.Length; length++)
        {
            Assert.True(seen.Add(hash.Of(message.AsSpan(0, length))));
            for (var i = 0; i < length; i++)
            {
                message[i] ^= 0x80;
                Assert.True(seen.Add(hash.Of(message.AsSpan(0, length))), $"length {length}, byte {i}");
                message[i] ^= 0x80;
            }
        }

        Assert.NotEqual(hash.Of(message), (hash with { Second = 1 }).Of(message));
    }

    [Fact]
    public void TryFind_Always_AllocatesNothing()
    {
        var board = new DecisionBoard(10_000);
        for (var i = 0; i < 1_000; i++)
        {
            board.Publish([Verdicts.Of($"acct-{i}")]);
        }

        string[] asked = ["acct-1", "acct-999", "acct-500", "unseen"];
        _ = board.TryFind("acct-1", out _);
        var found = 0;
        var bytes = AllocatedBytes.Of(() =>
        {
            found = 0;
            for (var i = 0; i < 10_000; i++)
            {
                found += board.TryFind(asked[i & 3], out _) ? 1 : 0;
            }
        });

        Assert.Equal(0, bytes);
        Assert.Equal(7_500, found);
    }

    [Fact]
    public async Task Publish_WhileReading_EveryBatchIsSeenWhole()
    {
        var board = new DecisionBoard(1_000);
        board.Publish([Verdicts.Of("left", offset: 0), Verdicts.Of("right", offset: 0)]);
        using var stop = new CancellationTokenSource();
        var writer = Task.Run(() =>
        {
            for (var i = 1; i < 20_000; i++)
            {
                board.Publish([Verdicts.Of("left", offset: i), Verdicts.Of("right", offset: i)]);
            }

            stop.Cancel();
        });
        var torn = 0;
        while (!stop.IsCancellationRequested)
        {
            // Asked in this order, right is never older than left unless a batch was seen in part.
            _ = board.TryFind("left", out var left);
            _ = board.TryFind("right", out var right);
            torn += right.VerdictId.Offset < left.VerdictId.Offset ? 1 : 0;
        }

        await writer;
        Assert.Equal(0, torn);
    }
}
