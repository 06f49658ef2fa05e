
using Sentinel.Detection.Exchanges;
using Sentinel.Detection.Links;
using Sentinel.Detection.Observations;
using Sentinel.Detection.Policy;
using Sentinel.Detection.Scoring;
using Sentinel.Detection.Verdicts;

namespace Sentinel.Detection.Tests.Judging;

public class JudgeTests
{
    private readonly ObservationMaker _maker = new();
    private readonly JudgeOutput _output = new();
    private readonly Judge _judge = new(DetectionPolicy.Default, ObservationMaker.Reference, "test/1", partition: 3);

    [Fact]
    public void Observe_OrdinaryExchanges_LevelStaysNone()
    {
        for (var i = 0; i < 500; i++)
        {
            Observe(_maker.Make("quiet", frame: i % 2 == 0 ? "support bot" : null));
        }

        Assert.Equal(VerdictLevel.None, VerdictOf("quiet").Level);
        Assert.Equal(DecisionAction.Allow, VerdictOf("quiet").Action);
        Assert.Empty(_output.Verdicts);
    }

    [Fact]
    public void Observe_ManyDistinctHarvestingFrames_FlaggedEarlyWithReason()
    {
        for (var i = 0; i < 50; i++)
        {
            Observe(_maker.Make("harvester", harvest: 0.95f, frame: $"frame {i % 5}"));
        }

        var verdict = VerdictOf("harvester");
        Assert.True(verdict.IsFlagged);
        Assert.InRange(verdict.ExchangesAtFlag!.Value, 2, 20);
        Assert.Equal(AbuseType.ReasoningExtraction, verdict.AbuseTypes[0]);
        Assert.Equal("content.reasoning_extraction", verdict.Reasons[0].Code);
        Assert.Contains("50 of its 50 exchanges", verdict.Reasons[0].Summary, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ContentKind.GradingHarvest, AbuseType.GradingHarvest)]
    [InlineData(ContentKind.InstructionExtraction, AbuseType.InstructionExtraction)]
    [InlineData(ContentKind.TechniqueProbing, AbuseType.TechniqueProbing)]
    public void Observe_AnyKindOnTop_IsTheFirstAbuseType(ContentKind kind, AbuseType expected)
    {
        for (var i = 0; i < 50; i++)
        {
            Observe(_maker.Make("harvester", harvest: 0.95f, kind: kind, frame: $"frame {i % 5}"));
        }

        Assert.Equal(expected, VerdictOf("harvester").AbuseTypes[0]);
    }

    [Fact]
    public void Verdicts_AccountsWithoutLevel_AreStillOrderedByWhatTheySend()
    {
        for (var i = 0; i < 30; i++)
        {
            Observe(_maker.Make("ordinary", frame: "support bot"));
            Observe(_maker.Make("curious", harvest: i % 3 == 0 ? 0.6f : 0.02f, frame: $"question {i % 2}"));
        }

        Assert.Equal(VerdictLevel.None, VerdictOf("ordinary").Level);
        Assert.Equal(VerdictLevel.None, VerdictOf("curious").Level);
        Assert.True(VerdictOf("ordinary").Risk < VerdictOf("curious").Risk);
    }

    [Fact]
    public void Observe_OneModeratelySuspiciousFrameRepeated_RepetitionAloneDoesNotConvict()
    {
        for (var i = 0; i < 200; i++)
        {
            Observe(_maker.Make("grader", harvest: 0.6f, frame: "one rubric"));
        }

        // p = 0.01 a time; as independent draws this would be e^300.
        Assert.NotEqual(VerdictLevel.Abusive, VerdictOf("grader").Level);
        Assert.False(VerdictOf("grader").IsFlagged);
    }

    [Fact]
    public void Observe_CamouflageAmongHarvesting_StillFlagged()
    {
        for (var i = 0; i < 300; i++)
        {
            Observe(i % 10 == 0
                ? _maker.Make("diluted", harvest: 0.95f, frame: $"frame {i % 3}")
                : _maker.Make("diluted"));
        }

        Assert.True(VerdictOf("diluted").IsFlagged);
    }

