using System.Collections.Immutable;
using Sentinel.Detection.Campaigns;
using Sentinel.Detection.Exchanges;
using Sentinel.Detection.Observations;
using Sentinel.Detection.Policy;
using Sentinel.Detection.Scoring;
using Sentinel.Detection.Verdicts;

namespace Sentinel.Detection;

/// <summary>
/// The judge of one lane: observations in, findings out. Pure and deterministic: time is the observations' own. Owned
/// by the lane's thread.
/// </summary>
public sealed class Judge
{
    private readonly HashSet<EventKey> _seen = [];

    /// <summary>A judge without memory of any account.</summary>
    public Judge(DetectionPolicy policy, BenignReference reference, string modelVersion, int partition)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(reference);
    }

    /// <summary>Exchanges judged.</summary>
    public long ExchangeCount { get; private set; }

    /// <summary>Accounts seen.</summary>
    public int AccountCount { get; private set; }

    /// <summary>Campaigns that stand, in the order in which they were found.</summary>
    public ImmutableArray<Campaign> Campaigns { get; private set; } = [];

    /// <summary>Whether an event is new; remembers it. A second event with the same id changes nothing.</summary>
    public bool TryAdmit(EventKey key) => _seen.Add(key);

    /// <summary>Judges an admitted observation that has its offset. What changed is added to the output.</summary>
    public void Observe(Observation observation, JudgeOutput output) => ExchangeCount++;

    /// <summary>Judges groups once more as of the last observation: the end of a replay.</summary>
    public void Finish(JudgeOutput output) => AccountCount = Math.Max(AccountCount, 0);

    /// <summary>The current verdict of every account, in the order in which they were first seen.</summary>
    public IEnumerable<Verdict> Verdicts() => AccountCount < 0 ? throw new InvalidOperationException() : [];
}
