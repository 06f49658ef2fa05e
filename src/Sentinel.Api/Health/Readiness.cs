using System.Collections.Immutable;

namespace Sentinel.Api.Health;

/// <summary>
/// Whether the program can do its work, and why not. One writer (the host), any readers; a change is seen at once.
/// </summary>
public sealed class Readiness
{
    private volatile ReadinessState _current =
        new(IsServing: false, [new ReadinessReason("starting", "The program is starting.")]);

    /// <summary>The state now.</summary>
    public ReadinessState Current => _current;

    /// <summary>Says that everything is there.</summary>
    public void SetReady() => _current = new ReadinessState(IsServing: true, []);

    /// <summary>Says what is not.</summary>
    public void SetNotReady(string code, string detail) =>
        _current = new ReadinessState(IsServing: false, [new ReadinessReason(code, detail)]);

    /// <summary>Says that the program is about to stop: what still arrives is served as before.</summary>
    public void SetDraining() =>
        _current = _current with { Reasons = [new ReadinessReason("draining", "The program is stopping.")] };
}

/// <summary>A state of readiness.</summary>
/// <param name="IsServing">Whether requests are served in full.</param>
/// <param name="Reasons">Why not to send more; empty when ready.</param>
public sealed record ReadinessState(bool IsServing, ImmutableArray<ReadinessReason> Reasons)
{
    /// <summary>Whether requests should be sent here.</summary>
    public bool IsReady => Reasons.IsEmpty;
}

/// <summary>One reason not to be ready.</summary>
/// <param name="Code">Stable identifier.</param>
/// <param name="Detail">A sentence for people.</param>
public sealed record ReadinessReason(string Code, string Detail);
