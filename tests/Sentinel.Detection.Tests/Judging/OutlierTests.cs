using Sentinel.Detection.Evidence;
using Sentinel.Detection.Policy;
using Sentinel.Detection.Scoring;
using Sentinel.Detection.Verdicts;

namespace Sentinel.Detection.Tests.Judging;

/// <summary>Accounts that the reference does not convict and that are like nobody else in their stream.</summary>
public sealed class OutlierTests
{
    private const float Telling = 0.9f;

    // One frame of these scores comes to 3 nats at most, far from the 9 that flag.
    private static readonly BenignReference Reference = new(
        [0, Steps(0.1f), Steps(0.2f), Steps(0.3f), Steps(0.4f), Steps(Telling)], [1, 0.8, 0.7, 0.5, 0.4, 0.02], floor: 0.001);

    private readonly Random _random = new(11);
    private readonly ObservationMaker _maker = new();
    private readonly JudgeOutput _output = new();
    private readonly Judge _judge = new(DetectionPolicy.Default, Reference, "test/1", partition: 0);

    [Fact]
    public void Observe_AccountFarAboveItsStream_IsFlaggedAndNeverBlocked()
    {
        Play(strangers: 300, tellers: 1);
        var verdict = Assert.Single(Flagged());
        Assert.Equal("teller-0", verdict.AccountId);
        Assert.Equal(VerdictLevel.Suspect, verdict.Level);
        Assert.NotEqual(DecisionAction.Block, verdict.Action);
        Assert.Equal("content.outlier", verdict.Reasons[0].Code);
    }

    [Fact]
    public void Observe_ThirdOfTheStreamAlike_DoesNotHideThem()
    {
        Play(strangers: 300, tellers: 140);
        Assert.Equal(140, Flagged().Count(static verdict => verdict.AccountId.StartsWith("teller", StringComparison.Ordinal)));
        Assert.Equal(140, Flagged().Count);
    }

    [Theory]
    [InlineData(300, 0)] // Nobody stands out of innocents.
    [InlineData(40, 3)] // Of so few nobody knows what is usual.
    public void Observe_NothingToStandOutOf_FlagsNobody(int strangers, int tellers)
    {
        Play(strangers, tellers);
        Assert.Empty(Flagged());
    }

    [Fact]
    public void Observe_CamouflagedByThreeInFour_StillStandsOut()
    {
        Play(strangers: 300, tellers: 5, share: 0.25);
        Assert.Equal(5, Flagged().Count);
    }

    [Fact]
    public void Observe_OthersAskThatByNowAndItNoLonger_IsLetGoAndSaidToBe()
    {
        Play(strangers: 300, tellers: 1);
        var flagged = Assert.Single(Flagged());
        _output.Clear();
        for (var i = 0; i < 30_000; i++)
        {
            _maker.NowMs += _random.Next(2_000);
            var stranger = _random.Next(300);
            Observe($"stranger-{stranger}", Telling, $"stranger {stranger} new");
            if (_random.Next(200) == 0)
            {
                Observe(flagged.AccountId, Ordinary(), "teller-0 other");
            }
        }

        var told = _output.Verdicts.Last(verdict => verdict.AccountId == flagged.AccountId);
        Assert.Equal(VerdictLevel.None, told.Level);
        Assert.Equal(DecisionAction.Allow, told.Action);
        Assert.Equal(flagged.ExchangesAtFlag, told.ExchangesAtFlag); // That it was flagged is not forgotten.
    }

    [Fact]
    public void IsDue_AsAnAccountGrows_FourTimesADoubling()
    {
        Assert.DoesNotContain(Enumerable.Range(0, 8), static count => ContentOutliers.IsDue(count));
        Assert.Equal([8, 10, 12, 14, 16, 20, 24, 28, 32], Enumerable.Range(8, 25).Where(static count => ContentOutliers.IsDue(count)));
    }

    private static ushort Steps(float probability) => ContentScores.ToSteps(probability);

    // By chance who and when: a common pace would be evidence of its own.
    private void Play(int strangers, int tellers, double share = 1)
    {
        for (var left = 30 * (strangers + tellers); left > 0; left--)
        {
            _maker.NowMs += _random.Next(2_000);
            var account = _random.Next(strangers + tellers);
            if (account < strangers)
            {
                Observe($"stranger-{account}", Ordinary(), $"stranger {account} {_random.Next(3)}");
                continue;
            }

            var tells = _random.NextDouble() < share;
            var teller = $"teller-{account - strangers}";
            Observe(teller, tells ? Telling : Ordinary(), $"{teller} {(tells ? "one" : _random.Next(7))}");
        }

        _judge.Finish(_output);
    }

    private float Ordinary() => 0.5f * _random.NextSingle() * _random.NextSingle();

    private void Observe(string account, float score, string frame) =>
        _judge.Observe(_maker.Make(account, score, frame: frame, payment: account), _output);

    private List<Verdict> Flagged() => [.. _judge.Verdicts().Where(static verdict => verdict.IsFlagged)];
}
