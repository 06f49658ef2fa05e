using System.Text;
using Sentinel.Detection.Accounts;
using Sentinel.Detection.Evidence;
using Sentinel.Detection.Exchanges;
using Sentinel.Detection.Observations;
using Sentinel.Detection.Policy;
using Sentinel.Detection.Verdicts;

namespace Sentinel.Detection.Tests.Judging;

/// <summary>Signals beside content: moving to a new model, reasoning carried over, habits. None of them flags alone.</summary>
public class HabitTests
{
    private const long HourMs = 3_600_000;

    private readonly ObservationMaker _maker = new();
    private readonly JudgeOutput _output = new();
    private readonly Judge _judge = new(DetectionPolicy.Default, ObservationMaker.Reference, "test/1", partition: 3);

    // One account that moves at once, among two hundred of which a share does.
    [Theory]
    [InlineData(0, 1.0, 4.0)]
    [InlineData(20, 0.0, 0.5)]
    [InlineData(150, 0.0, 0.0)]
    public void Add_AccountThatMovesAtOnce_CountsByHowManyOthersDo(int rushing, double natsMin, double natsMax)
    {
        var releases = new ReleaseWatch();
        releases.See(1, 1, 0);
        for (var account = 1UL; account <= 5; account++)
        {
            releases.See(2, account, 30 * HourMs);
        }

        for (var other = 0; other < 200; other++)
        {
            Assert.Equal(other < rushing, Move(releases, other < rushing ? 2UL : 1UL).HasMoved);
        }

        Assert.InRange(Move(releases, 2).Nats, natsMin, natsMax);
        Assert.Equal(0, Move(releases, 1).Nats);

        static PivotLedger Move(ReleaseWatch releases, ulong model)
        {
            var pivot = default(PivotLedger);
            for (var i = 0; i < PivotLedger.AfterCount; i++)
            {
                pivot.Add(model, before: 100 + i, 31 * HourMs, isBenign: true, releases, natsMax: 4);
            }

            return pivot;
        }
    }

    [Fact]
    public void Judge_PoolThatMovesTogether_MoreThanItsAccountsAlone()
    {
        Release(movers: 12, customers: 88, payment: "one card");
        _judge.Finish(_output);

        Assert.All(_judge.Verdicts(), verdict => Assert.True(!verdict.IsFlagged || verdict.AccountId.StartsWith("mover", StringComparison.Ordinal)));
        var mover = _judge.Verdicts().First(verdict => verdict.AccountId == "mover-0");
        Assert.InRange(mover.Reasons.Single(reason => reason.Code == "pivot.release").Weight, 3, DetectionPolicy.Default.PivotNatsMax);
    }

    [Fact]
    public void See_NameThatOneAccountMakesUp_IsNoRelease()
    {
        var releases = new ReleaseWatch();
        releases.See(1, 1, 0);
        for (var i = 0; i < 100; i++)
        {
            releases.See(2, account: 7, 30 * HourMs);
        }

        Assert.Equal(0UL, releases.Latest);
        for (var account = 1UL; account <= 5; account++)
        {
            releases.See(3, account, 40 * HourMs);
        }

        Assert.Equal((3UL, true, false), (releases.Latest, releases.IsFresh(41 * HourMs), releases.IsFresh(65 * HourMs)));
    }

    // Two thousand references, presented where they were issued, in another conversation, and by others that never got any.
    [Fact]
    public void Observe_ReasoningCarriedIntoOtherConversations_EveryOneFoundAndNoneWrong()
    {
        for (var i = 0; i < 1_000; i++)
        {
            Talk("relay", $"r-{i}", refIssued: $"relay-{i}");
            Talk("customer", $"c-{i}", refIssued: $"customer-{i}");
        }

        for (var i = 0; i < 1_000; i++)
        {
            Talk("relay", $"x-{i}", refs: [$"relay-{i}"]);
            Talk("customer", $"c-{i}", refs: [$"customer-{i}"]);
            Talk("customer", $"c-{i}", refs: [$"unknown-{i}"]);
        }

        var relay = Of("relay");
        var reason = relay.Reasons.Single(r => r.Code == "reasoning_reference.other_conversation");
        Assert.Contains("1000 times", reason.Summary, StringComparison.Ordinal);
        Assert.Equal(VerdictLevel.Watch, relay.Level);
        Assert.Empty(Of("customer").Reasons);
    }

