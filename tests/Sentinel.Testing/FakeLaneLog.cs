using Sentinel.Detection.Campaigns;
using Sentinel.Detection.Links;
using Sentinel.Detection.Observations;
using Sentinel.Detection.Ports;
using Sentinel.Detection.Verdicts;

namespace Sentinel.Testing;

/// <summary>What is durable of a lane: outlives the store that wrote it, as a disk outlives a process.</summary>
public sealed class FakeLaneLog
{
    /// <summary>The observations, in offset order.</summary>
    public List<Observation> Observations { get; } = [];

    /// <summary>Verdicts by what makes them the same.</summary>
    public Dictionary<(VerdictId, string), Verdict> Verdicts { get; } = [];

    /// <summary>Campaigns by id and version.</summary>
    public Dictionary<(string, int), Campaign> Campaigns { get; } = [];

    /// <summary>Links by kind, key and account.</summary>
    public Dictionary<(LinkKind, ulong, string), Link> Links { get; } = [];

    /// <summary>Dead letters by source and position.</summary>
    public Dictionary<(string, long, long), DeadLetter> DeadLetters { get; } = [];

    /// <summary>Commits that were made durable.</summary>
    public int CommitCount { get; set; }
}

/// <summary>Where a commit breaks off.</summary>
public enum CrashPoint
{
    /// <summary>It does not.</summary>
    None,

    /// <summary>Before anything is durable.</summary>
    Before,

    /// <summary>When the observations are durable, and nothing of what they caused.</summary>
    AfterObservations,

    /// <summary>When half of what they caused is durable too.</summary>
    AfterHalf,

    /// <summary>When all is durable, and nobody was told.</summary>
    AfterAll,
}

/// <summary>The end of the process, played.</summary>
public sealed class PlayedCrashException(CrashPoint point) : Exception($"Played crash: {point}.");
