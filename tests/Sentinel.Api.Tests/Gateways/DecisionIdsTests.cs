using Sentinel.Api.Decisions;
using Sentinel.Api.Gateways;
using Sentinel.Detection.Verdicts;

namespace Sentinel.Api.Tests.Gateways;

public sealed class DecisionIdsTests
{
    private const int MoreThanThereArePlaces = 400_000;

    [Fact]
    public void Of_MoreIdsThanPlaces_IsEachIdsOwnText()
    {
        var ids = new DecisionIds();
        for (var round = 0; round < 2; round++)
        {
            for (var i = 0; i < MoreThanThereArePlaces; i++)
            {
                var (id, origin) = (new VerdictId(i & 7, i / 8, 1), (VerdictOrigin)(i & 1));
                Assert.Equal(DecisionAnswer.IdOf(id, origin), ids.Of(id, origin));
            }
        }
    }

    [Fact]
    public void Of_AnIdAskedForAgain_IsNotMadeAgain()
    {
        var ids = new DecisionIds();
        string[] first = [.. Enumerable.Range(0, 100).Select(i => ids.Of(new VerdictId(0, i, 1), VerdictOrigin.Account))];
        Assert.All(first, (text, i) => Assert.Same(text, ids.Of(new VerdictId(0, i, 1), VerdictOrigin.Account)));
    }
}
