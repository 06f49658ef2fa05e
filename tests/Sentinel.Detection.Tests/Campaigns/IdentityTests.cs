using Sentinel.Detection.Accounts;
using Sentinel.Detection.Campaigns;
using Sentinel.Detection.Links;
using Sentinel.Detection.Policy;
using Sentinel.Detection.Rulings;
using Sentinel.Detection.Scoring;
using Sentinel.Detection.State;

namespace Sentinel.Detection.Tests.Campaigns;

public sealed class IdentityTests
{
    private readonly LinkedAccounts _accounts = new(1_000);
    private readonly SharedKeys _keys = new(1_000, static _ => { });
    private readonly JudgeOutput _output = new();
    private readonly CampaignBoard _board;

    public IdentityTests() => _board = NewBoard();

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
    public void Merge_TwoThatAreOne_TheLargerKeepsItsId_UnlessAPersonConfirmedTheOther(
        int first, int second, RulingFinding found, string kept)
    {
        _board.Take(Finding("card-1", 0, first), nowMs: 1);
        _board.Take(Finding("card-2", 20, 20 + second), nowMs: 2);
        _board[0].Find(found, atMs: 3);
        for (var prompt = 0; prompt < 3; prompt++)
        {
            Share(LinkKind.Content, $"prompt-{prompt}", 0, 20);
        }

        _board.Merge(nowMs: 4, isFinal: true);
        _board.Publish(nowMs: 4, offset: 1, isFinal: true, _output);
        Assert.Equal([kept], Ids());
        var gone = Assert.Single(_output.Campaigns, static campaign => campaign.MergedInto is not null);
        Assert.Equal(kept, gone.MergedInto);
        Assert.Equal(first + second, _output.Campaigns.Single(static campaign => campaign.MergedInto is null).Accounts.Length);
    }

    [Fact]
    public void Take_RestOfADismissedCampaign_IsAnotherThatNamesIt_AlsoAfterARestart()
    {
        _board.Take(Finding("card-1", 0, 5), nowMs: 1);
        _board[0].Find(RulingFinding.Innocent, atMs: 2);
        _board.Take(Finding("card-1", 5, 11), nowMs: 3);
        Assert.Equal("cmp-2", _board[_accounts[6].Campaign].Id);

        var restored = NewBoard();
        var campaigns = new SortedDictionary<int, byte[]>();
        foreach (var campaign in _board.Standing)
        {
            var writer = new StateWriter();
            campaign.Write(writer);
            campaigns[campaign.Number] = writer.Written.ToArray();
        }

        restored.Restore(campaigns, _keys);
        foreach (var board in new[] { _board, restored })
        {
            var split = board.Report(nowMs: 4, offset: 1).Single(static campaign => campaign.Id == "cmp-2");
            Assert.Contains("campaign cmp-1", Assert.Single(split.Reasons, static reason => reason.Code == "campaign.split").Summary,
                StringComparison.Ordinal);
        }
    }

    private CampaignBoard NewBoard() =>
        new(_accounts, new CampaignReport(DetectionPolicy.Default, _accounts, new ExcerptBook()), accountsMin: 3);

    private string[] Ids() => [.. _board.Standing.Select(static campaign => campaign.Id)];

    // Accounts from one number to before another share a key.
    private GroupFinding Finding(string key, int from, int to)
    {
        var entry = Share(LinkKind.Payment, key, [.. Enumerable.Range(from, to - from)]);
        return new GroupFinding(entry, 8, 5, 4, 0, [.. Enumerable.Range(from, to - from).Select(At)], []);
    }

    private LinkEntry Share(LinkKind kind, string name, params int[] accounts)
    {
        var entry = _keys.GetOrAdd(kind, LinkKeys.Of(kind, Exchanges(name)));
        foreach (var index in accounts)
        {
            entry.AddAccount(At(index).Index);
            At(index).Remember(entry);
        }

        return entry;
    }

    private static ulong Exchanges(string name) => Detection.Exchanges.KeyHash.Of(name);

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
