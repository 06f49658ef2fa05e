using System.Collections.Immutable;
using Sentinel.Detection.Evidence;
using Sentinel.Detection.Scoring;
using Sentinel.Evaluation.Detectors;

namespace Sentinel.Evaluation.Windows;

/// <summary>The statistics of one window.</summary>
/// <param name="Evidence">Pooled content evidence, nats.</param>
/// <param name="Discrepancy">Squared maximum mean discrepancy.</param>
internal readonly record struct Drawn(double Evidence, double Discrepancy);

/// <summary>
/// The two statistics of a window, made from the same benign reference: the platform's pooled content evidence and the
/// maximum mean discrepancy. Immutable.
/// </summary>
internal sealed class WindowTests
{
    private readonly KernelMean _kernel;
    private readonly ContentEvidence _evidence;

    /// <summary>Learns the reference.</summary>
    public WindowTests(WindowPool reference)
    {
        _kernel = KernelMean.Of(reference.Embeddings());
        _evidence = new ContentEvidence(ReferenceOf(reference.HarvestSteps));
    }

    /// <summary>What a pool's exchanges put into each statistic.</summary>
    public Source Prepare(WindowPool pool) => new(
        pool.FeaturesBy(_kernel), Array.ConvertAll(pool.HarvestSteps, steps => (double)_evidence.Of(steps)));

    /// <summary>The two statistics of a window.</summary>
    /// <param name="innocent">Where the innocent part is drawn from, and which.</param>
    /// <param name="attack">Where the other part is drawn from, and which.</param>
    public Drawn Of(
        (Source From, ReadOnlyMemory<int> Drawn) innocent, (Source From, ReadOnlyMemory<int> Drawn) attack)
    {
        var sum = new double[KernelMean.Length];
        var evidence = new double[innocent.Drawn.Length + attack.Drawn.Length];
        var next = 0;
        foreach (var (from, drawn) in new[] { innocent, attack })
        {
            foreach (var index in drawn.Span)
            {
                KernelMean.Add(sum, from.Features.AsSpan(index * KernelMean.Length, KernelMean.Length));
                evidence[next++] = from.Evidence[index];
            }
        }

        return new Drawn(ContentEvidence.Combine(evidence), _kernel.Discrepancy(sum, evidence.Length));
    }

    // How the reference's own scores spread: the same benign traffic that the discrepancy is given.
    private static BenignReference ReferenceOf(ushort[] steps)
    {
        var sorted = steps.Order().ToArray();
        var (thresholds, tails) = (ImmutableArray.CreateBuilder<ushort>(), ImmutableArray.CreateBuilder<double>());
        for (var i = 0; i < sorted.Length; i++)
        {
            if (i == 0 || sorted[i] != sorted[i - 1])
            {
                thresholds.Add(sorted[i]);
                tails.Add((sorted.Length - i + 1) / (sorted.Length + 1.0));
            }
        }

        return new BenignReference(thresholds.ToImmutable(), tails.ToImmutable(), 1 / (sorted.Length + 1.0));
    }

    /// <summary>A pool with what its exchanges put into each statistic.</summary>
    /// <param name="Features">Kernel features, one exchange after another.</param>
    /// <param name="Evidence">Content evidence, nats.</param>
    internal sealed record Source(float[] Features, double[] Evidence)
    {
        /// <summary>How many.</summary>
        public int Count => Evidence.Length;
    }
}
