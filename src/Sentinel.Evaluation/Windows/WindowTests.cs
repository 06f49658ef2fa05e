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
    public Source Prepare(WindowPool pool)
    {
        var bets = new double[pool.Count * ContentEvidence.BetCount];
        for (var i = 0; i < pool.Count; i++)
        {
            ContentEvidence.Bet(
                _evidence.Of(pool.HarvestSteps[i]),
                bets.AsSpan(i * ContentEvidence.BetCount, ContentEvidence.BetCount));
        }

        return new Source(pool.FeaturesBy(_kernel), bets);
    }

    /// <summary>The two statistics of a window.</summary>
    /// <param name="innocent">Where the innocent part is drawn from, and which.</param>
    /// <param name="attack">Where the other part is drawn from, and which.</param>
    public Drawn Of(
        (Source From, ReadOnlyMemory<int> Drawn) innocent, (Source From, ReadOnlyMemory<int> Drawn) attack)
    {
        Span<double> sum = stackalloc double[KernelMean.Length];
        Span<double> bets = stackalloc double[ContentEvidence.BetCount];
        sum.Clear();
        bets.Clear();
        Add(innocent.From, innocent.Drawn.Span, sum, bets);
        Add(attack.From, attack.Drawn.Span, sum, bets);
        var count = innocent.Drawn.Length + attack.Drawn.Length;
        return new Drawn(ContentEvidence.OfBets(bets), _kernel.Discrepancy(sum, count));
    }

    private static void Add(Source from, ReadOnlySpan<int> drawn, Span<double> sum, Span<double> bets)
    {
        foreach (var index in drawn)
        {
            KernelMean.Add(sum, from.Features.AsSpan(index * KernelMean.Length, KernelMean.Length));
            var own = from.Bets.AsSpan(index * ContentEvidence.BetCount, ContentEvidence.BetCount);
            for (var i = 0; i < own.Length; i++)
            {
                bets[i] += own[i];
            }
        }
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
    /// <param name="Bets">Content evidence as <see cref="ContentEvidence.Bet"/> has it, one after another.</param>
    internal sealed record Source(float[] Features, double[] Bets)
    {
        /// <summary>How many.</summary>
        public int Count => Bets.Length / ContentEvidence.BetCount;
    }
}
