using Sentinel.Detection.Exchanges;

namespace Sentinel.Inference.Training;

/// <summary>The logits of one prompt by a network that never saw its group.</summary>
/// <param name="Family">The prompt's family.</param>
/// <param name="Template">Its template.</param>
/// <param name="Prompt">The prompt.</param>
/// <param name="Logits">Outputs: harvest, then kinds.</param>
internal sealed record HeldOutScore(PromptFamily Family, PromptTemplate Template, TrainingPrompt Prompt, float[] Logits);

/// <summary>Leaves whole groups out, never rows: what counts is the prompt family that nobody has seen.</summary>
internal static class CrossValidation
{
    /// <summary>Scores every prompt by the networks of the fold that left its group out.</summary>
    public static List<HeldOutScore> Run(
        TrainingSet set, TrainingOptions options, Action foldDone, CancellationToken cancel)
    {
        var folds = AssignFolds(set, options.FoldCount, options.Seed);
        var results = new List<HeldOutScore>[options.FoldCount];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.ThreadsMax, CancellationToken = cancel };
        Parallel.For(0, options.FoldCount, parallel, fold =>
        {
            var training = set.Families.Where(family => folds[family.Group] != fold).ToList();
            var members = TrainMembers(training, options, options.Seed + (1000 * (fold + 1)), cancel);
            results[fold] = Score(members, set.Families.Where(family => folds[family.Group] == fold));
            foldDone();
        });
        return [.. results.SelectMany(static scores => scores)];
    }

    /// <summary>Trains the networks whose logits are averaged, each on its own share of the groups.</summary>
    public static List<ContentNetwork> TrainMembers(
        IReadOnlyList<PromptFamily> families, TrainingOptions options, int seed, CancellationToken cancel)
    {
        var known = NetworkTrainer.KnownFeatures(families, options.Network);
        var members = new List<ContentNetwork>();
        for (var member = 0; member < options.MemberCount; member++)
        {
            var salt = (ulong)(uint)(seed + member);
            var share = families.Where(family => IsDrawn(salt, family.Group, options.Network.GroupShare)).ToList();
            members.Add(NetworkTrainer.Train(share, known, options.Network, seed + member, cancel));
        }

        return members;
    }

    /// <summary>Scores every prompt of some families.</summary>
    public static List<HeldOutScore> Score(List<ContentNetwork> members, IEnumerable<PromptFamily> families)
    {
        var member = new float[NetworkOptions.OutputCount];
        var scores = new List<HeldOutScore>();
        foreach (var family in families)
        {
            foreach (var template in family.Templates)
            {
                foreach (var prompt in template.Prompts)
                {
                    var logits = new float[NetworkOptions.OutputCount];
                    foreach (var network in members)
                    {
                        network.Forward(prompt.Features, member);
                        for (var i = 0; i < logits.Length; i++)
                        {
                            logits[i] += member[i] / members.Count;
                        }
                    }

                    scores.Add(new HeldOutScore(family, template, prompt, logits));
                }
            }
        }

        return scores;
    }

    private static bool IsDrawn(ulong salt, string group, double share) =>
        KeyHash.Combine(salt, KeyHash.Of(group)) < share * ulong.MaxValue;

    // Groups of one side and origin are dealt out in a shuffled order, so that every fold holds some of each.
    private static Dictionary<string, int> AssignFolds(TrainingSet set, int foldCount, int seed)
    {
        var folds = new Dictionary<string, int>(StringComparer.Ordinal);
        var next = 0;
        var groups = set.Families
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
