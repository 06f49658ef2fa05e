using Sentinel.Detection.Links;
using Sentinel.Detection.Observations;
using Sentinel.Detection.Policy;
using Sentinel.Detection.Verdicts;

namespace Sentinel.Detection.Tests.Judging;

public sealed class RecirculationTests
{
    private readonly TextMaker _maker = new(seed: 6);
    private readonly JudgeOutput _output = new();
    private readonly Judge _judge =
        new(DetectionPolicy.Default with { OutputBandsMax = 1 << 16 }, ObservationMaker.Reference, "test/1", partition: 0);

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.05)]
    public void Finish_PoolPutsItsAnswersBackIn_FlaggedAndTied(double editedShare)
    {
        Capture(accounts: 6, rounds: 30, answer => _maker.Edited(answer, editedShare));
        var verdict = VerdictOf("pool-0");
        Assert.Equal(VerdictLevel.Suspect, verdict.Level);
        Assert.NotEqual(DecisionAction.Block, verdict.Action);
        Assert.Equal(AbuseType.SyntheticData, verdict.AbuseTypes[0]);
        Assert.Equal("recirculation.material", verdict.Reasons[0].Code);
        Assert.Contains("outputs that the model gave to 5 other accounts", verdict.Reasons[0].Summary, StringComparison.Ordinal);
        Assert.Contains(_output.Links, link => link.Kind == LinkKind.Recirculation);
    }

    [Fact]
    public void Finish_OneWayOnly_IsWatchedByItself()
    {
        for (var i = 0; i < 60; i++)
        {
            var answer = _maker.Words(80);
            Observe(_maker.Exchange($"source-{i % 4}", _maker.Words(30), answer));
            Observe(_maker.Exchange("cleaner", $"Tidy this up, please.\n\n{answer}", _maker.Words(60)));
        }

        _judge.Finish(_output);
        Assert.Equal(VerdictLevel.Watch, VerdictOf("cleaner").Level);
        Assert.Equal(VerdictLevel.None, VerdictOf("source-1").Level);
    }

    [Fact]
    public void Finish_OwnAnswersAgain_AreNobodysBusiness()
    {
        for (var i = 0; i < 100; i++)
        {
            var draft = _maker.Words(80);
            Observe(_maker.Exchange($"writer-{i % 4}", _maker.Words(30), draft));
            Observe(_maker.Exchange($"writer-{i % 4}", $"Translate this:\n\n{draft}", _maker.Words(80)));
        }

        AssertNobody();
    }

    [Fact]
    public void Finish_AnswersInLaterTurns_AreConversation()
    {
        for (var i = 0; i < 100; i++)
        {
            var offer = _maker.Words(60);
            Observe(_maker.Exchange($"seller-{i % 4}", _maker.Words(30), offer));
            Observe(_maker.Exchange($"buyer-{i % 4}", offer, _maker.Words(60), turn: 2 + i));
        }

        AssertNobody();
    }

    [Fact]
    public void Finish_TextsThatManyAreGiven_AreCommon()
    {
        var licences = Enumerable.Range(0, 20).Select(_ => _maker.Words(120)).ToArray();
        for (var i = 0; i < 40; i++)
        {
            Observe(_maker.Exchange($"asks-{i % 7}", _maker.Words(30), licences[i % 20]));
        }

        for (var i = 0; i < 200; i++)
        {
            Observe(_maker.Exchange($"reviews-{i % 7}", $"Is this all right?\n\n{licences[i % 20]}", _maker.Words(40)));
        }

        AssertNobody();
    }

    [Fact]
    public void Finish_CorrectedTextsOfOthers_AreNotTheModels()
    {
        for (var i = 0; i < 100; i++)
        {
            // Two laboratories work on one public corpus: one has it corrected, the other has it labelled.
            var page = _maker.Words(120);
            Observe(_maker.Exchange($"corrects-{i % 4}", $"Mend the spelling:\n\n{page}", _maker.Edited(page, 0.03)));
            Observe(_maker.Exchange($"labels-{i % 4}", $"Which topic is this?\n\n{page}", _maker.Words(20)));
        }

        AssertNobody();
    }

    [Fact]
    public void Finish_OneHouse_MayPassItsTextsOn()
    {
        for (var i = 0; i < 100; i++)
        {
            var draft = _maker.Words(80);
            Observe(_maker.Exchange("drafts", _maker.Words(30), draft, org: "publisher"));
            Observe(_maker.Exchange("checks", $"Check the facts:\n\n{draft}", _maker.Words(40), org: "publisher"));
        }

        AssertNobody();
    }

    [Fact]
    public void Finish_LettersAndEssaysThatAModelWrote_AreAnsweredByInnocents()
    {
        // A marker of essays: of a hundred exchanges three hold what another account's model wrote, each another one's.
        for (var i = 0; i < 300; i++)
        {
            var essay = _maker.Words(150);
            if (i % 33 == 0)
            {
                Observe(_maker.Exchange($"pupil-{i}", _maker.Words(30), essay));
            }

            Observe(_maker.Exchange("teacher", $"Mark this by the rubric:\n\n{essay}", _maker.Words(50)));
        }

        _judge.Finish(_output);
        Assert.False(VerdictOf("teacher").IsFlagged);
    }

    [Fact]
    public void Finish_WhoSendsMuchMeetsStrangersOnBothSides_IsNotFlagged()
    {
        for (var i = 0; i < 600; i++)
        {
            var (letter, answer) = (_maker.Words(60), _maker.Words(60));
            if (i % 20 == 0)
            {
                Observe(_maker.Exchange($"writer-{i % 9}", _maker.Words(30), letter));
            }

            Observe(_maker.Exchange("office", $"What does this want of us?\n\n{letter}", answer));
            if (i % 100 == 0)
            {
                Observe(_maker.Exchange($"reader-{i}", $"Make this shorter.\n\n{answer}", _maker.Words(20)));
            }
        }

        _judge.Finish(_output);
        var verdict = VerdictOf("office");
        Assert.Equal(VerdictLevel.Watch, verdict.Level);
        Assert.Contains("30 of its 600 exchanges", verdict.Reasons[0].Summary, StringComparison.Ordinal);
    }

    private void Capture(int accounts, int rounds, Func<string, string> edit)
    {
        var captured = new List<string>();
        var random = new Random(4);
        for (var round = 0; round < rounds; round++)
        {
            // Uneven, so that no common pace speaks as well.
            _maker.Minute += (int)(30 * Math.Pow(-Math.Log(1 - random.NextDouble()), 2));
            for (var account = 0; account < accounts; account++)
            {
                _maker.Minute++;
                if (round > 0)
                {
                    var other = captured[((round - 1) * accounts) + ((account + 1 + (round % (accounts - 1))) % accounts)];
                    var material = $"Rewrite it cleanly.\n<<<\n{edit(other)}\n>>>";
                    Observe(_maker.Exchange($"pool-{account}", material, _maker.Words(50)));
                }

                captured.Add(_maker.Words(60));
                Observe(_maker.Exchange($"pool-{account}", _maker.Words(30), captured[^1]));
            }
        }

        _judge.Finish(_output);
    }

    private void AssertNobody()
    {
        _judge.Finish(_output);
        Assert.All(_judge.Verdicts(), verdict => Assert.Equal(VerdictLevel.None, verdict.Level));
        Assert.DoesNotContain(_output.Links, link => link.Kind == LinkKind.Recirculation);
    }

    private void Observe(Observation observation) => _judge.Observe(observation, _output);

    private Verdict VerdictOf(string account) => _judge.Verdicts().Single(verdict => verdict.AccountId == account);
}
