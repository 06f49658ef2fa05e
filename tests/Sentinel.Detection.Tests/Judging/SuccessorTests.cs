using Sentinel.Detection.Links;
using Sentinel.Detection.Observations;
using Sentinel.Detection.Policy;
using Sentinel.Detection.Verdicts;

namespace Sentinel.Detection.Tests.Judging;

public sealed class SuccessorTests
{
    private readonly ObservationMaker _maker = new();
    private readonly JudgeOutput _output = new();
    private readonly Judge _judge = new(DetectionPolicy.Default, ObservationMaker.Reference, "test/1", partition: 0);

    [Fact]
    public void Finish_PoolAfterABan_IsTiedToTheSilentOneWithinMinutes()
    {
        Play("first", minutes: 120);
        Pause(minutes: 90);
        Play("second", minutes: 20);
        _judge.Finish(_output);

        var verdict = VerdictOf("second-3");
        Assert.True(verdict.IsFlagged);
        var reason = Assert.Single(verdict.Reasons, reason => reason.Code == "successor.campaign");
        Assert.Contains("campaign cmp-1", reason.Summary, StringComparison.Ordinal);
        var links = _output.Links.Where(link => link.Kind == LinkKind.Successor).ToArray();
        Assert.Equal(10, links.Length);
        Assert.All(links, link => Assert.StartsWith("second", link.AccountId, StringComparison.Ordinal));
        Assert.Contains(Assert.Single(_judge.Campaigns).Links, link => link.Kind == LinkKind.Successor);
    }

    [Fact]
    public void Finish_MembersWhoComeWhileItWorks_SucceedNobody()
    {
        Play("first", minutes: 120);
        Play("second", minutes: 60, alsoFirst: true);
        AssertNoSuccessor();
    }

    [Fact]
    public void Finish_OldAccountsComeBack_ItOnlyPaused()
    {
        Play("first", minutes: 120);
        Pause(minutes: 90);
        Play("first", minutes: 30);
        Play("second", minutes: 30, alsoFirst: true);
        AssertNoSuccessor();
    }

    [Fact]
    public void Finish_FrameThatOthersUseToo_SaysNothingOfWhoComes()
    {
        Play("first", minutes: 120);
        for (var user = 0; user < 40; user++)
        {
            Observe(_maker.Make($"user-{user}", 0.02f, frame: "the frame"));
        }

        Pause(minutes: 90);
        Play("second", minutes: 20);
        AssertNoSuccessor();
    }

    [Fact]
    public void Finish_NewcomerOnAnAddressThatAFewMembersHad_SucceedsNobody()
    {
        // Three of forty members move to one block of addresses, where nobody else was before.
        for (var minute = 0; minute < 900; minute++)
        {
            _maker.NowMs += 30_000;
            var member = minute % 40;
            Observe(_maker.Make($"first-{member}", 0.95f, frame: "the frame", block: member < 3 && minute >= 600 ? "a block" : null));
            Observe(_maker.Make($"stranger-{minute % 50}"));
            Observe(_maker.Make($"passer-by-{minute}"));
        }

        Pause(minutes: 90);
        for (var minute = 0; minute < 30; minute++)
        {
            _maker.NowMs += 60_000;
            Observe(_maker.Make("customer", 0.02f, block: "a block"));
        }

        Play("second", minutes: 20);
        _judge.Finish(_output);
        var successors = _output.Links.Where(static link => link.Kind == LinkKind.Successor).Select(static link => link.AccountId);
        Assert.Equal(Enumerable.Range(0, 10).Select(static number => $"second-{number}"), successors.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Finish_OrdinaryFrameTakenUpByOthers_IsNoBusinessOfOurs()
    {
        // A workshop is over, and the next one works through the same exercises.
        Play("monday", minutes: 120, harvest: 0.02f);
        Pause(minutes: 90);
        Play("tuesday", minutes: 120, harvest: 0.02f);
        AssertNoSuccessor();
        Assert.Equal(VerdictLevel.None, VerdictOf("tuesday-1").Level);
    }

    private void Play(string pool, int minutes, bool alsoFirst = false, float harvest = 0.95f)
    {
        for (var minute = 0; minute < minutes; minute++)
        {
            _maker.NowMs += 60_000;
            Observe(_maker.Make($"{pool}-{minute % 10}", harvest, frame: "the frame"));
            Observe(_maker.Make($"stranger-{minute % 50}"));
            if (alsoFirst)
            {
                Observe(_maker.Make($"first-{minute % 10}", harvest, frame: "the frame"));
            }
        }
    }

    private void Pause(int minutes)
    {
        for (var minute = 0; minute < minutes; minute++)
        {
            _maker.NowMs += 60_000;
            Observe(_maker.Make($"stranger-{minute % 50}"));
        }
    }

    private void AssertNoSuccessor()
    {
        _judge.Finish(_output);
        Assert.DoesNotContain(_output.Links, link => link.Kind == LinkKind.Successor);
        Assert.DoesNotContain(
            _judge.Verdicts(), verdict => verdict.Reasons.Any(reason => reason.Code == "successor.campaign"));
    }

    private void Observe(Observation observation) => _judge.Observe(observation, _output);

    private Verdict VerdictOf(string account) => _judge.Verdicts().Single(verdict => verdict.AccountId == account);
}
