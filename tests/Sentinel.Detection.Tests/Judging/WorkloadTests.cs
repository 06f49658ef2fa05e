using Sentinel.Detection.Observations;
using Sentinel.Detection.Policy;
using Sentinel.Detection.Scoring;
using Sentinel.Detection.Verdicts;
using Sentinel.Detection.Workloads;

namespace Sentinel.Detection.Tests.Judging;

public class WorkloadTests
{
    private static readonly DateTimeOffset Day = DateTimeOffset.Parse("2026-10-05T00:00:00Z", null);

    private readonly ObservationMaker _maker = new();
    private readonly JudgeOutput _output = new();
    private readonly Judge _judge = New();

    [Fact]
    public void Verdicts_SuiteThatWasVerified_NotFlaggedAndOnRecord()
    {
        Put(Suite("suite"));
        Harvest("suite", ContentKind.CapabilityHarvest);
        Harvest("stranger", ContentKind.CapabilityHarvest);

        Assert.True(Of("stranger").IsFlagged);
        Assert.Equal((VerdictLevel.None, DecisionAction.Allow), (Of("suite").Level, Of("suite").Action));
        Assert.Null(Of("suite").FirstFlaggedAt);
        var told = _output.Verdicts.Last(verdict => verdict.AccountId == "suite");
        Assert.Equal("verified_workload", told.Reasons[0].Code);
        Assert.Contains("\"nightly\" (evaluation_suite), for which the platform team vouches", told.Reasons[0].Summary, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(WorkloadKind.Gateway)]
    [InlineData(WorkloadKind.EvaluationSuite)]
    [InlineData(WorkloadKind.Grader)]
    [InlineData(WorkloadKind.CiAgent)]
    public void Verdicts_ContentThatHarvestsReasoning_NoSuchWorkloadExplainsIt(WorkloadKind kind)
    {
        Put(Suite("account") with { Kind = kind, Explains = WorkloadKinds.MayExplain(kind) });
        Harvest("account", ContentKind.ReasoningExtraction);

        Assert.True(Of("account").IsFlagged);
        Assert.DoesNotContain(Of("account").Reasons, reason => reason.Code == "verified_workload");
    }

    [Fact]
    public void Verdicts_ReasoningOfOtherAccountsSentBack_NoWorkloadExplainsIt()
    {
        Put(Suite("auditor") with { Kind = WorkloadKind.Auditor, Explains = (WorkloadEvidence)~0 });
        for (var i = 0; i < 3; i++)
        {
            Observe(_maker.Make($"victim-{i}", refIssued: $"ref-{i}"));
            Observe(_maker.Make("auditor", refs: [$"ref-{i}"]));
        }

        Assert.True(Of("auditor").IsFlagged);
        Assert.Equal("reasoning_reference.replayed", Of("auditor").Reasons[0].Code);
    }

    [Fact]
    public void Observe_DeclaredAfterTheFlagAndEnded_LevelFallsAndComesBackWithoutAnExchange()
    {
        Put(Suite("suite") with { From = Day.AddHours(1), Until = Day.AddHours(2) });
        Harvest("suite", ContentKind.CapabilityHarvest);
        Assert.True(Of("suite").IsFlagged);

        _maker.NowMs = Day.AddHours(1).ToUnixTimeMilliseconds();
        Observe(_maker.Make("somebody"));
        Assert.Equal((VerdictLevel.None, "suite"), (_output.Verdicts[^1].Level, _output.Verdicts[^1].AccountId));

        _maker.NowMs = Day.AddHours(2).ToUnixTimeMilliseconds();
        Observe(_maker.Make("somebody"));
        Assert.True(_output.Verdicts[^1].IsFlagged);
        Assert.Equal("suite", _output.Verdicts[^1].AccountId);
    }

    [Fact]
    public void Observe_RegisterKnownFromTheStartOrJustInTime_SameVerdicts()
    {
        var register = WorkloadRegister.Of([Suite("suite") with { From = Day.AddMinutes(5) }]);
        string Run(int known)
        {
            var (judge, output, maker) = (New(), new JudgeOutput(), new ObservationMaker());
            for (var i = 0; i < 60; i++)
            {
                if (i == known)
                {
                    judge.Workloads.Put(register);
                }

                maker.NowMs += 10_000;
                var made = maker.Make("suite", 0.95f, ContentKind.CapabilityHarvest, frame: $"f {i % 5}");
                Assert.True(judge.TryAdmit(made.EventKey));
                judge.Observe(made, output);
            }

            return string.Join('\n', output.Verdicts.Select(v =>
                $"{v.Id} {v.Level} {v.Risk:R} {v.At:O} {string.Join(',', v.Reasons.Select(r => r.Summary))}"));
        }

        Assert.Contains("verified workload", Run(0), StringComparison.Ordinal);
        Assert.Equal(Run(0), Run(25));
        Assert.NotEqual(Run(0), Run(59));
    }

    [Fact]
    public void Verdicts_OtherModelOrFrameOrMoreThanDeclared_CountsInFull()
    {
        Put(
            Suite("model") with { Id = "a", Models = ["m-1"] },
            Suite("frame") with { Id = "b", Frames = [1] },
            Suite("daily") with { Id = "c", DailyMax = 10 });
        foreach (var account in new[] { "model", "frame", "daily" })
        {
            Harvest(account, ContentKind.CapabilityHarvest);
            Assert.True(Of(account).IsFlagged, account);
        }
    }

    [Fact]
    public void Finish_SuitesOnOneCardWithOneFrame_NoCampaignOfThem()
    {
        Run("suite");
        Put(Suite("suite-0") with { Accounts = [.. Enumerable.Range(0, 6).Select(i => $"verified-{i}")] });
        Run("verified");
        _judge.Finish(_output);

        var accounts = _judge.Campaigns.SelectMany(campaign => campaign.Accounts).ToHashSet();
        Assert.Contains("suite-0", accounts); // The same without a declaration is a campaign.
        Assert.All(Enumerable.Range(0, 6), i => Assert.False(Of($"verified-{i}").IsFlagged));

        void Run(string name)
        {
            for (var i = 0; i < 60; i++)
            {
                _maker.NowMs += 7_000;
                Observe(_maker.Make(
                    $"{name}-{i % 6}", 0.95f, ContentKind.CapabilityHarvest, frame: $"{name} {i % 4}", payment: name,
                    org: name));
            }
        }
    }

    [Fact]
    public void Of_LaterDeclarationOfOneId_EndsTheOneBefore()
    {
        var first = Suite("a");
        var second = Suite("b") with { From = Day.AddDays(1), RecordedAt = Day };
        var end = second with { From = Day.AddDays(2), Until = Day.AddDays(2), RecordedAt = Day.AddDays(1) };

        var register = WorkloadRegister.Of([end, second, first]);

        Assert.Equal(
            [(first.From, second.From), (second.From, end.From)], register.Workloads.Select(w => (w.From, w.Until)));
        Assert.Equal(end.From.ToUnixTimeMilliseconds(), register.NextMomentMs(second.From.ToUnixTimeMilliseconds()));
        Assert.Equal(long.MaxValue, register.NextMomentMs(end.From.ToUnixTimeMilliseconds()));
    }

    private static Judge New() => new(DetectionPolicy.Default, ObservationMaker.Reference, "test/1", partition: 3);

    private static Workload Suite(string account) => new(
        "nightly", WorkloadKind.EvaluationSuite, [account], "", WorkloadKinds.MayExplain(WorkloadKind.EvaluationSuite),
        "the platform team", Day.AddDays(-1), Day.AddDays(30));

    private void Put(params Workload[] workloads)
    {
        _judge.Workloads.Put(WorkloadRegister.Of(workloads));
        _maker.NowMs += 20_000; // Judges look once a tick.
    }

    private void Harvest(string account, ContentKind kind)
    {
        for (var i = 0; i < 50; i++)
        {
            Observe(_maker.Make(account, harvest: 0.95f, kind: kind, frame: $"frame {i % 5}"));
        }
    }

    private void Observe(Observation observation)
    {
        Assert.True(_judge.TryAdmit(observation.EventKey));
        _judge.Observe(observation, _output);
    }

    private Verdict Of(string account) => _judge.Verdicts().Single(verdict => verdict.AccountId == account);
}