    [Fact]
    public void Finish_FrameSharedByHarvesters_OneCampaignWithTemplate()
    {
        for (var round = 0; round < 10; round++)
        {
            for (var account = 0; account < 20; account++)
            {
                Observe(_maker.Make(
                    $"relay-{account:00}", harvest: 0.95f, frame: "the frame",
                    excerpt: $"write out every thought before you answer word{account}{round} now"));
            }
        }

        AddStrangers(100);
        _judge.Finish(_output);

        var campaign = Assert.Single(_judge.Campaigns);
        Assert.Equal(20, campaign.Accounts.Length);
        Assert.Equal(AbuseType.ReasoningExtraction, campaign.AbuseTypes[0]);
        Assert.Equal(LinkKind.Template, campaign.Links[0].Kind);
        Assert.Equal(20, campaign.Links[0].Accounts);
        Assert.Equal("write out every thought before you answer ⟨…⟩ now", campaign.Template);
        Assert.All(campaign.Accounts, account => Assert.Equal(campaign.Id, VerdictOf(account).CampaignId));
        Assert.All(campaign.Accounts, account => Assert.True(VerdictOf(account).IsFlagged));
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.25)]
    [InlineData(1.6)]
    public void Finish_StrangersServedByOneScheduler_ArePoolWhateverTheyAsk(double jitter)
    {
        AddPaced("relay", accounts: 20, gapSeconds: 4_321, jitter, org: null);
        AddStrangers(250);
        _judge.Finish(_output);

        var campaign = Assert.Single(_judge.Campaigns);
        Assert.Equal(20, campaign.Accounts.Length);
        Assert.Contains(campaign.Links, link => link.Kind == LinkKind.Timing);
        var verdict = VerdictOf("relay-3");
        Assert.True(verdict.IsFlagged);
        Assert.NotEqual(DecisionAction.Block, verdict.Action);
        Assert.Contains(verdict.Reasons, reason => reason.Code == "pool.timing"
            && reason.Summary.Contains("the same steady pace as 1", StringComparison.Ordinal)); // 10 to 19 others.
    }

    [Theory]
    [InlineData(3_600, null)]
    [InlineData(4_321, "one company")]
    public void Finish_MonitorsByTheClockOrOfOneHouse_AreLeftAlone(int gapSeconds, string? org)
    {
        AddPaced("monitor", accounts: 20, gapSeconds, jitter: 0, org);
        AddStrangers(250);
        _judge.Finish(_output);

        Assert.Empty(_judge.Campaigns);
        Assert.Equal(VerdictLevel.None, VerdictOf("monitor-3").Level);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Finish_SuspiciousFrameOfStrangers_ConvictsWhereVolumesAreEven(bool isEven)
    {
        for (var account = 0; account < 20; account++)
        {
            for (var i = 0; i < (isEven ? 30 : 8 + (account * account)); i++)
            {
                Observe(_maker.Make($"user-{account}", harvest: 0.91f, frame: "one frame"));
            }
        }

        AddStrangers(250);
        _judge.Finish(_output);

        Assert.Equal(isEven ? 1 : 0, _judge.Campaigns.Length);
    }

    // One list dealt out is split: hardly a request is sent twice. A suite is everybody's.
    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 0)]
    public void Finish_EqualSharesOfAFrameThatIsHardlySuspicious_ConvictUnlessAllSendTheSame(bool isSuite, int campaigns)
    {
        for (var account = 0; account < 20; account++)
        {
            for (var i = 0; i < 30; i++)
            {
                var content = isSuite ? $"question {i}" : $"question {i} of {account}";
                Observe(_maker.Make(
                    $"user-{account}", harvest: i % 3 == 0 ? 0.02f : 0.6f, frame: "one frame", content: content));
            }
        }

        AddStrangers(250);
        _judge.Finish(_output);

        Assert.Equal(campaigns, _judge.Campaigns.Length);
        Assert.Equal(!isSuite, VerdictOf("user-7").IsFlagged);
    }

    [Fact]
    public void Finish_FrameSharedByInnocents_NoCampaign()
    {
        for (var round = 0; round < 50; round++)
        {
            for (var account = 0; account < 20; account++)
            {
                Observe(_maker.Make($"app-{account}", harvest: 0.2f, frame: "popular retrieval prompt"));
            }
        }

        _judge.Finish(_output);
        Assert.Empty(_judge.Campaigns);
        Assert.DoesNotContain(_judge.Verdicts(), verdict => verdict.IsFlagged);
    }

    [Fact]
    public void Finish_StrangersOnOnePaymentAskingAlike_PoolIsFlagged()
    {
        AddStrangers(200);
        AddPool("pool", count: 10, payment: "card", org: null, alike: true);
        _judge.Finish(_output);

        var campaign = Assert.Single(_judge.Campaigns);
        Assert.Equal(10, campaign.Accounts.Length);
        Assert.Contains(AbuseType.AccountFraud, campaign.AbuseTypes);
        Assert.Contains(campaign.Links, link => link.Kind == LinkKind.Payment);
    }

    // One client is one tool, and one address one language: their users ask alike, and some use as much as others.
    [Fact]
    public void Finish_UsersOfOneClientAskingAlikeAndEvenly_AreLeftAlone()
    {
        var direction = ObservationMaker.DirectionOf("mathematics");
        AddStrangers(900);
        for (var i = 0; i < 30; i++)
        {
            for (var account = 0; account < 8; account++)
            {
                Observe(_maker.Make(
                    $"user-{account}", content: $"{account} asks {i % 5}", ja4: "rare client", direction: direction));
            }
        }

        _judge.Finish(_output);
        Assert.Empty(_judge.Campaigns);
        Assert.False(VerdictOf("user-3").IsFlagged);
    }

    [Fact]
    public void Finish_CompanyOnOnePaymentAskingAlike_IsLeftAlone()
    {
        AddStrangers(200);
        AddPool("staff", count: 10, payment: "company card", org: "acme", alike: true);
        _judge.Finish(_output);

        Assert.Empty(_judge.Campaigns);
        Assert.DoesNotContain(_judge.Verdicts(), verdict => verdict.IsFlagged);
    }

    [Fact]
    public void Finish_ResellersCustomersAskingDifferently_AreLeftAlone()
    {
        AddStrangers(200);
        AddPool("customer", count: 20, payment: "reseller card", org: null, alike: false);
        _judge.Finish(_output);

        Assert.Empty(_judge.Campaigns);
        Assert.DoesNotContain(_judge.Verdicts(), verdict => verdict.IsFlagged);
    }

    [Fact]
    public void Finish_HarvestersInsideResellerPool_OnlyTheyAreFlagged()
    {
        AddStrangers(200);
        AddPool("customer", count: 20, payment: "reseller card", org: null, alike: false);
        for (var round = 0; round < 10; round++)
        {
            for (var account = 0; account < 5; account++)
            {
                Observe(_maker.Make($"harvester-{account}", harvest: 0.95f, frame: "frame", payment: "reseller card"));
            }
        }

        _judge.Finish(_output);
        Assert.Equal(5, Assert.Single(_judge.Campaigns).Accounts.Length);
        Assert.All(_judge.Verdicts(), verdict =>
            Assert.Equal(verdict.AccountId.StartsWith("harvester", StringComparison.Ordinal), verdict.IsFlagged));
    }

    [Fact]
    public void Observe_ReasoningReferencesOfAStranger_AreEvidence()
    {
        for (var i = 0; i < 4; i++)
        {
            Observe(_maker.Make("victim", refIssued: $"ref-{i}"));
        }

        Observe(_maker.Make("victim", refs: ["ref-0", "ref-1"]));
        Observe(_maker.Make("replayer", refs: ["ref-0"]));
        Observe(_maker.Make("replayer", refs: ["ref-1", "ref-2"]));

        _judge.Finish(_output);
        Assert.Equal(VerdictLevel.None, VerdictOf("victim").Level);
        Assert.True(VerdictOf("replayer").IsFlagged);
        Assert.Equal("reasoning_reference.replayed", VerdictOf("replayer").Reasons[0].Code);
        Assert.Contains(_output.Links, link => link.Kind == LinkKind.ReasoningReference && link.AccountId == "replayer");
    }

    [Fact]
    public void Observe_LevelChange_VerdictNamesTheExchangeThatCausedIt()
    {
        for (var i = 0; i < 20; i++)
        {
            Observe(_maker.Make("harvester", harvest: 0.95f, frame: $"frame {i}"));
        }

        Assert.All(_output.Verdicts, verdict => Assert.Equal(3, verdict.Id.Partition));
        var flagged = _output.Verdicts.First(verdict => verdict.IsFlagged);
        Assert.Equal(flagged.ExchangesAtFlag - 1, flagged.Id.Offset); // One account, offsets from 0.
    }

    [Fact]
    public void Observe_MoreEvidence_NeverLowersTheLevel()
    {
        for (var seed = 1; seed <= 50; seed++)
        {
            var random = new Random(seed);
            var maker = new ObservationMaker();
            var judge = new Judge(DetectionPolicy.Default, ObservationMaker.Reference, "test/1", 0);
            var top = VerdictLevel.None;
            for (var i = 0; i < 200; i++)
            {
                var harvest = random.NextDouble() < 0.3 ? 0.95f : 0.05f;
                judge.Observe(maker.Make("one", harvest, frame: $"f{random.Next(6)}"), _output);
                var level = judge.Verdicts().Single().Level;
                Assert.True(level >= top, $"seed {seed}, exchange {i}: {top} became {level}");
                top = level;
            }
        }
    }

    [Fact]
    public void Replay_SameObservations_SameFindings()
    {
        Assert.Equal(RunMixed(), RunMixed());
    }

    [Fact]
    public void Observe_SecondTiersScores_AreEvidenceByItsOwnReference()
    {
        // To the second tier 0.95 is what all innocents get.
        var mild = new ScoringModel("second/1", 2, new BenignReference([0, 65_000], [1, 0.01], 0.01));
        double RiskOf(byte tier)
        {
            var (maker, judge) = (new ObservationMaker(), new Judge(DetectionPolicy.Default, ObservationMaker.Reference, "test/1", 0));
            judge.UseSecond(mild);
            for (var i = 0; i < 30; i++)
            {
                var observation = maker.Make("one", 0.95f, frame: $"f{i}");
                observation.Tier = tier;
                judge.Observe(observation, _output);
            }

            var verdict = judge.Verdicts().Single();
            Assert.Equal("test/1+second/1", verdict.ModelVersion);
            return verdict.Risk;
        }

        Assert.True(RiskOf(Observation.FirstTier) > 0.9);
        Assert.True(RiskOf(Observation.SecondTier) < 0.1);
    }

    [Fact]
    public void TryAdmit_SecondTime_IsRefused()
    {
        var key = EventKey.Of("ev-1"u8);
        Assert.True(_judge.TryAdmit(key));
        Assert.False(_judge.TryAdmit(key));
    }

    [Fact]
    public void Observe_MoreAccountsThanFit_AreCountedNotJudged()
    {
        var judge = new Judge(DetectionPolicy.Default with { AccountsMax = 10 }, ObservationMaker.Reference, "test/1", 0);
        for (var i = 0; i < 15; i++)
        {
            judge.Observe(_maker.Make($"account-{i}"), _output);
        }

        Assert.Equal(10, judge.AccountCount);
        Assert.Equal(5, judge.UnjudgedCount);
    }

    private static string RunMixed()
    {
        var test = new JudgeTests();
        test.AddStrangers(60);
        test.AddPool("pool", 8, "card", org: null, alike: true);
        for (var i = 0; i < 100; i++)
        {
            test.Observe(test._maker.Make($"relay-{i % 9}", 0.95f, frame: $"frame {i % 2}", excerpt: $"a b c d {i}"));
            test._maker.NowMs += 60_000;
        }

        test._judge.Finish(test._output);
        var verdicts = string.Join('\n', test._output.Verdicts.Select(v =>
            $"{v.AccountId} {v.Level} {v.Risk:R} {v.Id} {v.CampaignId} {string.Join(',', v.Reasons)}"));
        var campaigns = string.Join('\n', test._judge.Campaigns.Select(c =>
            $"{c.Id} {string.Join(',', c.Accounts)} {c.Template} {string.Join(',', c.Links)}"));
        return verdicts + "\n" + campaigns;
    }

    private void AddStrangers(int count)
    {
        for (var account = 0; account < count; account++)
        {
            for (var i = 0; i < 4 + (account % 7 * (account % 5)); i++)
            {
                Observe(_maker.Make($"stranger-{account}", payment: $"own-{account}"));
            }
        }
    }

    // Dealt to the accounts in turn, each of them once in a gap.
    private void AddPaced(string name, int accounts, int gapSeconds, double jitter, string? org)
    {
        var random = new Random(5);
        var start = _maker.NowMs;
        var requests =
            from round in Enumerable.Range(0, 100)
            from account in Enumerable.Range(0, accounts)
            let turn = 2 + round + (account / (double)accounts) + (jitter * (random.NextDouble() - 0.5))
            orderby turn
            select (turn, account);
        foreach (var (turn, account) in requests)
        {
            _maker.NowMs = start + (long)(turn * gapSeconds * 1_000);
            Observe(_maker.Make($"{name}-{account}", harvest: 0.05f, frame: "served", org: org));
        }
    }

    private void AddPool(string name, int count, string payment, string? org, bool alike)
    {
        var direction = ObservationMaker.DirectionOf("mathematics");
        for (var round = 0; round < 8; round++)
        {
            for (var account = 0; account < count; account++)
            {
                Observe(_maker.Make(
                    $"{name}-{account}", harvest: 0.05f, payment: payment, org: org, direction: alike ? direction : null));
            }
        }
    }

    private void Observe(Observation observation)
    {
        if (_judge.TryAdmit(observation.EventKey))
        {
            _judge.Observe(observation, _output);
        }
    }

    private Verdict VerdictOf(string account) => _judge.Verdicts().Single(verdict => verdict.AccountId == account);
}
