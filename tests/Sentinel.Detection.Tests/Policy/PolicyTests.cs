using System.Text;
using Sentinel.Detection.Accounts;
using Sentinel.Detection.Evidence;
using Sentinel.Detection.Links;
using Sentinel.Detection.Policy;
using Sentinel.Detection.Verdicts;

namespace Sentinel.Detection.Tests.Policy;

public class PolicyTests
{
    private static readonly DetectionPolicy InForce = DetectionPolicy.Default;

    [Fact]
    public void Nats_Budgets_AreTheSharesOfInnocentsThatMayCross()
    {
        Assert.Equal(1e-4, Math.Exp(-InForce.SuspectNats), 12);
        Assert.Equal(1e-5, Math.Exp(-InForce.AbusiveNats), 12);
        Assert.True(InForce.WatchNats < InForce.SuspectNats && InForce.SuspectNats < InForce.AbusiveNats);
    }

    [Fact]
    public void ActionOf_OneKindOfEvidenceHoweverStrong_BlocksOnlyForReasoningOfOthers()
    {
        var none = new AssessedAccount(
            new AccountProfile(Encoding.UTF8.GetBytes("a")), default, 0, default, null, null, VerdictLevel.Abusive, 0, 1);
        AssessedAccount[] single =
        [
            none with { OwnContent = 40 },
            none with { Group = new GroupStanding(40, LinkKind.Payment, 9, true, 40, 0, 0) },
            none with { Group = new GroupStanding(40, LinkKind.Timing, 9, true, 40, 0, 0) },
            none with { Group = new GroupStanding(40, LinkKind.Payment, 9, true, 0, 40, 0) },
            none with { Group = new GroupStanding(40, LinkKind.Payment, 9, true, 0, 0, 40) },
            none with { Outputs = new OutputFlow(1_000, 100, 100) },
            none with { PredecessorId = "cmp-1" },
        ];
        foreach (var account in single)
        {
            Assert.NotEqual(DecisionAction.Block, Action(account));
        }

        Assert.Equal(DecisionAction.Block, Action(none with { ForeignReasoningRefs = 3 }));
        Assert.NotEqual(DecisionAction.Block, Action(none with { ForeignReasoningRefs = 1 }));
        Assert.Equal(DecisionAction.Block, Action(single[0] with { CampaignId = "cmp-1" })); // Two kinds.

        static DecisionAction Action(in AssessedAccount account) =>
            AccountAssessment.ActionOf(account, AccountAssessment.TypesOf(account, account.Level), InForce);
    }

    [Fact]
    public void Standing_TwoThatStandOutAsFar_WhoseContentSaysMoreIsFirstAndNoMore()
    {
        var plain = new AssessedAccount(
            new AccountProfile(Encoding.UTF8.GetBytes("a")), default, 0, default, null, null, VerdictLevel.Suspect, 0, 1)
        {
            OwnOutlier = InForce.OutlierNatsMax,
        };
        var told = plain with { OwnContent = 5 };
        var farther = plain with { OwnOutlier = plain.OwnOutlier + 0.1 };
        Assert.True(Standing(told) > Standing(plain));
        Assert.True(Standing(farther) > Standing(told));
        Assert.Equal(AccountAssessment.Evidence(plain, InForce), AccountAssessment.Evidence(told, InForce));

        static double Standing(in AssessedAccount account) => AccountAssessment.Standing(account, InForce);
    }

    [Theory]
    [InlineData(0, 6, 6)]
    [InlineData(6, 0, 6)]
    [InlineData(6, 5, 8.5)] // Half of its own beside its company's: both may rest on the same requests.
    [InlineData(2, 7, 7)]
    [InlineData(9, 8, 9.9)] // Company flags, and does not do more.
    [InlineData(9, 30, 30)]
    public void Evidence_OwnContentAndCompany_CountsOneAndHalfOfTheOther(double company, double own, double nats)
    {
        var account = new AssessedAccount(
            new AccountProfile(Encoding.UTF8.GetBytes("a")), default, 0, default, null, null, VerdictLevel.None, -1, -1)
        {
            OwnContent = own,
            Company = new Company(1, company, 6, 16),
        };
        Assert.Equal(nats, AccountAssessment.Evidence(account, InForce), 9);
    }

