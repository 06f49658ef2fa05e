namespace Sentinel.Streaming.Lanes;

/// <summary>
/// A lane can go no further: its store failed to make something durable. Only a new lane that recovers from the store
/// knows what is durable, so whoever sees this ends the process.
/// </summary>
public sealed class LaneFaultedException : Exception
{
    /// <summary>With its cause.</summary>
    public LaneFaultedException(string message, Exception cause)
        : base(message, cause)
    {
    }

    /// <summary>With a message.</summary>
    public LaneFaultedException(string message)
        : base(message)
    {
    }

    /// <summary>Without a message.</summary>
    public LaneFaultedException()
    {
    }
}
