using Sentinel.Streaming.Input;
using Sentinel.Streaming.Preparation;

namespace Sentinel.Streaming.Lanes;

/// <summary>Tells how far a run is, at most five times a second and once at its end.</summary>
internal sealed class ProgressClock(InputReader input, long? bytesTotal, TimeProvider clock, Action<RunProgress> tell)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly long _begun = clock.GetTimestamp();
    private long _toldAt = clock.GetTimestamp();
    private long _lines;

    /// <summary>Since the run began.</summary>
    public TimeSpan Elapsed => clock.GetElapsedTime(_begun);

    /// <summary>Counts a chunk.</summary>
    public void Add(PreparedChunk chunk)
    {
        _lines += chunk.Count + chunk.DeadLetters.Count;
        if (clock.GetElapsedTime(_toldAt) >= Pause)
        {
            Tell();
        }
    }

    /// <summary>Tells how far the run is now.</summary>
    public void Tell()
    {
        _toldAt = clock.GetTimestamp();
        tell(new RunProgress(_lines, input.BytesRead, bytesTotal, Elapsed));
    }
}
