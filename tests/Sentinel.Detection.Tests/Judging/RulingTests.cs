using Sentinel.Detection.Links;
using Sentinel.Detection.Observations;
using Sentinel.Detection.Policy;
using Sentinel.Detection.Rulings;
using Sentinel.Detection.Verdicts;

namespace Sentinel.Detection.Tests.Judging;

public sealed class RulingTests
{
    private readonly ObservationMaker _maker = new();
    private readonly JudgeOutput _output = new();
    private readonly List<AccountRuling> _rulings = [];
    private readonly Judge _judge = new(DetectionPolicy.Default, ObservationMaker.Reference, "test/1", partition: 0);

    [Fact]
    public void Finish_FrameOfACampaignThatWasDismissed_ConvictsNobodyElse()
    {
        Play("first", minutes: 120);
        Rule("first", RulingFinding.Innocent);
        Play("second", minutes: 30, alsoFirst: true, count: 3);
        _judge.Finish(_output);

        Assert.True(VerdictOf("first-3").IsFlagged); // What its own exchanges say is answered by the ruling, not unsaid.
        var campaign = Assert.Single(_judge.Campaigns);
        Assert.DoesNotContain(campaign.Accounts, account => account.StartsWith("second", StringComparison.Ordinal));
        Assert.Null(VerdictOf("second-1").CampaignId);
        Assert.DoesNotContain(
            VerdictOf("second-1").Reasons, reason => reason.Code.StartsWith("campaign.", StringComparison.Ordinal));
    }

    [Fact]
    public void Finish_TheSameWithoutARuling_JoinsTheCampaign()
    {
        Play("first", minutes: 120);
        Play("second", minutes: 30, alsoFirst: true, count: 3);
        _judge.Finish(_output);
        Assert.Equal("cmp-1", VerdictOf("second-1").CampaignId);
    }

    [Fact]
    public void Finish_PoolAfterACampaignThatWasDismissed_SucceedsNobody()
    {
        Play("first", minutes: 120);
        Rule("first", RulingFinding.Innocent);
        Pause(minutes: 90);
        Play("second", minutes: 20);
        AssertNoSuccessor();
    }

    [Fact]
    public void Finish_HarvestersAfterACampaignThatWasDismissed_AreACampaignOfTheirOwn()
    {
        Play("first", minutes: 120);
        Rule("first", RulingFinding.Innocent);
        Pause(minutes: 10);
        Play("second", minutes: 120, count: 30);
        _judge.Finish(_output);
        Assert.Equal("cmp-1", VerdictOf("first-1").CampaignId);
        Assert.Equal("cmp-2", VerdictOf("second-1").CampaignId);
    }

    [Fact]
    public void Finish_PoolWhileAConfirmedCampaignIsAtWork_SucceedsIt()
    {
        Play("first", minutes: 120);
        Rule("first", RulingFinding.Confirmed);
        Play("first", minutes: 10);
        Play("second", minutes: 20, alsoFirst: true, count: 8);
        _judge.Finish(_output);

        Assert.Equal(8, _output.Links.Count(link => link.Kind == LinkKind.Successor));
        Assert.Contains(VerdictOf("second-3").Reasons, reason => reason.Code == "successor.campaign");
    }

    [Fact]
    public void Finish_RulingThatWasWithdrawn_NobodySucceeds()
    {
        Play("first", minutes: 120);
        Rule("first", RulingFinding.Confirmed, minutes: 5);
        Play("first", minutes: 20);
        Play("second", minutes: 20, alsoFirst: true);
        AssertNoSuccessor();
    }

    [Fact]
    public void Finish_FrameThatManyUse_MarksNoSuccessorOfAConfirmedCampaign()
    {
        Play("first", minutes: 120);
        Rule("first", RulingFinding.Confirmed);
        for (var i = 0; i < 40; i++) // A frame from where everybody has it.
        {
            Observe(_maker.Make($"stranger-{i}", frame: "the frame"));
        }

        Play("first", minutes: 10);
        Play("second", minutes: 20, alsoFirst: true, count: 8);
        AssertNoSuccessor();
    }

    [Fact]
    public void Find_OfRulings_TheOneThatBeganLastHolds()
    {
        var at = DateTimeOffset.FromUnixTimeMilliseconds(1_000_000);
        var register = RulingRegister.Of(
        [
            new AccountRuling("a", "r2", RulingFinding.Innocent, at.AddHours(1), at.AddHours(2)),
            new AccountRuling("a", "r1", RulingFinding.Confirmed, at, DateTimeOffset.MaxValue),
        ]);
        RulingFinding At(TimeSpan after) => register.Find("a", at + after);
        Assert.Equal(RulingFinding.None, At(TimeSpan.FromMilliseconds(-1)));
        Assert.Equal(RulingFinding.Confirmed, At(TimeSpan.Zero));
        Assert.Equal(RulingFinding.Innocent, At(TimeSpan.FromHours(1)));
        Assert.Equal(RulingFinding.Confirmed, At(TimeSpan.FromHours(2)));
        Assert.Equal(RulingFinding.None, register.Find("b", at));
    }

    private void Rule(string pool, RulingFinding finding, int? minutes = null)
    {
        var from = DateTimeOffset.FromUnixTimeMilliseconds(_maker.NowMs).AddMinutes(1);
        var until = minutes is { } some ? from.AddMinutes(some) : DateTimeOffset.MaxValue;
        _rulings.AddRange(Enumerable.Range(0, 10).Select(i => new AccountRuling($"{pool}-{i}", "r1", finding, from, until)));
        _judge.Rulings.Put(RulingRegister.Of(_rulings));
    }

    private void Play(string pool, int minutes, bool alsoFirst = false, float harvest = 0.95f, int count = 10)
    {
        for (var minute = 0; minute < minutes; minute++)
        {
            _maker.NowMs += 60_000;
            Observe(_maker.Make($"{pool}-{minute % count}", harvest, frame: "the frame"));
            Observe(_maker.Make($"stranger-{minute % 50}"));
            if (alsoFirst)
            {
                Observe(_maker.Make($"first-{minute % 10}", 0.95f, frame: "the frame"));
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
