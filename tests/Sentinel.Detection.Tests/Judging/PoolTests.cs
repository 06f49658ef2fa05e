using Sentinel.Detection.Policy;
using Sentinel.Detection.Scoring;
using Sentinel.Detection.Verdicts;

namespace Sentinel.Detection.Tests.Judging;

/// <summary>Pools whose content is evidence of nothing by itself: every score is one that innocents reach.</summary>
public sealed class PoolTests
{
    private const int StrangerCount = 300;

    private static readonly BenignReference Reference = new(
        [0, Steps(0.1f), Steps(0.2f), Steps(0.3f), Steps(0.4f)], [1, 0.8, 0.7, 0.5, 0.4], floor: 0.001);

    private readonly Random _random = new(4);
    private readonly ObservationMaker _maker = new();
    private readonly JudgeOutput _output = new();
    private readonly Judge _judge = new(DetectionPolicy.Default, Reference, "test/1", partition: 0);

    [Fact]
    public void Finish_FrameWhoseAccountsShareCardsByThrees_IsOnePool()
    {
        PlayStrangers();
        PlayFrame(accounts: 24, accountsOfACard: 3, org: null);
        _judge.Finish(_output);
        var verdicts = Flagged();
        Assert.Equal(24, verdicts.Count);
        Assert.Single(verdicts.Select(static verdict => verdict.CampaignId).Distinct());
        Assert.All(verdicts, static verdict => Assert.NotEqual(DecisionAction.Block, verdict.Action));
        Assert.Contains(verdicts[0].Reasons, static reason => reason.Code == "pool.template");
    }

    [Theory]
    [InlineData(3, "a company")] // One house with several cards.
    [InlineData(1, null)] // A popular tool: its users have nothing but its words in common.
    [InlineData(12, null)] // Two families' worth of accounts on two cards: each card is looked at by itself.
    public void Finish_FrameThatInnocentsShare_FlagsNobody(int accountsOfACard, string? org)
    {
        PlayStrangers();
        PlayFrame(accounts: accountsOfACard == 12 ? 7 : 24, accountsOfACard, org);
        _judge.Finish(_output);
        Assert.Empty(Flagged());
    }

    // The company's cards tie its own accounts; the others of the frame have it from where everybody has it.
    [Fact]
    public void Finish_CompanysCardsInAFrameThatOthersHave_FlagsNobody()
    {
        PlayStrangers();
        PlayFrame(accounts: 12, accountsOfACard: 3, org: null, domain: "corp");
        PlayFrame(accounts: 6, accountsOfACard: 2, org: null, name: "couple");
        PlayFrame(accounts: 24, accountsOfACard: 1, org: null, name: "other");
        _judge.Finish(_output);
        Assert.Empty(Flagged());
    }

    [Fact]
    public void Finish_PoolAboveNearlyAllStrangers_FlagsThoseWhoAre()
    {
        PlayStrangers();
        PlayCard(accounts: 10, "taker", static () => 0.45f);
        PlayCard(accounts: 4, "customer", static () => 0.02f);
        _judge.Finish(_output);
        var verdicts = Flagged();
        Assert.Equal(10, verdicts.Count);
        Assert.All(verdicts, static verdict => Assert.StartsWith("taker", verdict.AccountId, StringComparison.Ordinal));
        Assert.Contains(verdicts[0].Reasons, static reason => reason.Code == "campaign.payment");
        Assert.Contains(verdicts[0].Reasons, static reason => reason.Code == "pool.payment");
    }

    [Fact]
    public void Finish_ResellersCustomers_AreLikeAllOthersAndLeftAlone()
    {
        PlayStrangers();
        PlayCard(accounts: 40, "customer", () => 0.5f * _random.NextSingle() * _random.NextSingle());
        _judge.Finish(_output);
        Assert.Empty(Flagged());
    }

    // Cards of three and devices of three that cross: each key's own group is too small to say anything.
    [Fact]
    public void Finish_PoolThatNoSingleKeyHoldsTogether_IsOneCampaign()
    {
        PlayStrangers();
        PlayTied(accounts: 18, static () => 0.45f, org: null);
        _judge.Finish(_output);
        var verdicts = Flagged();
        Assert.Equal(18, verdicts.Count);
        Assert.Single(verdicts.Select(static verdict => verdict.CampaignId).Distinct());
        Assert.NotNull(verdicts[0].CampaignId);
        Assert.All(verdicts, static verdict => Assert.Contains(
            verdict.Reasons, static reason => reason.Code is "pool.payment" or "pool.device"));
        Assert.All(verdicts, static verdict => Assert.NotEqual(DecisionAction.Block, verdict.Action));
    }

    [Theory]
    [InlineData("a company")] // One house with several cards and shared machines, whatever it asks for.
    [InlineData(null)] // A club with shared machines that asks what everybody does.
    public void Finish_InnocentsTiedBySeveralKeys_FlagsNobody(string? org)
    {
        PlayStrangers();
        PlayTied(accounts: 18, org is null ? () => 0.5f * _random.NextSingle() * _random.NextSingle() : static () => 0.45f, org);
        _judge.Finish(_output);
        Assert.Empty(Flagged());
    }

    private static ushort Steps(float probability) => ContentScores.ToSteps(probability);

    private void PlayStrangers()
    {
        for (var round = 0; round < 10; round++)
        {
            _maker.NowMs += 60_000;
            for (var stranger = 0; stranger < StrangerCount; stranger++)
            {
                var (name, score) = ($"stranger-{stranger}", 0.5f * _random.NextSingle() * _random.NextSingle());
                _judge.Observe(_maker.Make(name, score, frame: $"{name} {round % 3}", payment: name), _output);
            }
        }
    }

    // Each account as often as it likes, so that volumes tell nothing.
    private void PlayFrame(
        int accounts, int accountsOfACard, string? org, string? domain = null, string name = "user")
    {
        for (var account = 0; account < accounts; account++)
        {
            var card = $"{name}'s card {account / accountsOfACard}";
            for (var left = 5 + (int)(60 * Math.Pow(_random.NextDouble(), 3)); left > 0; left--)
            {
                _maker.NowMs += 1_000 + _random.Next(20_000);
                _judge.Observe(
                    _maker.Make($"{name}-{account}", 0.35f, frame: "the frame", payment: card, org: org, domain: domain),
                    _output);
            }
        }
    }

    private void PlayCard(int accounts, string name, Func<float> score)
    {
        for (var round = 0; round < 12; round++)
        {
            for (var account = 0; account < accounts; account++)
            {
                _maker.NowMs += 1_000 + _random.Next(20_000);
                _judge.Observe(
                    _maker.Make($"{name}-{account}", score(), frame: $"{name} {account} {round % 3}", payment: "card"),
                    _output);
            }
        }
    }

    private void PlayTied(int accounts, Func<float> score, string? org)
    {
        for (var round = 0; round < 12; round++)
        {
            _maker.NowMs += 60_000;
            for (var account = 0; account < accounts; account++)
            {
                _judge.Observe(
                    _maker.Make(
                        $"tied-{account}", score(), frame: $"tied-{account} {round % 3}", payment: $"card-{account / 3}",
                        device: $"device-{(account + 1) % accounts / 3}", org: org),
                    _output);
            }
        }
    }

    private List<Verdict> Flagged() => [.. _judge.Verdicts().Where(static verdict => verdict.IsFlagged)];
}
