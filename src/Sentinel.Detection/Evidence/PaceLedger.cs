using System.Runtime.CompilerServices;

namespace Sentinel.Detection.Evidence;

/// <summary>
/// How steadily an account's exchanges follow each other. People and independent jobs leave gaps at least as uneven as
/// chance (exponential); a scheduler that deals requests to many accounts leaves even ones. An e-process tests evenness
/// against chance whatever the mean gap is: each gap is bet on by gamma densities of four shapes, predicted from the
/// gaps before with the scale-free prior (Pérez-Ortiz, Lardy, de Heide and Grünwald, "E-statistics, group invariance
/// and anytime-valid testing", Annals of Statistics 2024, section 5), a tenth of each stake held back for pauses.
/// </summary>
/// <remarks>A mutable value of 64 bytes inside the account's state; owned by the lane.</remarks>
internal struct PaceLedger
{
    /// <summary>Even gaps from which on a pace is named.</summary>
    public const int EvenGapsMin = 8;

    /// <summary>Evidence from which on a pace counts as steady: ln(1,000).</summary>
    public const double SteadyNats = 6.9;

    // Share of each stake that is held back, and the gap, in mean even gaps, from which on it is a pause.
    private const double HeldBack = 0.1;
    private const double PauseGaps = 4;

    // Below this the account was as uneven as anyone: what it does from now on is tested anew.
    private const double RestartNats = -7;

    /// <summary>Steps of a nat in which bets are kept, rounded down: they pack well, and claim no more.</summary>
    public const int StepsPerNat = 1024;

    private const int ShapeCount = 4;
    private const int TableLength = 256;

    private Bets _bets;
    private long _lastMs;
    private double _sum;
    private double _evenSum;
    private int _count;
    private int _evenCount;

    /// <summary>Gaps that were no pause since the test began.</summary>
    public readonly int EvenCount => _evenCount;

    /// <summary>Mean of those, milliseconds; 0 before the first.</summary>
    public readonly double MeanGapMs => _evenCount == 0 ? 0 : _evenSum / _evenCount;

    /// <summary>Evidence that the pace is even, nats.</summary>
    public readonly double Nats
    {
        get
        {
            var top = Math.Max(Math.Max(_bets[0], _bets[1]), Math.Max(_bets[2], _bets[3]));
            var sum = 0.0;
            for (var i = 0; i < ShapeCount; i++)
            {
                sum += Math.Exp(_bets[i] - top);
            }

            return top + Math.Log(sum / ShapeCount);
        }
    }

    /// <summary>Whether a scheduler must be behind it.</summary>
    public readonly bool IsSteady => _evenCount >= EvenGapsMin && Nats >= SteadyNats;

    // The first is chance.
    private static ReadOnlySpan<double> Shapes => [1, 2, 4, 16, 64];

    private static double[][] Norms { get; } = TabulateNorms();

    /// <summary>Books an exchange; one that came late, out of order, is passed over.</summary>
    /// <param name="atMs">Event time, more than 0.</param>
    public void Add(long atMs)
    {
        var gap = atMs - _lastMs;
        if (_lastMs == 0 || gap <= 0)
        {
            _lastMs = Math.Max(_lastMs, atMs);
            return;
        }

        _lastMs = atMs;
        if (_count > 0 && _evenCount > 0)
        {
            Bet(gap);
        }

        _count++;
        _sum += gap;
        if (_evenCount == 0 || gap <= PauseGaps * MeanGapMs)
        {
            _evenCount++;
            _evenSum += gap;
        }
    }

    /// <summary>What it holds, for snapshots.</summary>
    public readonly void Save(Span<double> values)
    {
        (values[0], values[1], values[2]) = (_lastMs, _sum, _evenSum);
        (values[3], values[4]) = (_count, _evenCount);
        for (var i = 0; i < ShapeCount; i++)
        {
            values[5 + i] = _bets[i];
        }
    }

    /// <summary>How many numbers <see cref="Save"/> gives.</summary>
    public const int SavedCount = 9;

    /// <summary>Takes over what <see cref="Save"/> gave.</summary>
    public void Restore(ReadOnlySpan<double> values)
    {
        (_lastMs, _sum, _evenSum) = ((long)values[0], values[1], values[2]);
        (_count, _evenCount) = ((int)values[3], (int)values[4]);
        for (var i = 0; i < ShapeCount; i++)
        {
            _bets[i] = values[5 + i];
        }
    }

    private void Bet(double gap)
    {
        // Chance at the rate of all gaps, or of those that were no pause, whichever foretold this one better: people come in
        // bursts, and a burst is no schedule.
        var all = new Prediction(gap, _count, _sum);
        var even = new Prediction(gap, _evenCount, _evenSum);
        var chance = Math.Max(all.LogDensity(0), even.LogDensity(0));
        var top = double.NegativeInfinity;
        for (var i = 0; i < ShapeCount; i++)
        {
            var ratio = even.LogDensity(i + 1) - chance;
            var stake = Math.Log(((1 - HeldBack) * Math.Exp(Math.Min(ratio, 40))) + HeldBack);
            _bets[i] = Math.Floor((_bets[i] + stake) * StepsPerNat) / StepsPerNat;
            top = Math.Max(top, _bets[i]);
        }

        if (top < RestartNats)
        {
            (_count, _sum, _evenCount, _evenSum) = (0, 0, 0, 0);
            ((Span<double>)_bets).Fill(-1); // Who tries again stakes less.
        }
    }

    private static double[][] TabulateNorms()
    {
        var norms = new double[Shapes.Length][];
        for (var i = 0; i < norms.Length; i++)
        {
            norms[i] = new double[TableLength];
            for (var n = 1; n < TableLength; n++)
            {
                norms[i][n] = LogNorm(Shapes[i], n);
            }
        }

        return norms;
    }

    private static double LogNorm(double shape, int n) =>
        LogGamma((n + 1) * shape) - LogGamma(n * shape) - LogGamma(shape);

    // Stirling's series after raising the argument to 8 or more: exact to 1e-12.
    private static double LogGamma(double x)
    {
        var raised = 0.0;
        while (x < 8)
        {
            raised += Math.Log(x++);
        }

        var inverse = 1 / (x * x);
        var series = (1 / 12.0) - (inverse * ((1 / 360.0) - (inverse * ((1 / 1260.0) - (inverse / 1680)))));
        return ((x - 0.5) * Math.Log(x)) - x + 0.91893853320467274 + (series / x) - raised;
    }

    // Density of the next gap after n gaps of a sum, gamma of one of the shapes and of unknown scale: that of gap / sum is
    // beta prime.
    private readonly struct Prediction(double gap, int n, double sum)
    {
        private readonly double _logShare = Math.Log(gap / (sum + gap));
        private readonly double _logRest = Math.Log(sum / (sum + gap));
        private readonly double _logGap = Math.Log(gap);

        public double LogDensity(int shape)
        {
            var norm = n < TableLength ? Norms[shape][n] : LogNorm(Shapes[shape], n);
            return norm + (Shapes[shape] * ((n * _logRest) + _logShare)) - _logGap;
        }
    }

    [InlineArray(ShapeCount)]
    private struct Bets
    {
        private double _first;
    }
}
