namespace Sentinel.Streaming.Tests.Kafka;

/// <summary>Waiting for what other threads and processes do, with an end.</summary>
internal static class Eventually
{
    public static async Task IsTrueAsync(Func<bool> condition, string what, int seconds = 60)
    {
        var from = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(from) < TimeSpan.FromSeconds(seconds), $"Not within {seconds} s: {what}");
            await Task.Delay(20);
        }
    }
}
