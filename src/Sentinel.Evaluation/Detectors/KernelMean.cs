using System.Numerics;
using System.Runtime.Intrinsics;
using Sentinel.Detection.Scoring;

namespace Sentinel.Evaluation.Detectors;

/// <summary>
/// Maximum mean discrepancy between a window and a reference under a Gaussian kernel (A. Gretton et al., "A Kernel
/// Two-Sample Test", JMLR 13, 2012). The kernel is taken by random Fourier features (A. Rahimi and B. Recht, "Random
/// Features for Large-Scale Kernel Machines", NIPS 2007): a window of n costs n, not n². Immutable; the same sample
/// gives the same features.
/// </summary>
internal sealed class KernelMean
{
    private const int Frequencies = 128; // The kernel's standard error is 1/√(2·128), 6 % of one pair, less of a mean.
    private const int PairsMax = 2_000;
    private const int Seed = 20_260_605;

    private readonly float[] _frequencies;
    private readonly double[] _mean;
    private readonly double _meanSquare;

    private KernelMean(float[] frequencies, double[] mean, double meanSquare) =>
        (_frequencies, _mean, _meanSquare) = (frequencies, mean, meanSquare);

    /// <summary>Numbers in a point's features.</summary>
    public static int Length => 2 * Frequencies;

    /// <summary>Learns the reference; the kernel's width is the median distance of its pairs.</summary>
    public static KernelMean Of(IReadOnlyList<float[]> reference)
    {
        var random = new Random(Seed);
        var width = MedianDistance(reference, random);
        var frequencies = new float[Frequencies * ContentScores.EmbeddingLength];
        for (var i = 0; i < frequencies.Length; i++)
        {
            frequencies[PlaceOf(i)] = (float)(ShapiroWilk.NormalQuantile((random.NextDouble() * 0.999998) + 0.000001) / width);
        }

        var (sum, features) = (new double[Length], new float[Length]);
        foreach (var point in reference)
        {
            Fill(frequencies, point, features);
            Add(sum, features);
        }

        var count = Math.Max(1, reference.Count);
        var square = Unbiased(sum, reference.Count);
        return new KernelMean(frequencies, Array.ConvertAll(sum, value => value / count), square);
    }

    /// <summary>Features of a point: their product with another's is about the kernel, with itself 1.</summary>
    public void Features(ReadOnlySpan<float> point, Span<float> features) => Fill(_frequencies, point, features);

    /// <summary>
    /// The squared discrepancy of a window given by its features' sum; without bias, so at times below 0.
    /// </summary>
    public double Discrepancy(ReadOnlySpan<double> sum, int count)
    {
        var cross = 0.0;
        for (var i = 0; i < _mean.Length; i++)
        {
            cross += sum[i] * _mean[i];
        }

        return Unbiased(sum, count) - (2 * cross / count) + _meanSquare;
    }

    /// <summary>Adds a point's features to a sum; both have <see cref="Length"/> numbers.</summary>
    public static void Add(Span<double> sum, ReadOnlySpan<float> features)
    {
        var (singles, doubles) = (Vector<float>.Count, Vector<double>.Count);
        for (var i = 0; i + singles <= features.Length; i += singles)
        {
            // Number by number, so that the sum is the same however many fit a register.
            Vector.Widen(new Vector<float>(features[i..]), out var low, out var high);
            (new Vector<double>(sum[i..]) + low).CopyTo(sum[i..]);
            (new Vector<double>(sum[(i + doubles)..]) + high).CopyTo(sum[(i + doubles)..]);
        }
    }

    // The mean kernel of different points: each with itself, which is 1, is left out.
    private static double Unbiased(ReadOnlySpan<double> sum, int count)
    {
        if (count < 2)
        {
            return 0;
        }

        var square = 0.0;
        foreach (var value in sum)
        {
            square += value * value;
        }

        return (square - count) / ((double)count * (count - 1));
    }

    // Of the i-th number drawn: a frequency after the other is drawn.
    private static int PlaceOf(int i) =>
        (i % ContentScores.EmbeddingLength * Frequencies) + (i / ContentScores.EmbeddingLength);

    // Frequencies lie number by number, four of them side by side: the sums are those of one after the other.
    private static void Fill(float[] frequencies, ReadOnlySpan<float> point, Span<float> features)
    {
        var scale = Vector128.Create(1 / MathF.Sqrt(Frequencies));
        for (var i = 0; i < Frequencies; i += Vector128<float>.Count)
        {
            var angle = Vector128<float>.Zero;
            for (var j = 0; j < point.Length; j++)
            {
                angle += Vector128.Create(frequencies, (j * Frequencies) + i) * point[j];
            }

            var (sine, cosine) = Vector128.SinCos(angle);
            (scale * cosine).CopyTo(features[i..]);
            (scale * sine).CopyTo(features[(Frequencies + i)..]);
        }
    }

    private static double MedianDistance(IReadOnlyList<float[]> points, Random random)
    {
        if (points.Count < 2)
        {
            return 1;
        }

        var distances = new double[PairsMax];
        for (var i = 0; i < distances.Length; i++)
        {
            distances[i] = Vectors.Distance(points[random.Next(points.Count)], points[random.Next(points.Count)]);
        }

        Array.Sort(distances);
        return Math.Max(0.05, distances[distances.Length / 2]);
    }
}
