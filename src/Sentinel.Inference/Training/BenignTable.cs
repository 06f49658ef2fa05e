using Sentinel.Detection.Scoring;
using Sentinel.Inference.Models;

namespace Sentinel.Inference.Training;

/// <summary>
/// The table by which a harvest score becomes a p-value. Scores come from networks that never saw the family; every
/// family weighs the same. Found and authored families are tallied apart and the larger tail is taken, so that the
/// p-value holds for traffic of either sort and for any mixture.
/// </summary>
internal static class BenignTable
{
    private const int ThresholdsMax = 256;

    /// <summary>The table of innocent scores.</summary>
    public static ReferenceManifest Of(IEnumerable<(PromptFamily Family, float Probability)> scores)
    {
        var innocent = scores.Where(static score => !score.Family.IsHarvest).ToList();
        var groups = innocent.Select(static score => score.Family.Group).Distinct(StringComparer.Ordinal).Count();
        var sides = innocent
            .GroupBy(static score => score.Family.IsAuthored)
            .Select(static side => new Side([.. side]))
            .ToList();
        var steps = innocent
            .Select(static score => (int)ContentScores.ToSteps(score.Probability))
            .Distinct()
            .Order()
            .ToList();
        var kept = Thin(steps);
        var shares = new double[kept.Count];
        for (var i = kept.Count - 1; i >= 0; i--)
        {
            var share = sides.Max(side => side.TailShare(kept[i]));
            shares[i] = Math.Max(share, i + 1 < kept.Count ? shares[i + 1] : 0);
        }

        // One family more that scores higher than all would be no surprise after as many independent groups: nothing
        // below 1 / (groups + 1) is claimed, however many prompts each has, since prompts of a family are alike.
        var floor = 1.0 / (groups + 1);
        var bounded = shares.Select(share => Math.Clamp(share, floor, 1));
        return new ReferenceManifest([.. kept], [.. bounded], floor, groups);
    }

    // Evenly in rank below, every step at the top, where evidence is made. A left-out step only makes p larger: the
    // tail share of a threshold counts for every score from it up to the next.
    private static List<int> Thin(List<int> steps)
    {
        if (steps.Count <= ThresholdsMax)
        {
            return steps.Count == 0 ? [0] : steps;
        }

        var kept = new SortedSet<int> { steps[0] };
        for (var i = 1; i < ThresholdsMax; i++)
        {
            // Distance from the top shrinks geometrically.
            var fromTop = (int)(steps.Count * Math.Pow(2, -16.0 * i / ThresholdsMax));
            kept.Add(steps[^Math.Max(1, fromTop)]);
        }

        return [.. kept];
    }

    private sealed class Side
    {
        private readonly int[] _steps;
        private readonly double[] _tails;

        public Side(List<(PromptFamily Family, float Probability)> scores)
        {
            var sizes = scores.CountBy(static score => score.Family).ToDictionary();
            var sorted = scores
                .Select(score => (
                    Step: (int)ContentScores.ToSteps(score.Probability),
                    Weight: 1.0 / sizes[score.Family] / sizes.Count))
                .OrderBy(static score => score.Step)
                .ToList();
            _steps = [.. sorted.Select(static score => score.Step)];
            _tails = new double[sorted.Count];
            var tail = 0.0;
            for (var i = sorted.Count - 1; i >= 0; i--)
            {
                tail += sorted[i].Weight;
                _tails[i] = tail;
            }
        }

        public double TailShare(int step)
        {
            var at = Array.BinarySearch(_steps, step);
            at = at < 0 ? ~at : at;
            while (at > 0 && _steps[at - 1] == step)
            {
                at--;
            }

            return at < _tails.Length ? Math.Min(1, _tails[at]) : 0;
        }
    }
}
