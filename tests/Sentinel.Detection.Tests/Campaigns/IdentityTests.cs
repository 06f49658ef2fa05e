using Sentinel.Detection.Accounts;
using Sentinel.Detection.Campaigns;
using Sentinel.Detection.Exchanges;
using Sentinel.Detection.Links;
using Sentinel.Detection.Policy;
using Sentinel.Detection.Rulings;
using Sentinel.Detection.Scoring;
using Sentinel.Detection.State;

namespace Sentinel.Detection.Tests.Campaigns;

public sealed class IdentityTests
{
    private static readonly long HourMs = (long)TimeSpan.FromHours(1).TotalMilliseconds;

    private readonly LinkedAccounts _accounts = new(1_000);
    private readonly SharedKeys _keys = new(1_000, static _ => { });
    private readonly JudgeOutput _output = new();
    private readonly CampaignBoard _board;

    public IdentityTests()
    {
        _accounts.Total = 1_000;
        _board = NewBoard();
    }

    [Fact]
    public void Take_GroupThatOverlapsTwo_JoinsTheOneWithMost()
    {
        _board.Take(Finding("card-1", 0, 5), nowMs: 1);
        _board.Take(Finding("card-2", 10, 15), nowMs: 2);
        _board.Take(Finding("card-3", 3, 17), nowMs: 3); // Two of the first, five of the second.
        Assert.Equal(["cmp-1", "cmp-2"], Ids());
        Assert.Equal("cmp-2", _board[_accounts[7].Campaign].Id);
        Assert.Equal("cmp-1", _board[_accounts[3].Campaign].Id);
    }

    [Theory]
    [InlineData(8, 5, RulingFinding.None, "cmp-1")]
    [InlineData(5, 8, RulingFinding.None, "cmp-2")]
    [InlineData(6, 6, RulingFinding.None, "cmp-1")]
    [InlineData(5, 8, RulingFinding.Confirmed, "cmp-1")]
    public void Rearrange_TwoThatAreOne_TheLargerKeepsItsId_UnlessAPersonConfirmedTheOther(
        int first, int second, RulingFinding found, string kept)
    {
        _board.Take(Finding("card-1", 0, first), nowMs: 1);
        _board.Take(Finding("card-2", 20, 20 + second), nowMs: 2);
        _board[0].Find(found, atMs: 3);
        foreach (var name in new[] { "card-3", "card-4", "card-5" })
        {
            Share(LinkKind.Payment, name, [.. Enumerable.Range(0, first), .. Enumerable.Range(20, second)]);
        }

        var published = Rearranged();
        Assert.Equal([kept], Ids());
        var gone = Assert.Single(published, static campaign => campaign.MergedInto is not null);
        Assert.Equal(kept, gone.MergedInto);
        Assert.Equal(first + second, published.Single(static campaign => campaign.MergedInto is null).Accounts.Length);
    }

