using Sentinel.Detection.Observations;
using Sentinel.Detection.Policy;
using Sentinel.Detection.Scoring;
using Sentinel.Detection.Verdicts;

namespace Sentinel.Detection.Tests.Judging;

public sealed class ProbingTests
{
    // Nothing here is evidence by itself: every score is one that innocents reach.
    private static readonly BenignReference Reference = new(
        [0, ContentScores.ToSteps(0.5f), ContentScores.ToSteps(0.9f)], [1, 0.9, 0.001], floor: 0.001);

    private readonly Random _random = new(9);
    private readonly ObservationMaker _maker = new();
    private readonly JudgeOutput _output = new();
    private readonly Judge _judge = new(DetectionPolicy.Default, Reference, "test/1", partition: 0);

    [Fact]
    public void Finish_PoolThatTriesManyWays_IsNamedBeforeFiveHundredAttempts()
    {
        Play(org: null, frame: null);
        var verdict = VerdictOf("tester-0");
        Assert.True(verdict.IsFlagged);
        Assert.Equal(AbuseType.TechniqueProbing, verdict.AbuseTypes[0]);
        Assert.Contains(verdict.Reasons, reason => reason.Code == "pool.probing");
        Assert.NotEqual(DecisionAction.Block, verdict.Action);
    }

    [Fact]
    public void Finish_TestersOfOneHouse_AreLeftAlone()
    {
        Play("a laboratory", frame: null);
        Assert.All(_judge.Verdicts(), static verdict => Assert.False(verdict.IsFlagged));
    }

    [Theory]
    [InlineData("a laboratory", null)]
    [InlineData(null, "one template")] // A bot whose one template happens to score high tries nothing.
    public void Finish_WhoScoresAlike_IsNotSaidToTryTechniques(string? org, string? frame)
    {
        Play(org, frame);
        Assert.All(
            _judge.Verdicts(), verdict => Assert.DoesNotContain(verdict.Reasons, reason => reason.Code == "pool.probing"));
    }

    // Eight accounts on one card, sixty exchanges each, among three hundred strangers.
    private void Play(string? org, string? frame)
    {
        for (var round = 0; round < 60; round++)
        {
            _maker.NowMs += 60_000;
            for (var account = 0; account < 8; account++)
            {
                var attempt = Make($"tester-{account}", 0.3f, frame is null ? $"way {round} {account}" : frame + account, "card", org);
                attempt.Refused = _random.Next(4) == 0;
                _judge.Observe(attempt, _output);
            }

            for (var stranger = 0; stranger < 300 && round < 10; stranger++)
            {
                var name = $"stranger-{stranger}";
                _judge.Observe(Make(name, 0.2f * _random.NextSingle(), $"{round} {name}", name, null), _output);
            }
        }

        _judge.Finish(_output);
    }

    private Observation Make(string account, float score, string frame, string payment, string? org)
    {
        var kind = ContentKind.TechniqueProbing;
        return _maker.Make(account, score, kind, frame, payment: payment, org: org);
    }

    private Verdict VerdictOf(string account) => _judge.Verdicts().Single(verdict => verdict.AccountId == account);
}
