using Sentinel.Detection;
using Sentinel.Detection.Policy;
using Sentinel.Detection.Ports;
using Sentinel.Detection.Rulings;
using Sentinel.Detection.Workloads;

namespace Sentinel.Hosting.Wiring;

/// <summary>Makes judges that know what the scores of both tiers mean.</summary>
internal static class Judges
{
    /// <summary>A judge without memory of any account.</summary>
    public static Judge New(DetectionPolicy policy, IScorer scorer, WorkloadsInForce? workloads = null, RulingsInForce? rulings = null)
    {
        var judge = new Judge(policy, scorer.Reference, scorer.ModelVersion, OpenStore.Partition)
        {
            Workloads = workloads ?? new WorkloadsInForce(),
            Rulings = rulings ?? new RulingsInForce(),
        };
        if (scorer.HoldSecond() is { } second)
        {
            judge.UseSecond(second.Model);
            second.LetGo();
        }

        return judge;
    }
}
