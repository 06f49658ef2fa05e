using Sentinel.Detection.Accounts;
using Sentinel.Detection.Evidence;
using Sentinel.Detection.Observations;
using Sentinel.Detection.Policy;
using Sentinel.Detection.Tests.Judging;
using Sentinel.Detection.Verdicts;

namespace Sentinel.Detection.Tests.Evidence;

public sealed class RefusalEvidenceTests
{
    private static readonly DetectionPolicy Policy = new();

    [Fact]
    public void Of_SearchForTechniques_FlagsBeforeFiveHundredAttempts()
    {
        var random = new Random(1);
        var (profile, flaggedAfter) = (Account(), -1);
        for (var i = 1; i <= 500 && flaggedAfter < 0; i++)
        {
            Book(profile, isRefused: random.NextDouble() < 0.3, frame: (ulong)i);
            flaggedAfter = RefusalEvidence.Of(profile, Policy) >= Policy.SuspectNats ? i : -1;
        }

        Assert.InRange(flaggedAfter, Policy.RefusedManyMin, 450);
        Assert.True(RefusalEvidence.IsOften(profile));
        Assert.Contains("were refused", RefusalEvidence.ReasonOf(profile, 9).Summary, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_WhoTriesAsOftenButLittle_IsNotEvenWatchedForIt()
    {
        // A researcher of some sixty attempts a month.
        var profile = Account();
        for (var i = 1; i <= 90; i++)
        {
            Book(profile, isRefused: i % 3 == 0, frame: (ulong)i);
            Assert.InRange(RefusalEvidence.Of(profile, Policy), 0, Policy.RefusalNatsMax);
        }

        Assert.True(RefusalEvidence.Of(profile, Policy) > 0);
    }

    [Fact]
    public void Of_TesterOfAnOrganisation_IsGivenFourTimesAsMany()
    {
        var profile = Account();
        for (var i = 1; i <= 3 * Policy.RefusedManyMin; i++)
        {
            Book(profile, isRefused: true, frame: (ulong)i, org: 5);
        }

        Assert.Equal(Policy.RefusalNatsMax, RefusalEvidence.Of(profile, Policy));
        for (var i = 0; i <= Policy.RefusedManyMin; i++)
        {
            Book(profile, isRefused: true, frame: 10_000 + (ulong)i, org: 5);
        }

        Assert.True(RefusalEvidence.Of(profile, Policy) >= Policy.SuspectNats);
    }

    [Fact]
    public void Of_ModeratorsFrameThatIsRefused_SaysNothing()
    {
        var profile = Account();
        for (var i = 1; i <= 2_000; i++)
        {
            Book(profile, isRefused: i % 2 == 0, frame: 7);
        }

        Assert.Equal(0, RefusalEvidence.Of(profile, Policy));
        Assert.False(RefusalEvidence.IsOften(profile));
    }

    [Fact]
    public void Observe_OneRequestRefusedAgainAndAgain_IsOneRequest()
    {
        var (maker, output) = (new ObservationMaker(), new JudgeOutput());
        var judge = new Judge(Policy, ObservationMaker.Reference, "test/1", partition: 0);
        for (var i = 0; i < 1_000; i++)
        {
            judge.Observe(maker.Make("retries"), output);
            if (i % 5 == 0)
            {
                var again = maker.Make("retries", content: "the one");
                again.Refused = true;
                judge.Observe(again, output);
            }
        }

        var verdict = Assert.Single(judge.Verdicts());
        Assert.Equal(VerdictLevel.None, verdict.Level);
        Assert.DoesNotContain(verdict.Reasons, static reason => reason.Code == "refusals.probing");
    }

    [Fact]
    public void Observe_EachTimeAnotherRequestIsRefused_IsFlagged()
    {
        var (maker, output) = (new ObservationMaker(), new JudgeOutput());
        var judge = new Judge(Policy, ObservationMaker.Reference, "test/1", partition: 0);
        for (var i = 0; i < 1_000; i++)
        {
            var request = maker.Make("probes");
            request.Refused = i % 4 == 0;
            judge.Observe(request, output);
        }

        var verdict = Assert.Single(judge.Verdicts());
        Assert.True(verdict.IsFlagged);
        Assert.Contains(verdict.Reasons, static reason => reason.Code == "refusals.probing");
    }

    // Ville: of innocents who are refused as often as the policy grants them, at most e^-x ever come to x nats, whenever one looks.
    [Fact]
    public void Of_InnocentsAtTheGrantedShare_CrossAsSeldomAsPromised()
    {
        const int Accounts = 2_000;
        var (nats, crossed) = (Policy.RefusalNatsMax, 0);
        for (var seed = 0; seed < Accounts; seed++)
        {
            var (random, profile, most) = (new Random(seed), Account(), 0.0);
            for (var i = 1; i <= 600; i++)
            {
                profile.ExchangeCount++;
                if (random.NextDouble() < Policy.OwnRefusedShareByChance)
                {
                    profile.RefusedCount++;
                    most = Math.Max(most, RefusalEvidence.Of(profile, Policy));
                }
            }

            crossed += most >= nats ? 1 : 0;
        }

        Assert.InRange(crossed, 1, (int)(Accounts * Math.Exp(-nats) * 1.3));
    }

    private static AccountProfile Account() => new("acct-1"u8);

    private static void Book(AccountProfile profile, bool isRefused, ulong frame, ulong org = 0)
    {
        var observation = new Observation { Refused = isRefused, OccurredAtMs = 1_000 * profile.ExchangeCount, OrgKey = org };
        observation.Frame.HeadAnchor = frame;
        profile.Book(observation, -0.1f);
        profile.RefusedCount += isRefused ? 1 : 0;
    }
}
