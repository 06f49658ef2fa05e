using Sentinel.Detection.Exchanges;

namespace Sentinel.Inference.Training;

/// <summary>The raw outputs for one prompt by networks that never saw its group.</summary>
/// <param name="Family">The prompt's family.</param>
/// <param name="Prompt">The prompt.</param>
/// <param name="Raw">Raw outputs of the ensemble.</param>
internal sealed record HeldOutScore(PromptFamily Family, TrainingPrompt Prompt, float[] Raw);

/// <summary>Leaves whole groups out, never rows: what counts is the prompt family that nobody has seen.</summary>
internal static class CrossValidation
{
    /// <summary>
    /// Scores every prompt by the networks of the fold that left its group out; families may be scored and not learned.
    /// </summary>
    public static List<HeldOutScore> Run(
        IReadOnlyList<PromptFamily> learned,
        IReadOnlyList<PromptFamily> scored,
        Dictionary<string, int> folds,
        TrainingOptions options,
        Action foldDone,
        CancellationToken cancel)
    {
        var results = new List<HeldOutScore>[options.FoldCount];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.ThreadsMax, CancellationToken = cancel };
        Parallel.For(0, options.FoldCount, parallel, fold =>
        {
            var training = learned.Where(family => folds[family.Group] != fold).ToList();
            var ensemble = NetworkEnsemble.Train(training, options, options.Seed + (1000 * (fold + 1)), cancel);
            results[fold] = Score(ensemble, scored.Where(family => folds[family.Group] == fold));
            foldDone();
        });
        return [.. results.SelectMany(static scores => scores)];
    }

    /// <summary>Scores every prompt of some families.</summary>
    public static List<HeldOutScore> Score(NetworkEnsemble ensemble, IEnumerable<PromptFamily> families)
    {
        var scores = new List<HeldOutScore>();
        foreach (var family in families)
        {
            foreach (var prompt in family.Templates.SelectMany(static template => template.Prompts))
            {
                var raw = new float[NetworkEnsemble.RawCount];
                ensemble.Forward(prompt.Features, raw);
                scores.Add(new HeldOutScore(family, prompt, raw));
            }
        }

        return scores;
    }

    /// <summary>
    /// The fold of every group. Groups of one side and origin are dealt out in a shuffled order, so that every fold
    /// holds some of each.
    /// </summary>
    public static Dictionary<string, int> AssignFolds(IReadOnlyList<PromptFamily> families, int foldCount, int seed)
    {
        var folds = new Dictionary<string, int>(StringComparer.Ordinal);
        var next = 0;
        var groups = families
            .GroupBy(static family => family.Group)
            .OrderBy(static group => (group.First().IsAuthored, group.First().Class), Comparer<(bool, string)>.Create(
                static (left, right) => left.Item1 != right.Item1
                    ? left.Item1.CompareTo(right.Item1)
                    : string.CompareOrdinal(left.Item2, right.Item2)))
            .ThenBy(group => KeyHash.Combine((ulong)seed, KeyHash.Of(group.Key)));
        foreach (var group in groups)
        {
            folds.Add(group.Key, next++ % foldCount);
        }

        return folds;
    }
}
