using Sentinel.Detection.Policy;
using Sentinel.Detection.Rulings;
using Sentinel.Detection.Scoring;
using Sentinel.Detection.Verdicts;

namespace Sentinel.Detection.Tests.Judging;

/// <summary>Accounts that say too little themselves and regularly send what accounts that are flagged send.</summary>
public sealed class CompanyTests
{
    private const string Code = "campaign.company";

    // One in ten innocents scores as high: neither ordinary nor telling.
    private const float Middling = 0.2f;

    private static readonly BenignReference Reference = new(
        [0, ContentScores.ToSteps(0.1f), ContentScores.ToSteps(0.15f), ContentScores.ToSteps(0.5f), ContentScores.ToSteps(0.9f)],
        [1, 0.3, 0.1, 0.01, 0.001],
        floor: 0.001);

    private readonly ObservationMaker _maker = new();
    private readonly JudgeOutput _output = new();
    private readonly Judge _judge = new(DetectionPolicy.Default, Reference, "test/1", partition: 0);
    private readonly Random _random = new(11);

    [Fact]
    public void Finish_FrameThatMostlyFlaggedAccountsSend_FlagsTheOthersAndNeverBlocks()
    {
        Play(tellers: 12, others: 8);
        Assert.All(Others(8), verdict =>
        {
            Assert.Equal(VerdictLevel.Suspect, verdict.Level);
            Assert.NotEqual(DecisionAction.Block, verdict.Action);
            Assert.Equal(Code, verdict.Reasons[0].Code);
            Assert.StartsWith("12 of 20 accounts", verdict.Reasons[0].Summary, StringComparison.Ordinal);
        });
        Assert.Equal(20, Assert.Single(_judge.Campaigns).Accounts.Length);
    }

    [Theory]
    [InlineData(12, 60)] // One in six: no more than of a kind of innocents that the classifier misreads.
    [InlineData(3, 8)]
    [InlineData(4, 3)] // Of so few nobody knows.
    public void Finish_TooFewFlagged_SaysTooLittle(int tellers, int others)
    {
        Play(tellers, others);
        Assert.All(Others(others), static verdict => Assert.False(verdict.IsFlagged));
    }

    [Fact]
    public void Finish_FrameThatIsPlainlyOrdinary_AccusesNobody()
    {
        Play(tellers: 12, others: 8, common: 0.02f);
        Assert.All(Others(8), static verdict => Assert.False(verdict.IsFlagged));
    }

    [Fact]
    public void Finish_WhoAsksInItWhatIsOrdinary_IsNotAccused()
    {
        Play(tellers: 12, others: 8, ofOthers: 0.02f);
        Assert.All(Others(8), static verdict => Assert.False(verdict.IsFlagged));
    }

    [Fact]
    public void Finish_AccusedWhoAsksWhatIsOrdinaryFromThenOn_IsLetGo()
    {
        Play(tellers: 12, others: 8);
        Assert.All(Others(8), static verdict => Assert.True(verdict.IsFlagged));
        for (var day = 0; day < 5; day++)
        {
            Play(tellers: 12, others: 8, ofOthers: 0.02f);
        }

        Assert.All(Others(8), static verdict => Assert.False(verdict.IsFlagged));
    }

    [Fact]
    public void Finish_WhoTriedTheFrame_IsABystander()
    {
        Play(tellers: 12, others: 8, tried: true);
        Assert.All(Others(8), static verdict => Assert.False(verdict.IsFlagged));
    }

    [Fact]
    public void Finish_PhraseThatTheFlaggedSendNowAndThen_IsNobodysFrame()
    {
        Play(tellers: 12, others: 8, tellersEvery: 8);
        Assert.All(Others(8), static verdict => Assert.False(verdict.IsFlagged));
    }

    [Fact]
    public void Finish_OneHouse_IsNoCompany()
    {
        Play(tellers: 12, others: 8, org: "a laboratory");
        Assert.All(Others(8), static verdict => Assert.False(verdict.IsFlagged));
    }

    [Fact]
    public void Finish_CompanyThatWasRuledInnocent_LetsTheOthersGo()
    {
        Play(tellers: 12, others: 8);
        var from = DateTimeOffset.FromUnixTimeMilliseconds(_maker.NowMs).AddMinutes(1);
        _judge.Rulings.Put(RulingRegister.Of([
            .. Enumerable.Range(0, 12).Select(
                i => new AccountRuling($"teller-{i}", "r1", RulingFinding.Innocent, from, DateTimeOffset.MaxValue)),
        ]));
        _maker.NowMs += 3_600_000;
        Send(tellers: 12, others: 8, Middling, tried: false, org: null);
        _judge.Finish(_output);
        Assert.All(Others(8), static verdict => Assert.False(verdict.IsFlagged));
    }

    private void Play(
        int tellers, int others, float common = Middling, bool tried = false, string? org = null, int tellersEvery = 2,
        float? ofOthers = null)
    {
        Send(tellers, others, common, tried, org, tellersEvery, ofOthers);
        _judge.Finish(_output);
    }

    // Half of what the first send convicts them, in frames of their own; the rest, and half of what the others send, is in one. How
    // many, when and since when is by chance: a common pace, volume or beginning would be evidence of its own.
    private void Send(
        int tellers, int others, float common, bool tried, string? org, int tellersEvery = 2,
        float? ofOthers = null)
    {
        var requests = new List<(double At, string Account, int Turn)>();
        for (var i = 0; i < tellers + others; i++)
        {
            var (start, account) = (_random.NextDouble(), i < tellers ? $"teller-{i}" : $"other-{i - tellers}");
            var times = Enumerable.Range(0, 20 + _random.Next(100)).Select(_ => start + ((1 - start) * _random.NextDouble()));
            requests.AddRange(times.Order().Select((at, turn) => (at, account, turn)));
        }

        var from = _maker.NowMs;
        foreach (var (at, account, turn) in requests.Order())
        {
            _maker.NowMs = from + (long)(at * TimeSpan.FromDays(1).TotalMilliseconds);
            var isTeller = account[0] == 't';
            var isCommon = isTeller ? turn % tellersEvery == 0 : tried ? turn < 2 : turn % 2 == 0;
            _judge.Observe(
                _maker.Make(
                    account, isCommon ? isTeller ? common : ofOthers ?? common : isTeller ? 0.95f : 0.02f, frame: isCommon ? "the pool's" : $"{account} {turn % 5}",
                    payment: account, org: org),
                _output);
        }
    }

    private IEnumerable<Verdict> Others(int count) => Enumerable.Range(0, count).Select(
        i => _judge.Verdicts().Single(verdict => verdict.AccountId == $"other-{i}"));
}
