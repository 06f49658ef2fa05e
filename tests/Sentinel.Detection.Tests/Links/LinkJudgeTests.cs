using Sentinel.Detection.Exchanges;
using Sentinel.Detection.Links;

namespace Sentinel.Detection.Tests.Links;

public class LinkJudgeTests
{
    private readonly LinkJudge _links = new(sharedKeysMax: 1000, sightingsMax: 1 << 16, referencesMax: 1 << 16, outputBandsMax: 1 << 16);
    private long _nowMs = 1_000_000;

    [Fact]
    public void Book_KeyOfOneAccount_IsNoLink()
    {
        Use(1, LinkKind.Payment, 77);
        Use(1, LinkKind.Payment, 77);
        Assert.Empty(Changes());
        Assert.Equal(0, _links.SharedKeyCount);
    }

    [Fact]
    public void Book_SecondAccount_LinksBoth()
    {
        Use(1, LinkKind.Payment, 77);
        Use(2, LinkKind.Payment, 77);
        Use(2, LinkKind.Payment, 77);
        var change = Assert.Single(Changes());
        Assert.Equal(LinkKind.Payment, change.Kind);
        Assert.Equal([1UL, 2UL], change.Members!.Select(member => member.Account));
        Assert.Equal(2, change.AccountsMore);
        Assert.Empty(Changes());
    }

    [Fact]
    public void Book_ThirdAccountInALaterTick_TellsOfItAlone()
    {
        Use(1, LinkKind.Payment, 77);
        Use(2, LinkKind.Payment, 77);
        _ = Changes();
        Use(3, LinkKind.Payment, 77);
        var change = Assert.Single(Changes());
        Assert.Equal(3UL, Assert.Single(change.Members!).Account);
        Assert.Equal(1, change.AccountsMore);
    }

    [Fact]
    public void Book_SameValueInAnotherKind_IsAnotherKey()
    {
        Use(1, LinkKind.Payment, 77);
        Use(2, LinkKind.Device, 77);
        Assert.Empty(Changes());
    }

    [Fact]
    public void Book_HotKey_ListsAtMostTheLimitAndCountsTheRest()
    {
        const int accounts = 3000;
        for (var i = 1; i <= accounts; i++)
        {
            Use((ulong)i, LinkKind.Tls, 77);
        }

        var change = Assert.Single(Changes());
        Assert.Equal(LinkEntry.AccountsMax, change.Members!.Count);
        Assert.Equal(accounts, change.AccountsMore);
    }

    [Fact]
    public void Book_MoreSharedKeysThanFit_ForgetsTheColdest()
    {
        for (var i = 1; i <= 1500; i++)
        {
            _nowMs += 1000;
            Use(1, LinkKind.Device, (ulong)i);
            Use(2, LinkKind.Device, (ulong)i);
            _ = Changes();
        }

        Assert.InRange(_links.SharedKeyCount, 500, 1000);
        Use(3, LinkKind.Device, 1500);
        Assert.Equal(3UL, Assert.Single(Assert.Single(Changes()).Members!).Account); // The newest is still known.
    }

    [Fact]
    public void Book_FrameUses_CountOnceTheFrameIsShared()
    {
        var key = LinkKeys.Of(LinkKind.Template, 5);
        _links.Book(new FrameUse(key, 9, 4.5, true, _nowMs));
        Use(1, LinkKind.Template, 5);
        Use(2, LinkKind.Template, 5);
        _links.Book(new FrameUse(key, 3, 1.5, true, _nowMs));
        var change = Assert.Single(Changes());
        Assert.Equal(3, change.ExchangesMore);
        Assert.Equal(1.5, change.EvidenceMore);
        Assert.True(change.IsPositive);
    }

    [Fact]
    public void Book_ReferenceOfAnotherAccount_TiesThePresenterToTheIssuer()
    {
        Meet(SightingRole.Presented, 2, 9);
        Assert.Empty(Changes()); // Nobody was handed it as far as is known.
        Meet(SightingRole.Issued, 1, 9);
        Meet(SightingRole.Presented, 1, 9);
        Assert.Empty(Changes());
        Meet(SightingRole.Presented, 2, 9);
        Assert.Equal([1UL, 2UL], Assert.Single(Changes()).Members!.Select(member => member.Account));
    }

    [Fact]
    public void Book_ReferencePresentedBeforeItWasIssuedInOneTick_TiesThemAllTheSame()
    {
        Meet(SightingRole.Presented, 2, 9);
        Meet(SightingRole.Issued, 1, 9);
        Assert.Equal([1UL, 2UL], Assert.Single(Changes()).Members!.Select(member => member.Account));
    }

    [Fact]
    public void FirstOrAdd_BeyondTwoGenerations_ForgetsTheOldest()
    {
        var sightings = new Sightings(4096);
        for (var i = 1; i <= 4096 * 3; i++)
        {
            Assert.Equal((ulong)i, sightings.FirstOrAdd(KeyHash.Mix((ulong)i), (ulong)i));
        }

        Assert.Equal(0UL, sightings.Find(KeyHash.Mix(1)));
        Assert.Equal(4096UL * 3, sightings.Find(KeyHash.Mix(4096 * 3)));
    }

    private void Use(ulong account, LinkKind kind, ulong value) => _links.Book(
        new Sighting(SightingRole.Used, kind, LinkKeys.Of(kind, value), account, 0, 0, _nowMs));

    private void Meet(SightingRole role, ulong account, ulong value) => _links.Book(new Sighting(
        role, LinkKind.ReasoningReference, LinkKeys.Of(LinkKind.ReasoningReference, value), account, 0, 0, _nowMs));

    private List<EdgeChange> Changes()
    {
        var changes = new List<EdgeChange>();
        _links.TakeChanges(changes);
        return changes;
    }
}
