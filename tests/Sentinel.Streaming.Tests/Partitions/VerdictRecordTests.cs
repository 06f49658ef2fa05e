using System.Text;
using Sentinel.Detection.Verdicts;
using Sentinel.Streaming.Partitions;
using Sentinel.Testing;

namespace Sentinel.Streaming.Tests.Partitions;

public class VerdictRecordTests
{
    private static readonly Verdict Full = new(
        new VerdictId(3, 12345678901, 1), "acct-⟨1⟩", VerdictLevel.Abusive, 0.998123456789, DecisionAction.Block,
        [AbuseType.GradingHarvest, AbuseType.AccountFraud], "cmp-2",
        new DateTimeOffset(2026, 10, 5, 10, 0, 0, 123, TimeSpan.Zero), 412, 23,
        [new Reason("campaign.device", "the same device as 9 others", 13.125)], "content-tier1/1", 1,
        new DateTimeOffset(2026, 10, 5, 11, 0, 0, TimeSpan.Zero))
    {
        Origin = VerdictOrigin.Campaigns,
    };

    private readonly VerdictRecord _record = new();
    private readonly VerdictHeadReader _heads = new();

    [Fact]
    public void TryRead_WhatWasWritten_IsTheSame()
    {
        foreach (var verdict in new[]
        {
            Full,
            Full with { CampaignId = null, FirstFlaggedAt = null, ExchangesAtFlag = null, AbuseTypes = [], Reasons = [] },
        })
        {
            Assert.True(VerdictRecord.TryRead(_record.Write(verdict), out var read));
            Assert.Equal(verdict.Reasons, read.Reasons.AsEnumerable());
            Assert.Equal(verdict.AbuseTypes, read.AbuseTypes.AsEnumerable());
            Assert.Equal(
                verdict with { Reasons = [], AbuseTypes = [] }, read with { Reasons = [], AbuseTypes = [] });
            Assert.True(_heads.TryRead(_record.Write(verdict).Span, out var head));
            Assert.Equal(VerdictHead.Of(verdict), head);
        }
    }

    [Fact]
    public void Key_TwoOriginsOfOneAccount_AreTwoKeys() => Assert.NotEqual(
        Text(VerdictRecord.Key(Full)), Text(VerdictRecord.Key(Full with { Origin = VerdictOrigin.Account })));

    [Fact]
    public void TryRead_AnythingElse_IsNoVerdict()
    {
        var bytes = _record.Write(Full).ToArray();
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.False(VerdictRecord.TryRead(bytes.AsMemory(0, length), out _));
            Assert.False(_heads.TryRead(bytes.AsSpan(0, length), out _));
        }

        foreach (var text in new[] { "null", "[]", "{}", "7", """{"account_id":7}""" })
        {
            Assert.False(VerdictRecord.TryRead(Encoding.UTF8.GetBytes(text), out _));
            Assert.False(_heads.TryRead(Encoding.UTF8.GetBytes(text), out _));
        }

        var json = Encoding.UTF8.GetString(bytes);
        Assert.False(VerdictRecord.TryRead(Encoding.UTF8.GetBytes(json.Replace("\"abusive\"", "\"awful\"")), out _));
        Assert.True(VerdictRecord.TryRead(Encoding.UTF8.GetBytes(json.Replace("{\"account", "{\"new\":[1],\"account")), out _));
        foreach (var (name, other) in new[]
        {
            ("\"abusive\"", "\"awful\""), ("\"campaigns\"", "\"stars\""), ("\"offset\":", "\"offset\":\"\",\"x\":"),
            ("\"partition\"", "\"part\""), ("\"reasons\":[", "\"reasons\":7,\"x\":["),
        })
        {
            Assert.Contains(name, json, StringComparison.Ordinal);
            Assert.False(_heads.TryRead(Encoding.UTF8.GetBytes(json.Replace(name, other)), out _), name);
        }

        Assert.True(_heads.TryRead(
            Encoding.UTF8.GetBytes(json.Replace("{\"account", "{\"new\":[{\"code\":1}],\"account")), out var head));
        Assert.Equal(VerdictHead.Of(Full), head);
    }

    [Fact]
    public void TryRead_Spoiled_IsNeverAnotherVerdict()
    {
        const int Seed = 7;
        var random = new Random(Seed);
        var plain = Full with { AccountId = "acct-1" }; // Without an escape it is read by its places.
        byte[][] records =
        [
            _record.Write(Full).ToArray(), _record.Write(plain).ToArray(),
            _record.Write(plain with { CampaignId = null, FirstFlaggedAt = null, ExchangesAtFlag = null, Reasons = [] }).ToArray(),
        ];
        var (both, read) = (0, 0);
        for (var i = 0; i < 60_000; i++)
        {
            var bytes = ByteMutator.Mutate(random, records[i % records.Length]);
            read += _heads.TryRead(bytes, out var head) ? 1 : 0;
            if (VerdictRecord.TryRead(bytes, out var verdict) && _heads.TryRead(bytes, out head))
            {
                both++;
                Assert.True(VerdictHead.Of(verdict) == head, $"seed {Seed}, mutation {i}: {Encoding.UTF8.GetString(bytes)}");
            }
        }

        Assert.InRange(both, 10_000, read); // Damage where only the whole reader looks makes the difference.
    }

    [Theory]
    [InlineData("2026-10-05T10:00:00Z", true)]
    [InlineData("2024-02-29T23:59:59.1234567Z", true)]
    [InlineData("0001-01-01T00:00:00.5Z", true)]
    [InlineData("2026-02-29T10:00:00Z", false)]
    [InlineData("2026-13-05T10:00:00Z", false)]
    [InlineData("2026-10-05T24:00:00Z", false)]
    [InlineData("2026-10-05T10:60:00Z", false)]
    [InlineData("2026-10-05 10:00:00Z", false)]
    [InlineData("2026-10-05T10:00:00.12x4567Z", false)]
    public void TryRead_Times_AreThoseOfTheWholeReader(string time, bool isTime)
    {
        var json = Text(_record.Write(Full with { AccountId = "acct-1" })).Replace("2026-10-05T11:00:00Z", time, StringComparison.Ordinal);
        Assert.Equal(isTime, VerdictRecord.TryRead(Encoding.UTF8.GetBytes(json), out var verdict));
        Assert.Equal(isTime, _heads.TryRead(Encoding.UTF8.GetBytes(json), out var head));
        Assert.Equal(verdict?.At ?? default, head.At);
    }

    private static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);
}
