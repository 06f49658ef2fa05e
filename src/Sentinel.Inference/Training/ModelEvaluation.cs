using System.Collections.Immutable;
using Sentinel.Inference.Models;
using Sentinel.Inference.SecondTier;

namespace Sentinel.Inference.Training;

/// <summary>Measures the classifiers again on families left out: what their cards say.</summary>
public static class ModelEvaluation
{
    /// <summary>Name of the first tier's measures.</summary>
    public const string First = "first tier";

    /// <summary>Name of the second tier's measures.</summary>
    public const string Second = "second tier";

    /// <summary>Name of what a program runs: the second tier asked from its threshold on.</summary>
    public const string Both = "both tiers";

    /// <summary>Name of the first tier's measures on frames left out of families that it has seen.</summary>
    public const string InFamily = "first tier, families seen";

    // Of the frames of a family one in so many is left out to measure it on what it has seen the like of.
    private const int FramesPerLeftOut = 8;

    /// <summary>
    /// Trains the first tier without each fold, and measures; of the second tier it measures what its networks said,
    /// which is kept beside the model. With a folder of training it takes of both what lies there.
    /// </summary>
    /// <param name="options">What to train on; the folder of output is not used.</param>
    /// <param name="models">The models folder.</param>
    /// <param name="work">Folder of the second tier's training, or null.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancel">Ends it.</param>
    /// <exception cref="InvalidDataException">The corpora or the bank are not as documented.</exception>
    public static ImmutableArray<ModelMeasures> Run(
        TrainingOptions options,
        string models,
        string? work,
        IProgress<TrainingProgress> progress,
        CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(progress);
        options = options with { FoldCount = SecondTierTrainer.FoldCount };
        var set = ModelTrainer.ReadSet(options, pieces: null, progress, cancel);
        var done = 0;
        void Tell() => progress.Report(new TrainingProgress(
            "families left out", (double)Interlocked.Increment(ref done) / (options.FoldCount + 1)));
        var first = HeldOutFiles.First(work, set, options, Tell, cancel);
        var measures = ImmutableArray.CreateBuilder<ModelMeasures>();
        var folder = ModelFolder.Newest(models, SecondTierScorer.ModelName);
        var second = work is not null
            ? HeldOutFiles.Second(work, set)
            : folder is null ? null : HeldOutFiles.Kept(folder, set);
        measures.Add(ModelMeasures.Of(
            First, TierFit.Plain(set, second is null ? first : TierFit.Common(first, second))));
        if (second is not null)
        {
            var folds = CrossValidation.AssignFolds(set.Families, options.FoldCount, options.Seed);
            measures.AddRange(MeasureSecond(set, first, second, folds));
        }

        measures.Add(ModelMeasures.Of(InFamily, RateSeen(set, options, cancel)));
        Tell();
        return measures.ToImmutable();
    }

    /// <summary>Measures of the second tier alone and of both.</summary>
    internal static IEnumerable<ModelMeasures> MeasureSecond(
        TrainingSet set, float[]?[] first, float[]?[] second, Dictionary<string, int> folds)
    {
        first = TierFit.Common(first, second);
        yield return ModelMeasures.Of(Second, TierFit.Plain(set, second));
        var both = new TierFit(set, first, second).Rate(folds);
        yield return ModelMeasures.Of(Both, AsRun(TierFit.Plain(set, first), both));
    }

    /// <summary>The second tier's rating where the first one asks for it, else the first one's.</summary>
    internal static List<RatedPrompt> AsRun(List<RatedPrompt> first, List<RatedPrompt> both) =>
        [.. first.Zip(both, static (one, two) => one.Probability >= SecondTierTrainer.AskedFrom ? two : one)];

    // Frames of families that are otherwise learned: rated by networks that saw other frames of the same families.
    private static List<RatedPrompt> RateSeen(TrainingSet set, TrainingOptions options, CancellationToken cancel)
    {
        var learned = set.Families.Select(static family => Part(family, isLeftOut: false)).ToList();
        var left = set.Families.Select(static family => Part(family, isLeftOut: true)).ToList();
        var ensemble = NetworkEnsemble.Train(
            [.. learned.Where(static family => family.Templates.Count > 0)], options, options.Seed, cancel);
        var scores = CrossValidation.Score(ensemble, left);
        var calibration = Calibration.Fit(scores, Balance.Of(scores));
        return [.. scores.Select(score => RatedPrompt.Of(score, calibration))];
    }

    private static PromptFamily Part(PromptFamily family, bool isLeftOut)
    {
        var part = new PromptFamily
        {
            Name = family.Name,
            Group = family.Group,
            Class = family.Class,
            KindMask = family.KindMask,
            IsAuthored = family.IsAuthored,
            IsRuled = family.IsRuled,
        };

        // Of a family of one frame nothing else can be left out than some of its prompts.
        var isOneFrame = family.Templates.Count == 1;
        foreach (var (number, template) in family.Templates.Index())
        {
            if (!isOneFrame && (number % FramesPerLeftOut == 1) != isLeftOut)
            {
                continue;
            }

            var kept = new PromptTemplate { Name = template.Name, HasFrame = template.HasFrame };
            kept.Prompts.AddRange(template.Prompts.Where(
                (_, i) => !isOneFrame || (i % FramesPerLeftOut == 1) == isLeftOut));
            if (kept.Prompts.Count > 0)
            {
                part.Templates.Add(kept);
            }
        }

        return part;
    }
}