    [Fact]
    public void Observe_OneForkOfALongConversation_CountsOnceAndSaysNothing()
    {
        string[] refs = [.. Enumerable.Range(0, 8).Select(i => $"ref-{i}")];
        foreach (var reference in refs)
        {
            Talk("forker", "main", refIssued: reference);
        }

        for (var i = 0; i < 5; i++)
        {
            Talk("forker", "fork", refs: refs);
        }

        Assert.Equal(VerdictLevel.None, Of("forker").Level);
    }

    [Fact]
    public void Observe_HabitsLikeNobodyElses_ToldWithContentAndNeverAlone()
    {
        for (var i = 0; i < 64; i++)
        {
            for (var account = 0; account < 60; account++)
            {
                Use($"customer-{account}", hour: i % 7, harvest: 0.02f);
            }

            for (var same = 0; same < 4; same++)
            {
                Use("machine", hour: i % 24, harvest: 0.02f, logprobs: true, ip: $"{i}.{same}", tokens: 8_000);
            }
        }

        Assert.Equal(VerdictLevel.None, Of("machine").Level);
        for (var i = 0; i < 64; i++)
        {
            Use("machine", hour: i % 24, harvest: 0.95f, frame: $"frame {i % 3}", logprobs: true, ip: $"z{i}", tokens: 8_000);
        }

        var habits = Of("machine").Reasons.Single(reason => reason.Code == "habits.unusual");
        Assert.InRange(habits.Weight, 0.5, DetectionPolicy.Default.HabitNatsMax);
        Assert.All(Enumerable.Range(0, 60), account => Assert.Equal(VerdictLevel.None, Of($"customer-{account}").Level));
    }

    // Half of all accounts send forty requests a day, as their plan allows; the others, of a smaller one, two. The account in
    // question has long answers too: one habit by itself is nothing among so many.
    [Theory]
    [InlineData("small", 1, 0.15, 0.3)]
    [InlineData("small", 20, 0, 0.05)]
    [InlineData("large", 1, 0, 0.05)]
    [InlineData("nobody else's", 1, 0.05, 0.15)]
    public void NatsOf_UseFarAboveItsPlan_IsRankedAmongThatPlan(string plan, int days, double natsMin, double natsMax)
    {
        var population = new HabitPopulation();
        for (var i = 0; i < 100; i++)
        {
            population.Consider(User($"small-{i}", "small", days: 20));
            population.Consider(User($"large-{i}", "large", days: 1));
        }

        Assert.InRange(population.NatsOf(User("one more", plan, days, tokens: 900), natsMax: 1.5), natsMin, natsMax);
    }

    // Who goes through a form sends the same words in the same frame each time, and never the same prompt.
    [Theory]
    [InlineData(false, null, 0, 0)]
    [InlineData(true, null, 0, 0)] // One habit by itself is nothing.
    [InlineData(false, "fill this in", 0, 0)]
    [InlineData(true, "fill this in", 0, 0.1)]
    [InlineData(true, "fill this in", 40, 0.05)] // Who sends one prompt forty times goes through nothing, which is another habit.
    public void NatsOf_EverNewPromptsOfOneKind_TwoHabits(bool hasOneTopic, string? frame, int repeats, double natsMin)
    {
        var population = new HabitPopulation();
        for (var i = 0; i < 200; i++)
        {
            population.Consider(Asker($"many-{i}", hasOneTopic: i % 100 == 0, frame: i % 100 == 0 ? "their form" : null));
        }

        var asker = Asker("one more", hasOneTopic, frame);
        asker.RepeatedCount = repeats;
        Assert.InRange(population.NatsOf(asker, natsMax: 1.5), natsMin, natsMin * 2);
        var numbers = new double[HabitLedger.Count];
        HabitLedger.Fill(asker, numbers);
        Assert.Equal(hasOneTopic && repeats == 0, numbers[9] > 0.9);
        Assert.Equal(frame is not null && repeats == 0, numbers[10] > 0.9);
    }

