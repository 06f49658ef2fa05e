using Sentinel.Detection.Accounts;
using Sentinel.Detection.Campaigns;
using Sentinel.Detection.Exchanges;
using Sentinel.Detection.Links;
using Sentinel.Detection.Readings;
using Sentinel.Detection.State;

namespace Sentinel.Detection.Tests.Campaigns;

public sealed class CampaignPartitionTests
{
    private const int ExchangeCount = 40;

    private readonly LinkedAccounts _accounts = new(1_000) { Total = 1_000 };
    private readonly SharedKeys _keys = new(1_000, static _ => { });
    private readonly ChangeList<CampaignState> _changes = new();

    [Theory]
    [InlineData(30, 1)] // Three of four exchanges: one campaign.
    [InlineData(2, 2)] // One in twenty: both take it from the same place.
    public void Of_TwoPoolsThatSendOneFrame_AreOneWhereItIsMostOfWhatTheySend(int sent, int expected)
    {
        var campaign = Campaign(0, 16);
        ShareFrame("their-own-1", 20, 0, 8);
        ShareFrame("their-own-2", 20, 8, 16);
        ShareFrame("common", sent, 0, 16);
        Assert.Equal(expected, Parts(campaign).Length);
    }

    [Fact]
    public void Of_FrameThatOneSentOnce_TiesNobody()
    {
        var campaign = Campaign(0, 8);
        ShareFrame("own-1", 20, 0, 4);
        ShareFrame("own-2", 20, 4, 8);
        ShareFrame("once", 1, 0, 8);
        Assert.Equal(["0 1 2 3", "4 5 6 7"], Parts(campaign));
    }

    [Theory]
    [InlineData(LinkKind.Payment, 1)]
    [InlineData(LinkKind.Timing, 1)]
    [InlineData(LinkKind.Address, 2)]
    [InlineData(LinkKind.Tls, 2)]
    [InlineData(LinkKind.Content, 2)]
    public void Of_TwoPoolsWithOneCommonKey_AreOneByWhatStrangersDoNotShare(LinkKind kind, int expected)
    {
        var campaign = Campaign(0, 60);
        ShareFrame("own-1", 20, 0, 30);
        ShareFrame("own-2", 20, 30, 60);
        Share(kind, "common", 0, 60);
        Assert.Equal(expected, Parts(campaign).Length);
    }

    [Theory]
    [InlineData(8, 2, 1)] // Two instruments between pools of eight: one for every four accounts.
    [InlineData(8, 1, 2)]
    [InlineData(20, 2, 2)]
    [InlineData(20, 5, 1)]
    public void Of_TwoPoolsWhoseFewInstrumentsMeet_AreOneWhereOneInFourDoes(int size, int instruments, int expected)
    {
        var campaign = Campaign(0, 2 * size);
        ShareFrame("own-1", 30, 0, size);
        ShareFrame("own-2", 30, size, 2 * size);
        for (var i = 0; i < instruments; i++)
        {
            Share(LinkKind.Payment, $"card-{i}", size - 1 - i, size + 1 - i);
            Share(LinkKind.Payment, $"card-{i}", size + i, size + 1 + i);
        }

        Assert.Equal(expected, Parts(campaign).Length);
    }

    [Fact]
    public void Of_TwoCampaignsThatShareCards_AreOne()
    {
        var (first, second) = (Campaign(0, 6), Campaign(6, 11));
        Share(LinkKind.Payment, "card-1", 0, 11);
        Assert.Equal(["0 1 2 3 4 5 6 7 8 9 10"], Parts(first, second));
    }

    [Fact]
    public void Of_OneWhoBelongsToTheOther_GoesThere()
    {
        var (first, second) = (Campaign(0, 6), Campaign(6, 11));
        ShareFrame("own-1", 30, 0, 5);
        ShareFrame("own-2", 30, 5, 11);
        Assert.Equal(["0 1 2 3 4", "5 6 7 8 9 10"], Parts(first, second));
    }

    [Fact]
    public void Of_FellSilent_IsPartedNoMore()
    {
        var campaign = Campaign(0, 8);
        Share(LinkKind.Payment, "card-1", 0, 4);
        Share(LinkKind.Payment, "card-2", 4, 8);
        Assert.Equal(2, Parts(campaign).Length);
        campaign.NoteActivity(atMs: 1, isOld: true);
        Assert.True(campaign.IsSucceeded(cameMs: 100, silenceMs: 50));
        Assert.Single(Parts(campaign));
    }

    // Accounts from one number to before another.
    private CampaignState Campaign(int from, int to)
    {
        var campaign = new CampaignState(from, _changes);
        for (var index = from; index < to; index++)
        {
            campaign.TryAdd(At(index).Index);
        }

        return campaign;
    }

    private string[] Parts(params CampaignState[] campaigns) =>
        [.. new CampaignPartition(_accounts, accountsMin: 3).Of(campaigns).Select(static part => string.Join(' ', part))];

    private void ShareFrame(string name, int count, int from, int to)
    {
        var frame = new FrameSketch { HeadAnchor = KeyHash.Of(name) };
        Share(LinkKind.Template, frame.HeadAnchor, from, to);
        for (var index = from; index < to; index++)
        {
            for (var i = 0; i < count; i++)
            {
                At(index).Profile.Frames.Add(frame, 0);
            }
        }
    }

    private void Share(LinkKind kind, string name, int from, int to) => Share(kind, KeyHash.Of(name), from, to);

    private void Share(LinkKind kind, ulong value, int from, int to)
    {
        var entry = _keys.GetOrAdd(kind, LinkKeys.Of(kind, value));
        entry.Book(new EdgeChange(kind, entry.Key, to - from, 0, 0, false, 0, null));
        for (var index = from; index < to; index++)
        {
            entry.AddAccount(At(index).Index);
            At(index).Remember(entry);
        }
    }

    private LinkedAccount At(int index)
    {
        while (_accounts.Count <= index)
        {
            _accounts.Take(new AccountProfile(System.Text.Encoding.UTF8.GetBytes($"acct-{_accounts.Count}")) { ExchangeCount = ExchangeCount });
        }

        return _accounts[index];
    }
}
