using Sentinel.Detection.Readings;
using Sentinel.Detection.Scoring;

namespace Sentinel.Inference.Training;

/// <summary>Trains one network on some families. Deterministic for a seed.</summary>
internal static class NetworkTrainer
{
    private const float KindWeight = 1;

    /// <summary>Trains.</summary>
    public static ContentNetwork Train(
        IReadOnlyList<PromptFamily> families, bool[] known, NetworkOptions options, int seed, CancellationToken cancel)
    {
        var network = new ContentNetwork(options, known, seed);
        var drawer = new PromptDrawer(families, options, seed);
        Span<float> targets = stackalloc float[NetworkOptions.OutputCount];
        Span<float> weights = stackalloc float[NetworkOptions.OutputCount];
        for (var draw = 0; draw < options.DrawCount; draw++)
        {
            if (draw % 1024 == 0)
            {
                cancel.ThrowIfCancellationRequested();
            }

            drawer.Draw(isHarvest: draw % 2 == 0);
            FillTargets(drawer.Family.KindMask, options.Smoothing, targets);
            for (var kind = 0; kind < ContentKinds.Count; kind++)
            {
                var isKind = (drawer.Family.KindMask >> kind & 1) != 0;
                weights[1 + kind] = drawer.Weight * KindWeight * (isKind ? options.KindBoost : 1);
            }

            weights[0] = drawer.Weight;
            var rate = options.LearningRate * (1 - (0.9f * draw / options.DrawCount));
            network.Backward(drawer.Features, targets, weights, rate);
        }

        return network;
    }

    /// <summary>Features that enough independent groups use.</summary>
    internal static bool[] KnownFeatures(IReadOnlyList<PromptFamily> families, NetworkOptions options)
    {
        var counts = new int[FeatureLayout.BucketCount];
        foreach (var group in families.GroupBy(static family => family.Group))
        {
            var features = new HashSet<int>();
            foreach (var prompt in group.SelectMany(static f => f.Templates).SelectMany(static t => t.Prompts))
            {
                features.UnionWith(prompt.Features);
            }

            foreach (var feature in features)
            {
                counts[feature]++;
            }
        }

        var known = new bool[counts.Length];
        for (var id = 1; id < known.Length; id++)
        {
            var isLength = id is >= FeatureLayout.LengthStart and < FeatureLayout.ShapeEnd;
            known[id] = counts[id] >= options.GroupsPerFeatureMin && (options.UsesLength || !isLength);
        }

        return known;
    }

    private static void FillTargets(int kindMask, float smoothing, Span<float> targets)
    {
        targets[0] = kindMask != 0 ? 1 - smoothing : smoothing;
        for (var kind = 0; kind < ContentKinds.Count; kind++)
        {
            targets[1 + kind] = (kindMask >> kind & 1) != 0 ? 1 - smoothing : smoothing;
        }
    }
}
