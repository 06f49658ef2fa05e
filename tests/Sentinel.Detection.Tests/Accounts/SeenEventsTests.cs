using System.Text;
using Sentinel.Detection.Accounts;
using Sentinel.Detection.Exchanges;

namespace Sentinel.Detection.Tests.Accounts;

public class SeenEventsTests
{
    [Fact]
    public void TryAdd_AtTheLimit_RemembersAtLeastOneGeneration()
    {
        const int generationMax = 4096;
        var seen = new SeenEvents(generationMax);
        for (var i = 0; i < generationMax * 5; i++)
        {
            Assert.True(seen.TryAdd(KeyOf(i)));
            Assert.False(seen.TryAdd(KeyOf(Math.Max(0, i - generationMax + 1))), $"event {i}");
        }
    }

    [Fact]
    public void TryAdd_LongForgotten_IsTakenAgain()
    {
        var seen = new SeenEvents(4096);
        for (var i = 0; i < 4096 * 3; i++)
        {
            seen.TryAdd(KeyOf(i));
        }

        Assert.True(seen.TryAdd(KeyOf(0)));
    }

    [Fact]
    public void GetOrAdd_ManyAccounts_FindsEachByItsFullId()
    {
        var table = new AccountTable(100_000);
        for (var i = 0; i < 20_000; i++)
        {
            Assert.Equal(i, table.GetOrAdd(Encoding.UTF8.GetBytes($"account-{i}"))!.Index);
        }

        for (var i = 0; i < 20_000; i += 7)
        {
            Assert.Equal($"account-{i}", table.GetOrAdd(Encoding.UTF8.GetBytes($"account-{i}"))!.Profile.Id);
        }
    }

    private static EventKey KeyOf(int i) => EventKey.Of(Encoding.UTF8.GetBytes($"ev-{i}"));
}
