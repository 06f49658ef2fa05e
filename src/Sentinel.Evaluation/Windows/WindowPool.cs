using Sentinel.Detection.Exchanges;
using Sentinel.Detection.Scoring;
using Sentinel.Evaluation.Detectors;
using Sentinel.Evaluation.Traffic;

namespace Sentinel.Evaluation.Windows;

/// <summary>
/// Exchanges that windows are drawn from: their embeddings and harvest scores. A sample where there are more than it
/// holds, drawn by the events' keys. Immutable.
/// </summary>
internal sealed class WindowPool
{
    private readonly float[] _embeddings;

    private WindowPool(float[] embeddings, ushort[] steps) => (_embeddings, HarvestSteps) = (embeddings, steps);

    /// <summary>How many.</summary>
    public int Count => HarvestSteps.Length;

    /// <summary>Harvest scores, steps of 1/65535.</summary>
    public ushort[] HarvestSteps { get; }

    /// <summary>The exchanges at some places, or a sample of so many.</summary>
    public static WindowPool Of(ObservedTraffic traffic, IEnumerable<int> places, int most)
    {
        var sample = places.ToArray();
        Array.Sort(Array.ConvertAll(sample, place => KeyHash.Mix(traffic.Exchanges[place].EventKey)), sample);
        var count = Math.Min(most, sample.Length);
        var embeddings = new float[count * ContentScores.EmbeddingLength];
        var steps = new ushort[count];
        for (var i = 0; i < count; i++)
        {
            ref readonly var exchange = ref traffic.Exchanges[sample[i]];
            exchange.CopyEmbedding(embeddings.AsSpan(i * ContentScores.EmbeddingLength));
            steps[i] = exchange.HarvestSteps;
        }

        return new WindowPool(embeddings, steps);
    }

    /// <summary>An exchange's embedding.</summary>
    public ReadOnlySpan<float> EmbeddingAt(int index) =>
        _embeddings.AsSpan(index * ContentScores.EmbeddingLength, ContentScores.EmbeddingLength);

    /// <summary>All embeddings.</summary>
    public float[][] Embeddings() => [.. Enumerable.Range(0, Count).Select(i => EmbeddingAt(i).ToArray())];

    /// <summary>The features of all, one after another.</summary>
    public float[] FeaturesBy(KernelMean kernel)
    {
        var features = new float[Count * KernelMean.Length];
        for (var i = 0; i < Count; i++)
        {
            kernel.Features(EmbeddingAt(i), features.AsSpan(i * KernelMean.Length, KernelMean.Length));
        }

        return features;
    }
}
