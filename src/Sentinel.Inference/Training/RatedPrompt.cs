namespace Sentinel.Inference.Training;

/// <summary>How well a score tells two sides apart.</summary>
/// <param name="Auc">Area under the curve.</param>
/// <param name="RecallAt1Percent">Recall where 1 % of the innocent side scores higher.</param>
/// <param name="RecallAt01Percent">Recall where 0.1 % does.</param>
internal readonly record struct Separation(double Auc, double RecallAt1Percent, double RecallAt01Percent);

/// <summary>A prompt with the calibrated logits of networks that never saw its group: harvest, then the kinds.</summary>
internal sealed record RatedPrompt(PromptFamily Family, TrainingPrompt Prompt, float[] Logits)
{
    /// <summary>Calibrated probability of harvest.</summary>
    public float Probability => 1 / (1 + MathF.Exp(-Logits[0]));

    /// <summary>Whether its text alone tells which side it is of.</summary>
    public bool IsTold => !(Prompt.IsDualUse && Family.IsHarvest);

    /// <summary>Calibrates what was held out.</summary>
    public static RatedPrompt Of(HeldOutScore score, Calibration calibration)
    {
        var logits = new float[NetworkOptions.OutputCount];
        for (var output = 0; output < logits.Length; output++)
        {
            logits[output] = calibration.Logit(output, score.Raw);
        }

        return new RatedPrompt(score.Family, score.Prompt, logits);
    }

    /// <summary>How well the harvest score tells harvest from innocence; every family weighs the same.</summary>
    public static Separation Separate(IEnumerable<RatedPrompt> items) => Separate(
        items.ToList(), static item => item.Logits[0], static item => item.Family.IsHarvest);

    /// <summary>How well a value tells two sides apart; every family weighs the same.</summary>
    public static Separation Separate(List<RatedPrompt> items, Func<RatedPrompt, double> valueOf, Func<RatedPrompt, bool> isPositive)
    {
        var sizes = items.CountBy(static item => item.Family).ToDictionary();
        var sorted = items
            .Select(item => (Value: valueOf(item), Weight: 1.0 / sizes[item.Family], Positive: isPositive(item)))
            .OrderByDescending(static item => item.Value)
            .ToList();
        var negatives = sorted.Where(static item => !item.Positive).Sum(static item => item.Weight);
        var positives = sorted.Where(static item => item.Positive).Sum(static item => item.Weight);
        if (negatives == 0 || positives == 0)
        {
            return default;
        }

        var (negative, positive, area, at1, at01) = (0.0, 0.0, 0.0, 0.0, 0.0);
        foreach (var (_, weight, isHit) in sorted)
        {
            if (isHit)
            {
                positive += weight;
                continue;
            }

            // Recall is read just before the false positives pass the budget.
            at01 = negative + weight <= negatives * 0.001 || negative == 0 ? positive : at01;
            at1 = negative + weight <= negatives * 0.01 || negative == 0 ? positive : at1;
            negative += weight;
            area += weight * positive;
        }

        return new Separation(area / (negatives * positives), at1 / positives, at01 / positives);
    }
}
