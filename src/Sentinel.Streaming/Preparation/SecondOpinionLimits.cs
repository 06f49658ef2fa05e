namespace Sentinel.Streaming.Preparation;

/// <summary>How often the second tier may be asked. Counted in exchanges, never in time.</summary>
/// <param name="ExchangesPerReading">Exchanges that pay for the reading of one frame, whatever they say.</param>
/// <param name="SavedMax">Readings that can be saved up, and that there are at the beginning.</param>
/// <param name="SightingsMin">Times that a frame must have come before it is read.</param>
public sealed record SecondOpinionLimits(int ExchangesPerReading, int SavedMax, int SightingsMin)
{
    /// <summary>
    /// A lane's. A reading takes some 8 ms of a core, so a flood of frames never seen costs at most 16 us an exchange, and
    /// two seconds at once. What is asked only once is no frame: chat does not use up what templates need.
    /// </summary>
    public static SecondOpinionLimits Lane { get; } = new(512, 256, 2);

    /// <summary>Of scoring alone, where every prompt stands for itself: two minutes of a core at once, then 0.1 ms an exchange.</summary>
    public static SecondOpinionLimits Score { get; } = new(64, 16_384, 1);
}
