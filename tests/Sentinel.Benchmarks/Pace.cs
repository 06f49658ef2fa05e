namespace Sentinel.Benchmarks;

/// <summary>Questions at an even rate from now on, whatever becomes of the ones before.</summary>
internal sealed class Pace(double perSecond)
{
    private readonly long _began = TimeProvider.System.GetTimestamp();

    /// <summary>Waits until a question is due.</summary>
    /// <returns>When that was.</returns>
    public async ValueTask<long> WaitAsync(long number)
    {
        var due = _began + (long)(number / perSecond * TimeProvider.System.TimestampFrequency);
        var left = TimeProvider.System.GetElapsedTime(TimeProvider.System.GetTimestamp(), due);
        if (left > TimeSpan.FromMilliseconds(1))
        {
            await Task.Delay(left); // To the millisecond; a little too late is told from when it was due.
        }

        return Math.Max(due, 0);
    }
}
