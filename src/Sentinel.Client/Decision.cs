namespace Sentinel.Client;

/// <summary>Where an answer comes from.</summary>
public enum DecisionSource
{
    /// <summary>From Sentinel, just now.</summary>
    Service,

    /// <summary>From it, within the time for which it may be reused.</summary>
    Cache,

    /// <summary>From it, past that time: it does not answer.</summary>
    LastAnswer,

    /// <summary>From the fail mode.</summary>
    FailMode,
}

/// <summary>May a request go on?</summary>
/// <param name="Action"><c>allow</c>, <c>observe</c>, <c>challenge</c>, <c>throttle</c>, <c>strip_reasoning</c> or
/// <c>block</c>; more may come.</param>
/// <param name="Reason">Stable code of the reason.</param>
/// <param name="DecisionId">Finds what it follows from.</param>
/// <param name="Ttl">For how long it may be reused.</param>
public sealed record Decision(string Action, string Reason, string DecisionId, TimeSpan Ttl)
{
    /// <summary>Action of a request that is turned away.</summary>
    public const string Block = "block";

    /// <summary>Action of a request that goes on.</summary>
    public const string Allow = "allow";

    /// <summary>Requests a minute that the account may make; only with <c>throttle</c>.</summary>
    public int? ThrottlePerMinute { get; init; }

    /// <summary>Whether Sentinel may not have known of what was concluded last.</summary>
    public bool IsStale { get; init; }

    /// <summary>Where it comes from.</summary>
    public DecisionSource Source { get; init; }

    /// <summary>Whether the request is turned away.</summary>
    public bool IsBlock => Action == Block;
}
