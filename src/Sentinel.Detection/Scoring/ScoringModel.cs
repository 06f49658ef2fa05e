namespace Sentinel.Detection.Scoring;

/// <summary>A version of a classifier, and what its scores mean. Immutable; one object a loaded version.</summary>
/// <param name="Version">Name and version, such as <c>content-tier1/1</c>.</param>
/// <param name="Tier">Which tier it is.</param>
/// <param name="Reference">How its harvest scores of innocent content spread, learned with it.</param>
public sealed record ScoringModel(string Version, int Tier, BenignReference Reference);
