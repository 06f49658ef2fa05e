using System.Collections.Immutable;

namespace Sentinel.Detection.Scoring;

/// <summary>
/// How the harvest score of innocent content spreads, from families that the classifier was not trained on, every
/// family with the same weight. Turns a score into a p-value that is valid (conservative) under the benign
/// hypothesis: P(p ≤ u) ≤ u.
/// </summary>
/// <remarks>Immutable. The harvest scores, in steps of 1/65535, ascend with the tail shares descending.</remarks>
public sealed class BenignReference
{
    /// <summary>A reference from matching lists.</summary>
    /// <param name="thresholds">Ascending score steps.</param>
    /// <param name="tailShares">For each threshold the share (0..1] of benign content that scores at least as high.</param>
    /// <param name="floor">Smallest p-value ever given: what the size of the sample supports.</param>
    public BenignReference(ImmutableArray<ushort> thresholds, ImmutableArray<double> tailShares, double floor)
    {
        if (thresholds.Length != tailShares.Length || thresholds.Length == 0)
        {
            throw new ArgumentException("A reference needs as many tail shares as thresholds, and at least one.");
        }

        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(floor, 0);
        for (var i = 1; i < thresholds.Length; i++)
        {
            if (thresholds[i] <= thresholds[i - 1] || tailShares[i] > tailShares[i - 1])
            {
                throw new ArgumentException("Thresholds must ascend and tail shares must not.");
            }
        }

        Thresholds = thresholds;
        TailShares = tailShares;
        Floor = floor;
    }

    /// <summary>Ascending score steps.</summary>
    public ImmutableArray<ushort> Thresholds { get; }

    /// <summary>Share of benign content that scores at least the threshold.</summary>
    public ImmutableArray<double> TailShares { get; }

    /// <summary>Smallest p-value given.</summary>
    public double Floor { get; }

    /// <summary>The p-value of a harvest score: share of benign content that scores as high; between floor and 1.</summary>
    public double PValue(ushort harvestSteps)
    {
        // The last threshold that is not above the score: its tail share covers every score from it upwards.
        int low = 0, high = Thresholds.Length;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (Thresholds[middle] <= harvestSteps)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low == 0 ? 1 : Math.Max(Floor, TailShares[low - 1]);
    }
}