    [Fact]
    public void Rearrange_OneThatIsTwo_TheLargerPartKeepsTheId_AndTheOtherNamesIt_AlsoAfterARestart()
    {
        TakeTwoThatOnePromptHoldsTogether();
        var published = Rearranged();
        Assert.Equal(["cmp-1", "cmp-2"], Ids());
        Assert.Equal(Enumerable.Range(0, 8), _board[0].Accounts);
        Assert.Equal(Enumerable.Range(8, 5), _board[1].Accounts);
        Assert.All(Enumerable.Range(8, 5), index => Assert.Equal("cmp-2", _board[At(index).Campaign].Id));
        Assert.Equal(["cmp-1", "cmp-2"], published.Select(static campaign => campaign.Id));
        foreach (var board in new[] { _board, Restarted() })
        {
            var part = board.Report(nowMs: HourMs, offset: 1).Single(static campaign => campaign.Id == "cmp-2");
            Assert.StartsWith("it was part of campaign cmp-1", Assert.Single(part.Reasons, static reason => reason.Code == "campaign.split").Summary,
                StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(RulingFinding.Confirmed)]
    [InlineData(RulingFinding.Innocent)]
    public void Rearrange_OneThatIsTwo_AndAPersonHasRuled_StaysOne(RulingFinding found)
    {
        TakeTwoThatOnePromptHoldsTogether();
        _board[0].Find(found, atMs: 3);
        Rearranged();
        Assert.Equal(13, Assert.Single(_board.Standing).Accounts.Count);
    }

    [Fact]
    public void Rearrange_TooFewToBeACampaign_StayWithMostOfTheirs()
    {
        _board.Take(Finding("prompt", 0, 10, LinkKind.Content), nowMs: 1);
        Share(LinkKind.Payment, "card-1", [.. Enumerable.Range(0, 8)]);
        Share(LinkKind.Payment, "card-2", 8, 9); // Two, and a campaign has three.
        Rearranged();
        Assert.Equal(10, Assert.Single(_board.Standing).Accounts.Count);
    }

    [Fact]
    public void Rearrange_Again_ChangesNothing_AndNotBeforeTheHourIsOver()
    {
        TakeTwoThatOnePromptHoldsTogether();
        Rearranged();
        Share(LinkKind.Payment, "card-3", [.. Enumerable.Range(0, 13)]);
        Share(LinkKind.Payment, "card-4", [.. Enumerable.Range(0, 13)]);
        _board.Rearrange(HourMs + (HourMs / 2), isFinal: false);
        Assert.Equal(["cmp-1", "cmp-2"], Ids());
        _board.Rearrange(2 * HourMs, isFinal: false);
        Assert.Equal(["cmp-1"], Ids());
        _board.Publish(2 * HourMs, offset: 2, isFinal: true, _output);
        _output.Clear();
        _board.Rearrange(3 * HourMs, isFinal: false);
        _board.Publish(3 * HourMs, offset: 3, isFinal: true, _output);
        Assert.Empty(_output.Campaigns);
    }

    [Fact]
    public void Rearrange_KeysGoWithMostOfTheirAccounts()
    {
        TakeTwoThatOnePromptHoldsTogether();
        _board.Take(Finding("phone-2", 8, 13, LinkKind.Phone), nowMs: 2);
        Assert.Equal("cmp-1", CampaignOf(LinkKind.Phone, "phone-2"));
        Rearranged();
        Assert.Equal("cmp-2", CampaignOf(LinkKind.Phone, "phone-2"));
        Assert.Equal("cmp-1", CampaignOf(LinkKind.Content, "prompt"));
        Assert.Equal([LinkKind.Phone], _board[1].Keys.Select(static key => key.Kind));

        string CampaignOf(LinkKind kind, string name) => _board[Share(kind, name).Campaign].Id;
    }

    [Fact]
    public void Take_RestOfADismissedCampaign_IsAnotherThatNamesIt_AlsoAfterARestart()
    {
        _board.Take(Finding("card-1", 0, 5), nowMs: 1);
        _board[0].Find(RulingFinding.Innocent, atMs: 2);
        _board.Take(Finding("card-1", 5, 11), nowMs: 3);
        Assert.Equal("cmp-2", _board[_accounts[6].Campaign].Id);

        foreach (var board in new[] { _board, Restarted() })
        {
            var split = board.Report(nowMs: 4, offset: 1).Single(static campaign => campaign.Id == "cmp-2");
            Assert.Contains("campaign cmp-1", Assert.Single(split.Reasons, static reason => reason.Code == "campaign.split").Summary,
                StringComparison.Ordinal);
        }
    }

    private CampaignBoard NewBoard() =>
        new(_accounts, new CampaignReport(DetectionPolicy.Default, _accounts, new ExcerptBook()), accountsMin: 3);

    // One group was convicted for a prompt that all of it asked; each part has a card and a device of its own.
    private void TakeTwoThatOnePromptHoldsTogether()
    {
        _board.Take(Finding("prompt", 0, 13, LinkKind.Content), nowMs: 1);
        foreach (var name in new[] { "card-1", "device-1" })
        {
            Share(LinkKind.Payment, name, [.. Enumerable.Range(0, 8)]);
        }

        foreach (var name in new[] { "card-2", "device-2" })
        {
            Share(LinkKind.Payment, name, [.. Enumerable.Range(8, 5)]);
        }
    }

    private List<Campaign> Rearranged()
    {
        _board.Rearrange(HourMs, isFinal: false);
        _board.Publish(HourMs, offset: 1, isFinal: true, _output);
        return _output.Campaigns;
    }

    private CampaignBoard Restarted()
    {
        var restored = NewBoard();
        var campaigns = new SortedDictionary<int, byte[]>();
        foreach (var number in Enumerable.Range(0, _board.Standing.Count()))
        {
            var writer = new StateWriter();
            _board[number].Write(writer);
            campaigns[number] = writer.Written.ToArray();
        }

        restored.Restore(campaigns, _keys);
        return restored;
    }

    private string[] Ids() => [.. _board.Standing.Select(static campaign => campaign.Id)];

    // Accounts from one number to before another share a key.
    private GroupFinding Finding(string key, int from, int to, LinkKind kind = LinkKind.Payment)
    {
        var entry = Share(kind, key, [.. Enumerable.Range(from, to - from)]);
        return new GroupFinding(entry, 8, 5, 4, 0, [.. Enumerable.Range(from, to - from).Select(At)], []);
    }

    private LinkEntry Share(LinkKind kind, string name, params int[] accounts)
    {
        var entry = _keys.GetOrAdd(kind, LinkKeys.Of(kind, KeyHash.Of(name)));
        entry.Book(new EdgeChange(kind, entry.Key, accounts.Length, 0, 0, false, 0, null));
        foreach (var index in accounts)
        {
            entry.AddAccount(At(index).Index);
            At(index).Remember(entry);
        }

        return entry;
    }

    private LinkedAccount At(int index)
    {
        while (_accounts.Count <= index)
        {
            var profile = new AccountProfile(System.Text.Encoding.UTF8.GetBytes($"acct-{_accounts.Count}")) { ExchangeCount = 10 };
            profile.EmbeddingSum[ContentScores.EmbeddingLength - 1] = 1; // All point one way.
            _accounts.Take(profile);
        }

        return _accounts[index];
    }
}
