using Sentinel.Detection.Scoring;
using Sentinel.Inference.SecondTier;

namespace Sentinel.Inference.Training;

/// <summary>
/// Learns how to add up the two tiers on prompts whose groups neither had seen, and rates these prompts by stacks that
/// were learned without their folds.
/// </summary>
internal sealed class TierFit
{
    // How harvest's logits are added up. Fitted, as the kinds' are, the weights follow the few found families that are left in the
    // other folds, and folds part: area of found families 0.833, where the first tier alone has 0.848 and these 0.865.
    private static readonly float[] HarvestWeights = [0, 0.7f, 0, 0.3f];

    private readonly List<(PromptFamily Family, TrainingPrompt Prompt)> _prompts;
    private readonly ContentScores[] _first;
    private readonly SecondReading[] _second;
    private readonly List<double> _weights;

    /// <summary>A fit of what was held out; prompts that a tier did not rate are left out.</summary>
    public TierFit(TrainingSet set, float[]?[] first, float[]?[] second)
    {
        var items = SecondTierFiles.Measured(set)
            .Zip(first, second)
            .Where(static item => item.Second is not null && item.Third is not null)
            .ToList();
        _prompts = [.. items.Select(static item => item.First)];
        _first = [.. items.Select(static item => ScoresOf(item.Second!))];
        _second = [.. items.Select(static item => ReadingOf(item.Third!))];
        _weights = Balance.Of([.. _prompts.Select(static item => new HeldOutScore(item.Family, item.Prompt, []))]);
    }

    /// <summary>The stack of all prompts.</summary>
    public TierStack FitAll() => Fit(static _ => true);

    /// <summary>Prompts rated by stacks that were learned on other folds.</summary>
    public List<RatedPrompt> Rate(Dictionary<string, int> folds)
    {
        var rated = new RatedPrompt[_prompts.Count];
        var foldOf = _prompts.Select(item => folds[item.Family.Group]).ToArray();
        foreach (var fold in foldOf.Distinct().Order())
        {
            var stack = Fit(i => foldOf[i] != fold);
            for (var i = 0; i < rated.Length; i++)
            {
                if (foldOf[i] == fold)
                {
                    rated[i] = new RatedPrompt(
                        _prompts[i].Family, _prompts[i].Prompt, LogitsOf(stack, _first[i], _second[i]));
                }
            }
        }

        return [.. rated];
    }

    /// <summary>Prompts with logits as they are; those without are left out.</summary>
    public static List<RatedPrompt> Plain(TrainingSet set, float[]?[] logits) =>
    [
        .. SecondTierFiles.Measured(set)
            .Zip(logits)
            .Where(static item => item.Second is not null)
            .Select(static item => new RatedPrompt(item.First.Family, item.First.Prompt, item.Second!)),
    ];

    /// <summary>The logits of one tier for the prompts that the other one rated too.</summary>
    public static float[]?[] Common(float[]?[] logits, float[]?[] others) =>
        [.. logits.Zip(others, static (row, other) => other is null ? null : row)];

    private static ContentScores ScoresOf(float[] logits)
    {
        var scores = default(ContentScores);
        scores.HarvestSteps = ContentScores.ToSteps(1 / (1 + MathF.Exp(-logits[0])));
        for (var kind = 0; kind < ContentKinds.Count; kind++)
        {
            scores.KindSteps[kind] = ContentScores.ToSteps(1 / (1 + MathF.Exp(-logits[1 + kind])));
        }

        return scores;
    }

    private static SecondReading ReadingOf(float[] logits)
    {
        var reading = default(SecondReading);
        logits.CopyTo(reading.Logits);
        return reading;
    }

    private static float[] LogitsOf(TierStack stack, in ContentScores first, in SecondReading second)
    {
        var logits = new float[SecondReading.Length];
        for (var output = 0; output < logits.Length; output++)
        {
            logits[output] = stack.Logit(output, first, second);
        }

        return logits;
    }

    private TierStack Fit(Func<int, bool> isLearned)
    {
        int[] chosen = [.. Enumerable.Range(0, _prompts.Count).Where(isLearned)];
        List<double> weights = [.. chosen.Select(i => _weights[i])];
        var (rows, offsets) = (new float[SecondReading.Length][], new float[SecondReading.Length]);
        rows[0] = HarvestWeights;
        for (var output = 1; output < rows.Length; output++)
        {
            var inputs = new List<float[]>();
            foreach (var i in chosen)
            {
                var row = new float[TierStack.InputCount];
                TierStack.Inputs(output, _first[i], _second[i], row);
                inputs.Add(row);
            }

            List<bool> isHit = [.. chosen.Select(i => (_prompts[i].Family.KindMask >> (output - 1) & 1) != 0)];
            var fit = LogisticRegression.Fit(inputs, [0, 1, 2, 3], isHit, weights);
            rows[output] = [.. fit[..TierStack.InputCount].Select(static weight => (float)weight)];
            offsets[output] = (float)fit[^1];
        }

        return new TierStack(rows, offsets);
    }
}
