using System.Collections.Immutable;

namespace Sentinel.Api.Health;

/// <summary>
/// Whether the program can do its work, and why not. One writer (the host), any readers; a change is seen at once.
/// </summary>
public sealed class Readiness
{
    private volatile ReadinessState _current = new([new ReadinessReason("starting", "The program is starting.")]);

    /// <summary>The state now.</summary>
    public ReadinessState Current => _current;

    /// <summary>Says that everything is there.</summary>
    public void SetReady() => _current = new ReadinessState([]);

    /// <summary>Says what is not.</summary>
    public void SetNotReady(string code, string detail) =>
        _current = new ReadinessState([new ReadinessReason(code, detail)]);
}

/// <summary>A state of readiness.</summary>
/// <param name="Reasons">Why not; empty when ready.</param>
public sealed record ReadinessState(ImmutableArray<ReadinessReason> Reasons)
{
    /// <summary>Whether requests are served in full.</summary>
    public bool IsReady => Reasons.IsEmpty;
}

/// <summary>One reason not to be ready.</summary>
/// <param name="Code">Stable identifier.</param>
/// <param name="Detail">A sentence for people.</param>
public sealed record ReadinessReason(string Code, string Detail);
