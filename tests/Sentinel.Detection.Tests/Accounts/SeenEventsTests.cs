using System.Text;
using Sentinel.Detection.Accounts;
using Sentinel.Detection.Exchanges;
using Sentinel.Detection.Links;
using Sentinel.Testing;

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
    public void TryAdd_OnceFull_TakesNoMoreMemory()
    {
        const int generationMax = 4096;
        var (seen, recent, sightings) =
            (new SeenEvents(generationMax), new RecentKeys(generationMax), new Sightings(generationMax));
        var bytes = new long[6];
        for (var generation = 0; generation < bytes.Length; generation++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 1; i <= generationMax; i++)
            {
                var key = KeyHash.Mix((ulong)((generation * generationMax) + i));
                Assert.True(seen.TryAdd(new EventKey(key, key)) && recent.TryAdd(key));
                sightings.FirstOrAdd(key, 7);
            }

            bytes[generation] = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.True(bytes[0] > 0);
        // To grow, any of the three would take 32 KiB or more.
        Assert.All(bytes[2..], static later => Assert.InRange(later, 0, AllocatedBytes.CollectionMax));
    }

    private static EventKey KeyOf(int i) => EventKey.Of(Encoding.UTF8.GetBytes($"ev-{i}"));
}