    [Fact]
    public void Nats_PivotHabitsAndReplayTogether_NeverFlag()
    {
        var policy = DetectionPolicy.Default;
        Assert.True(policy.PivotNatsMax < policy.WatchNats && policy.HabitNatsMax < policy.WatchNats);
        Assert.True(policy.PivotNatsMax + policy.HabitNatsMax < policy.SuspectNats);
        Assert.True(policy.PoolNats + policy.PivotNatsMax < policy.SuspectNats);
        Assert.True(policy.ReplayNatsMax + policy.HabitNatsMax < policy.SuspectNats);
    }

    private AccountProfile User(string account, string plan, int days, int tokens = 300)
    {
        var profile = new AccountProfile(Encoding.UTF8.GetBytes(account));
        var start = DateTimeOffset.Parse("2026-10-05T09:00:00Z", null).ToUnixTimeMilliseconds();
        for (var i = 0; i < 40; i++)
        {
            _maker.NowMs = start + (i * days / 40 * 24 * HourMs) + (i * 1_000);
            var observation = _maker.Make(account, harvest: 0.02f);
            (observation.PlanKey, observation.SignupRouteKey) = (KeyHash.Of(plan), KeyHash.Of("web"));
            observation.OutputTokens = tokens;
            profile.Book(observation, evidence: 0);
        }

        return profile;
    }

    private AccountProfile Asker(string account, bool hasOneTopic, string? frame)
    {
        var profile = new AccountProfile(Encoding.UTF8.GetBytes(account));
        for (var i = 0; i < 40; i++)
        {
            _maker.NowMs += 1_000;
            var direction = ObservationMaker.DirectionOf(hasOneTopic ? account : $"{account} {i}");
            profile.Book(_maker.Make(account, harvest: 0.02f, frame: frame ?? $"{account} {i}", direction: direction), evidence: 0);
        }

        return profile;
    }

    private void Release(int movers, int customers, string? payment = null)
    {
        string[] accounts =
        [
            .. Enumerable.Range(0, movers).Select(i => $"mover-{i}"),
            .. Enumerable.Range(0, customers).Select(i => $"customer-{i}"),
        ];
        for (var i = 0; i < 60; i++)
        {
            _maker.NowMs += HourMs;
            foreach (var account in accounts)
            {
                var isMover = account[0] == 'm';
                var model = i < 30 ? "old" : isMover || i % 12 == 0 ? "new" : "old";

                // One exchange that looks a little odd has the account looked at.
                Observe(_maker.Make(
                    account, harvest: i == 59 ? 0.6f : 0.02f, payment: isMover ? payment : null), model);
            }
        }
    }

    private void Talk(string account, string conversation, string? refIssued = null, string[]? refs = null)
    {
        _maker.NowMs += 1_000;
        var observation = _maker.Make(account, harvest: 0.2f, refIssued: refIssued, refs: refs);
        observation.ConversationKey = KeyHash.Of(conversation);
        Observe(observation, "old");
    }

    private void Use(
        string account, int hour, float harvest, string? frame = null, bool logprobs = false, string ip = "home", int tokens = 300)
    {
        var start = DateTimeOffset.Parse("2026-10-05T00:00:00Z", null).ToUnixTimeMilliseconds();
        _maker.NowMs = start + (hour * HourMs);
        var observation = _maker.Make(account, harvest, frame: frame);
        observation.IpKey = KeyHash.Of(account + ip);
        observation.Logprobs = logprobs;
        observation.OutputTokens = tokens;
        Observe(observation, "old");
    }

    private void Observe(Observation observation, string model)
    {
        observation.ModelKey = KeyHash.Of(model);
        Assert.True(_judge.TryAdmit(observation.EventKey));
        _judge.Observe(observation, _output);
    }

    private Verdict Of(string account) => _judge.Verdicts().Single(verdict => verdict.AccountId == account);
}
