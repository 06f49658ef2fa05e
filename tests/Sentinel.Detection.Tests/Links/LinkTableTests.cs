using System.Text;
using Sentinel.Detection.Accounts;
using Sentinel.Detection.Exchanges;
using Sentinel.Detection.Links;
using Sentinel.Detection.Tests.Judging;

namespace Sentinel.Detection.Tests.Links;

public class LinkTableTests
{
    private readonly AccountTable _accounts = new(1_000_000);
    private readonly ObservationMaker _maker = new();
    private readonly JudgeOutput _output = new();
    private readonly LinkTable _links;

    public LinkTableTests() => _links = new LinkTable(_accounts, entriesMax: 1000, sightingsMax: 1 << 16);

    [Fact]
    public void Book_KeyOfOneAccount_IsNoLink()
    {
        Book("a", payment: "card");
        Book("a", payment: "card");
        Assert.Empty(_output.Links);
        Assert.Equal(0, _links.EntryCount);
    }

    [Fact]
    public void Book_SecondAccount_LinksBoth()
    {
        Book("a", payment: "card");
        Book("b", payment: "card");
        Book("b", payment: "card");
        Assert.Equal(["a", "b"], _output.Links.Select(link => link.AccountId));
        Assert.All(_output.Links, link => Assert.Equal(LinkKind.Payment, link.Kind));
        Assert.Single(_accounts[0].SharedKeys!);
        Assert.Same(_accounts[0].SharedKeys![0], _accounts[1].SharedKeys![0]);
    }

    [Fact]
    public void Book_SameKeyInAnotherKind_IsAnotherKey()
    {
        Book("a", payment: "same");
        Book("b", device: "same");
        Assert.Empty(_output.Links);
    }

    [Fact]
    public void Book_HotKey_ListsAtMostTheLimitAndCountsTheRest()
    {
        const int accounts = 3000;
        for (var i = 0; i < accounts; i++)
        {
            Book($"a{i}", ja4: "popular");
        }

        for (var i = 0; i < accounts; i++)
        {
            Book($"a{i}", ja4: "popular");
        }

        var entry = Assert.Single(_accounts[0].SharedKeys!);
        Assert.Equal(LinkEntry.AccountsMax, entry.Accounts.Count);
        Assert.Equal(accounts, entry.AccountCount);
    }

    [Fact]
    public void Book_MoreSharedKeysThanFit_ForgetsTheColdest()
    {
        for (var i = 0; i < 1500; i++)
        {
            _maker.NowMs += 1000;
            Book("a", device: $"device-{i}");
            Book("b", device: $"device-{i}");
        }

        Assert.InRange(_links.EntryCount, 500, 1000);
        _output.Links.Clear();
        Book("c", device: "device-1499");
        Assert.Single(_output.Links); // The newest is still known: c joins it.
    }

    [Fact]
    public void Book_PromptsSharedWithMany_KeepsAtMostTheLimitOfAnAccount()
    {
        for (var i = 0; i < 200; i++)
        {
            Book("a", content: $"question {i}");
            Book("b", content: $"question {i}");
        }

        Assert.Equal(AccountState.SharedKeysMax, _accounts[0].SharedKeys!.Count);
    }

    [Fact]
    public void FirstOrAdd_BeyondTwoGenerations_ForgetsTheOldest()
    {
        var sightings = new Sightings(4096);
        for (var i = 1; i <= 4096 * 3; i++)
        {
            Assert.Equal(i, sightings.FirstOrAdd(KeyHash.Mix((ulong)i), i));
        }

        Assert.Equal(-1, sightings.Find(KeyHash.Mix(1)));
        Assert.Equal(4096 * 3, sightings.Find(KeyHash.Mix(4096 * 3)));
    }

    private void Book(
        string account, string? payment = null, string? device = null, string? ja4 = null, string? content = null)
    {
        var observation = _maker.Make(account, payment: payment, device: device, ja4: ja4, content: content, block: account);
        _links.Book(_accounts.GetOrAdd(Encoding.UTF8.GetBytes(account))!, observation, 0, _output);
    }
}
