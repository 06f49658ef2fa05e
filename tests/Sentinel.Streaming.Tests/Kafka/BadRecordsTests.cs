using Confluent.Kafka;
using Sentinel.Streaming.Kafka;

namespace Sentinel.Streaming.Tests.Kafka;

/// <summary>When damage on the broker is passed over.</summary>
public sealed class BadRecordsTests
{
    [Fact]
    public void IsToBePassed_OnlyAfterFiveTriesAtTheSamePlace()
    {
        var bad = new BadRecords();
        for (var i = 0; i < 4; i++)
        {
            Assert.False(bad.IsToBePassed(Place(offset: 7), position: 7, out _));
        }

        Assert.False(bad.IsToBePassed(Place(offset: 9), position: 8, out _)); // Elsewhere: counted from one again.
        for (var i = 0; i < 3; i++)
        {
            Assert.False(bad.IsToBePassed(Place(offset: 9), position: 8, out _));
        }

        Assert.True(bad.IsToBePassed(Place(offset: 9), position: 8, out var next));
        Assert.Equal(10, next);
        Assert.Equal(2, bad.Places);
    }

    [Fact]
    public void IsToBePassed_OffsetUnknown_TakesThePosition()
    {
        var bad = new BadRecords();
        var tries = 1;
        long next;
        while (!bad.IsToBePassed(Place(Offset.Unset.Value), position: 100, out next))
        {
            tries++;
        }

        Assert.Equal((5, 101L), (tries, next));
    }

    private static TopicPartitionOffset Place(long offset) => new("t", 3, offset);
}
