using Sentinel.Detection.Scoring;

namespace Sentinel.Detection.Evidence;

/// <summary>
/// Turns harvest scores into evidence against "this content is benign", in nats. A score becomes a p-value by the
/// benign reference and the p-value an e-value by the calibrator that averages κ·p^(κ-1) over κ in 0..1
/// (Vovk and Wang, "E-values: calibration, combination and applications", Annals of Statistics 2021, section 2).
/// Under the benign hypothesis its expectation is at most 1. Immutable; shared freely.
/// </summary>
public sealed class ContentEvidence
{
    /// <summary>Most that repetition multiplies the evidence of one context by, reached after some ten exchanges.</summary>
    public const double ContextWeightMax = 3;

    /// <summary>
    /// Steps of a nat in which evidence is kept, rounded down so that its expectation stays at most 1: sums are exact and pack well.
    /// </summary>
    public const int StepsPerNat = 64;

    private readonly float[] _logByStep = new float[65536];

    /// <summary>Tabulates the evidence of every score step.</summary>
    public ContentEvidence(BenignReference reference)
    {
        ArgumentNullException.ThrowIfNull(reference);
        for (var step = 0; step < _logByStep.Length; step++)
        {
            _logByStep[step] = (float)InSteps(Math.Log(EValueOf(reference.PValue((ushort)step))));
        }
    }

    /// <summary>Evidence of one exchange's harvest score, nats; negative when the content is ordinary.</summary>
    public float Of(ushort harvestSteps) => _logByStep[harvestSteps];

    /// <summary>Evidence, nats, in whole steps, rounded down.</summary>
    public static double InSteps(double nats) => Math.Floor(nats * StepsPerNat) / StepsPerNat;

    /// <summary>
    /// Evidence of a context (one frame) that was seen <paramref name="count"/> times with a summed evidence of
    /// <paramref name="sum"/> nats. Exchanges of one frame depend on each other: the n-th adds only 1/n of its own, and
    /// from some ten on nothing, so evidence grows with distinct contexts and no single frame convicts by content alone.
    /// </summary>
    public static double OfContext(double sum, long count) => count == 0 ? 0 : sum / count * Math.Min(ContextWeightMax, Harmonic(count));

    /// <summary>
    /// Evidence of contexts taken together: a bet spread over the share of abusive contexts, so that camouflage dilutes
    /// but does not erase. ln of the mean over λ of Π(1 - λ + λ·e).
    /// </summary>
    /// <param name="contexts">Evidence by context, nats.</param>
    public static double Combine(ReadOnlySpan<double> contexts)
    {
        Span<double> sums = stackalloc double[BetCount];
        Span<double> bets = stackalloc double[BetCount];
        foreach (var evidence in contexts)
        {
            Bet(evidence, bets);
            for (var i = 0; i < sums.Length; i++)
            {
                sums[i] += bets[i];
            }
        }

        return OfBets(sums);
    }

    /// <summary>Bets that <see cref="Combine"/> spreads over.</summary>
    public const int BetCount = 4;

    /// <summary>
    /// What a context of some evidence puts into each bet, nats. For who combines the same contexts again and again:
    /// sums of these, and then <see cref="OfBets"/>, are <see cref="Combine"/>.
    /// </summary>
    /// <param name="evidence">Evidence of the context, nats.</param>
    /// <param name="bets">Room for <see cref="BetCount"/> numbers.</param>
    public static void Bet(double evidence, Span<double> bets)
    {
        // e is cut at e^40: past that, more is no surer, and exp stays finite.
        var e = Math.Exp(Math.Min(evidence, 40));
        for (var i = 0; i < Shares.Length; i++)
        {
            bets[i] = Math.Log(1 - Shares[i] + (Shares[i] * e));
        }
    }

    /// <summary>The evidence of contexts whose bets add up to these sums.</summary>
    public static double OfBets(ReadOnlySpan<double> sums)
    {
        var top = sums[0];
        foreach (var sum in sums)
        {
            top = Math.Max(top, sum);
        }

        var total = 0.0;
        foreach (var sum in sums)
        {
            total += Math.Exp(sum - top);
        }

        return top + Math.Log(total / sums.Length);
    }

    private static ReadOnlySpan<double> Shares => [1.0, 0.4, 0.15, 0.05];

    /// <summary>The e-value of a p-value, above 0 and at most 1, by the calibrator.</summary>
    public static double EValueOf(double p)
    {
        if (p >= 0.9999)
        {
            return 0.5; // The limit at p = 1, where the closed form is 0/0.
        }

        var log = Math.Log(p);
        return (1 - p + (p * log)) / (p * log * log);
    }

    private static double Harmonic(long n) =>
        n < Harmonics.Length ? Harmonics[n] : Math.Log(n) + 0.5772156649015329 + (0.5 / n);

    private static double[] Harmonics { get; } = TabulateHarmonics();

    private static double[] TabulateHarmonics()
    {
        var table = new double[64];
        for (var n = 1; n < table.Length; n++)
        {
            table[n] = table[n - 1] + (1.0 / n);
        }

        return table;
    }
}
