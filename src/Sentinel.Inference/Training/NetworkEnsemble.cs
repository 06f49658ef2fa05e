using Sentinel.Detection.Exchanges;

namespace Sentinel.Inference.Training;

/// <summary>
/// Wide and deep networks side by side. Its raw outputs are the averaged logits of the wide ones, then those of the
/// deep ones; <see cref="Calibration"/> makes probabilities of them.
/// </summary>
internal sealed class NetworkEnsemble
{
    /// <summary>Raw outputs.</summary>
    public const int RawCount = 2 * NetworkOptions.OutputCount;

    /// <summary>Networks without a hidden layer.</summary>
    public required IReadOnlyList<ContentNetwork> Wide { get; init; }

    /// <summary>Networks with a hidden layer.</summary>
    public required IReadOnlyList<ContentNetwork> Deep { get; init; }

    /// <summary>Trains all members, each on its own share of the groups.</summary>
    public static NetworkEnsemble Train(
        IReadOnlyList<PromptFamily> families, TrainingOptions options, int seed, CancellationToken cancel)
    {
        var known = NetworkTrainer.KnownFeatures(families, options.Wide);
        return new NetworkEnsemble
        {
            Wide = Train(families, known, options.Wide, options.WideCount, seed, cancel),
            Deep = Train(families, known, options.Deep, options.DeepCount, seed + options.WideCount, cancel),
        };
    }

    /// <summary>Raw outputs of a prompt.</summary>
    public void Forward(ReadOnlySpan<int> features, Span<float> raw)
    {
        raw.Clear();
        Add(Wide, features, raw[..NetworkOptions.OutputCount]);
        Add(Deep, features, raw[NetworkOptions.OutputCount..]);
    }

    private static void Add(IReadOnlyList<ContentNetwork> members, ReadOnlySpan<int> features, Span<float> sums)
    {
        Span<float> logits = stackalloc float[NetworkOptions.OutputCount];
        foreach (var member in members)
        {
            member.Forward(features, logits);
            for (var i = 0; i < sums.Length; i++)
            {
                sums[i] += logits[i] / members.Count;
            }
        }
    }

    private static List<ContentNetwork> Train(
        IReadOnlyList<PromptFamily> families,
        bool[] known,
        NetworkOptions options,
        int count,
        int seed,
        CancellationToken cancel)
    {
        var members = new List<ContentNetwork>();
        for (var member = 0; member < count; member++)
        {
            var salt = (ulong)(uint)(seed + member);
            var share = families.Where(family => IsDrawn(salt, family.Group, options.GroupShare)).ToList();
            members.Add(NetworkTrainer.Train(share, known, options, seed + member, cancel));
        }

        return members;
    }

    private static bool IsDrawn(ulong salt, string group, double share) =>
        KeyHash.Combine(salt, KeyHash.Of(group)) <= share * ulong.MaxValue;
}
