using Sentinel.Detection.Policy;
using Sentinel.Detection.Scoring;
using Sentinel.Detection.Verdicts;

namespace Sentinel.Detection.Tests.Judging;

/// <summary>Strangers who have nothing in common but one frame, and the hand behind them.</summary>
public sealed class HandTests
{
    private const int PoolCount = 24;
    private const long HourMs = 3_600_000;

    // Ordinary, but not as ordinary as can be.
    private const float Hardly = 0.35f;

    private static readonly BenignReference Reference = new(
        [0, Steps(0.1f), Steps(0.2f), Steps(0.3f), Steps(0.4f)], [1, 0.8, 0.7, 0.5, 0.4], floor: 0.001);

    private readonly Random _random = new(6);
    private readonly ObservationMaker _maker = new();
    private readonly JudgeOutput _output = new();
    private readonly Judge _judge = new(DetectionPolicy.Default, Reference, "test/1", partition: 0);
    private readonly List<(long AtMs, string Account, string Frame, string Content, float Harvest)> _exchanges = [];

    public HandTests()
    {
        for (var i = 0; i < 300; i++)
        {
            var count = (int)Math.Exp(1.5 + (2 * _random.NextDouble()));

            // Most were there before the stream was watched.
            var startHour = i % 3 == 0 ? 150 * _random.NextDouble() : 0;
            Add($"stranger-{i}", $"frame-{i % 40}", startHour, count, Hardly, "own");
        }
    }

    [Fact]
    public void Finish_OneListDealtToStrangersWhoBeganTogether_IsAPoolThatIsNotBlocked()
    {
        AddPool(startHours: 2, even: true);
        Play();
        var flagged = Flagged();
        Assert.InRange(flagged.Count, PoolCount - 3, PoolCount);
        Assert.All(flagged, static verdict => Assert.StartsWith("pool", verdict.AccountId, StringComparison.Ordinal));
        Assert.All(flagged, static verdict => Assert.NotEqual(DecisionAction.Block, verdict.Action));
        Assert.Contains(flagged[0].Reasons, static reason => reason.Code == "pool.template");
    }

    // A tool's free quota, a tool's launch, a tool that asks plainly ordinary things.
    [Theory]
    [InlineData(120, true, Hardly)]
    [InlineData(12, false, Hardly)]
    [InlineData(2, true, 0.02f)]
    public void Finish_ToolWithOneTraceOfAHandOrOrdinaryContent_FlagsNobody(double startHours, bool even, float harvest)
    {
        AddPool(startHours, even, harvest);
        Play();
        Assert.Empty(Flagged());
    }

    [Fact]
    public void Finish_EverybodyAtTheWorkshopDoesTheSameExercises_FlagsNobody()
    {
        for (var i = 0; i < PoolCount; i++)
        {
            Add($"pool-{i}", "exercise", startHour: 60 + _random.NextDouble(), count: 30, Hardly, "exercise");
        }

        Play();
        Assert.Empty(Flagged());
    }

    [Fact]
    public void Finish_ToolIsUpdatedAndItsOldUsersSendANewFrame_FlagsNobody()
    {
        for (var i = 0; i < PoolCount; i++)
        {
            Add($"pool-{i}", "before", startHour: 40 * _random.NextDouble(), count: 5, Hardly, "own");
        }

        AddPool(startHours: 2, even: true);
        Play();
        Assert.Empty(Flagged());
    }

    [Fact]
    public void Finish_SomebodyElseUsesThePoolsFrame_IsNotFlagged()
    {
        AddPool(startHours: 2, even: true);
        Add("bystander-early", "dealt", startHour: 5, count: 30, Hardly, "own");
        Add("bystander-much", "dealt", startHour: 60, count: 300, Hardly, "own", gapHours: 0.05);
        Play();
        var flagged = Flagged();
        Assert.InRange(flagged.Count, PoolCount - 3, PoolCount);
        Assert.DoesNotContain(flagged, static verdict => verdict.AccountId.StartsWith("bystander", StringComparison.Ordinal));
    }

    private static ushort Steps(float probability) => ContentScores.ToSteps(probability);

    private void AddPool(double startHours, bool even, float harvest = Hardly)
    {
        for (var i = 0; i < PoolCount; i++)
        {
            var count = even ? 28 + (i % 5) : (int)Math.Exp(2.2 + (2.4 * _random.NextDouble()));
            // In the same time each: who needs more sends more often.
            var startHour = 60 + (startHours * (_random.NextDouble() - 0.5));
            Add($"pool-{i}", "dealt", startHour, count, harvest, "own", gapHours: 30.0 / count);
        }
    }

    private void Add(
        string account, string frame, double startHour, int count, float harvest, string contents, double gapHours = 1)
    {
        var atMs = _maker.NowMs + (long)((24 + startHour) * HourMs);
        for (var i = 0; i < count; i++)
        {
            var content = contents == "own" ? $"{account} {frame} {i}" : $"{contents} {i}";
            _exchanges.Add((atMs, account, frame, content, harvest));
            atMs += (long)(gapHours * HourMs * -Math.Log(1 - _random.NextDouble()));
        }
    }

    private void Play()
    {
        foreach (var exchange in _exchanges.OrderBy(static exchange => exchange.AtMs))
        {
            _maker.NowMs = exchange.AtMs;
            _judge.Observe(
                _maker.Make(exchange.Account, exchange.Harvest, frame: exchange.Frame, content: exchange.Content), _output);
        }

        _judge.Finish(_output);
    }

    private List<Verdict> Flagged() => [.. _judge.Verdicts().Where(static verdict => verdict.IsFlagged)];
}