    [Fact]
    public void IsRenewalDue_FlaggedAccount_OnceADayWhileItIsStillWorthWatching()
    {
        var profile = new AccountProfile(Encoding.UTF8.GetBytes("a"));
        var quiet = new AssessedAccount(profile, default, 0, default, null, null, VerdictLevel.Suspect, 0, 1) { OwnContent = 12 };
        var active = quiet with { ForeignReasoningRefs = 1 };
        var day = (long)InForce.RenewAfter.TotalMilliseconds;

        Assert.True(AccountAssessment.IsRenewalDue(active, 0, day, InForce));
        Assert.False(AccountAssessment.IsRenewalDue(active, 1, day, InForce));
        Assert.False(AccountAssessment.IsRenewalDue(quiet, 0, day, InForce)); // Its contexts say nothing any more.
        Assert.False(AccountAssessment.IsRenewalDue(active with { Level = VerdictLevel.Watch }, 0, day, InForce));
    }

    [Fact]
    public void Count_ManyAccounts_LargestGroupThatTheRateAllows()
    {
        Assert.Equal(0, FalseDiscovery.Count([], 0, 0.1));
        Assert.Equal(1, FalseDiscovery.Count([Math.Log(40.01)], 4, 0.1)); // 4 / (1 · 0.1)
        Assert.Equal(0, FalseDiscovery.Count([Math.Log(39.9), 0, 0, 0], 4, 0.1));
        Assert.Equal(3, FalseDiscovery.Count([3, 2.6, 2.6, 0], 4, 0.1)); // The third carries the two before it: 4 / 0.3.
        Assert.Equal(4 / 3.0 * Math.Exp(-2.6), FalseDiscovery.Rate(3, 4, 2.6), 12);
    }

    [Fact]
    public void PromisedNats_WhatStandingOutAloneComesTo_IsWorthItsMeasuredRate()
    {
        var measured = -Math.Log(InForce.StandingOutShare);
        Assert.Equal(measured, InForce.PromisedNats(InForce.SuspectNats));
        Assert.Equal(measured, InForce.PromisedNats(InForce.OutlierNatsMax));
        Assert.Equal(3, InForce.PromisedNats(3));
        Assert.Equal(10, InForce.PromisedNats(10)); // Something else speaks against it as well.
    }

    // Nine in ten accounts are innocent with e-values of mean one that all hang together; whatever is accused, the mean share
    // of innocents among them keeps to the rate.
    [Theory]
    [InlineData(0.05)]
    [InlineData(0.2)]
    public void Count_DependentInnocents_ShareOfInnocentsAmongAccusedKeepsToTheRate(double rate)
    {
        const int Rounds = 2_000;
        var random = new Random(71);
        var shares = 0.0;
        for (var round = 0; round < Rounds; round++)
        {
            var common = random.NextDouble();
            var accounts = new List<(double Nats, bool IsInnocent)>();
            for (var i = 0; i < 100; i++)
            {
                var p = i % 2 == 0 ? common : random.NextDouble();
                var e = i < 10 ? 2_000 * random.NextDouble() : 0.5 / Math.Sqrt(p); // Calibrated: mean one.
                accounts.Add((Math.Log(e), i >= 10));
            }

            accounts.Sort(static (left, right) => right.Nats.CompareTo(left.Nats));
            var accused = FalseDiscovery.Count([.. accounts.Select(a => a.Nats)], accounts.Count, rate);
            shares += accounts.Take(accused).Count(a => a.IsInnocent) / (double)Math.Max(1, accused);
        }

        Assert.InRange(shares / Rounds, 0, rate);
    }
}
