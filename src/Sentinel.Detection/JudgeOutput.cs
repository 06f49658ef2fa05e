using Sentinel.Detection.Campaigns;
using Sentinel.Detection.Links;
using Sentinel.Detection.Verdicts;

namespace Sentinel.Detection;

/// <summary>What judging caused. Reused by its lane: read it, then clear it.</summary>
public sealed class JudgeOutput
{
    /// <summary>Verdicts that changed, in the order in which they did.</summary>
    public List<Verdict> Verdicts { get; } = [];

    /// <summary>Campaigns that changed.</summary>
    public List<Campaign> Campaigns { get; } = [];

    /// <summary>Keys that accounts used for the first time.</summary>
    public List<Link> Links { get; } = [];

    /// <summary>Forgets all and keeps the room.</summary>
    public void Clear()
    {
        Verdicts.Clear();
        Campaigns.Clear();
        Links.Clear();
    }
}
