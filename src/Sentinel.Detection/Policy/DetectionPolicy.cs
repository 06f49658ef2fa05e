namespace Sentinel.Detection.Policy;

/// <summary>Versioned thresholds that turn evidence into verdicts. Immutable.</summary>
public sealed record DetectionPolicy
{
    /// <summary>The policy in force by default.</summary>
    public static DetectionPolicy Default { get; } = new();

    /// <summary>Version; a changed threshold is a new version.</summary>
    public int Version { get; init; } = 1;
}
