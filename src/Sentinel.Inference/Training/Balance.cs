namespace Sentinel.Inference.Training;

/// <summary>
/// Weights under which scores are calibrated: the sides equally, on each side found and authored families equally,
/// every family of them equally. Prompts that do not tell abuse by their text weigh little.
/// </summary>
internal static class Balance
{
    /// <summary>Share of harvest that the calibrated probabilities assume.</summary>
    public const double HarvestPrior = 0.5;

    private const double DualUseWeight = 0.25;

    /// <summary>One weight a score; they add up to the number of scores.</summary>
    public static List<double> Of(IReadOnlyList<HeldOutScore> scores)
    {
        var weights = Enumerable.Repeat(1.0, scores.Count).ToList();
        Scale(scores, weights, static score => score.Family.Name, static _ => 1);
        for (var i = 0; i < weights.Count; i++)
        {
            weights[i] *= scores[i].Prompt.IsDualUse && scores[i].Family.IsHarvest ? DualUseWeight : 1;
        }

        Scale(scores, weights, static score => (score.Family.IsHarvest, score.Family.IsAuthored), static _ => 0.5);
        Scale(
            scores,
            weights,
            static score => score.Family.IsHarvest,
            static isHarvest => isHarvest ? HarvestPrior : 1 - HarvestPrior);
        for (var i = 0; i < weights.Count; i++)
        {
            weights[i] *= scores.Count;
        }

        return weights;
    }

    private static void Scale<T>(
        IReadOnlyList<HeldOutScore> scores, List<double> weights, Func<HeldOutScore, T> keyOf, Func<T, double> shareOf)
        where T : notnull
    {
        var sums = new Dictionary<T, double>();
        for (var i = 0; i < scores.Count; i++)
        {
            var key = keyOf(scores[i]);
            sums[key] = sums.GetValueOrDefault(key) + weights[i];
        }

        for (var i = 0; i < scores.Count; i++)
        {
            var key = keyOf(scores[i]);
            weights[i] *= shareOf(key) / sums[key];
        }
    }
}
