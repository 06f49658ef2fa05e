namespace Sentinel.Evaluation.Detectors;

/// <summary>
/// The W of S. Shapiro and M. Wilk by the approximation of P. Royston, "Approximating the Shapiro-Wilk W-test for
/// non-normality", Statistics and Computing 2, 1992: 1 for a sample that looks normal, less for one that does not.
/// </summary>
internal static class ShapiroWilk
{
    private const int SampleMin = 12; // The approximation of the outer weights is made for samples from there on.

    /// <summary>W of a sample; 1, which says nothing, where it is too small or has no spread.</summary>
    public static double Of(double[] sample)
    {
        var n = sample.Length;
        if (n < SampleMin)
        {
            return 1;
        }

        Array.Sort(sample);
        var mean = sample.Average();
        var spread = sample.Sum(value => (value - mean) * (value - mean));
        if (spread < 1e-9)
        {
            return 1;
        }

        var weights = Weights(n);
        var sum = 0.0;
        for (var i = 0; i < n; i++)
        {
            sum += weights[i] * sample[i];
        }

        return Math.Min(1, sum * sum / spread);
    }

    private static double[] Weights(int n)
    {
        var m = new double[n];
        var square = 0.0;
        for (var i = 0; i < n; i++)
        {
            m[i] = NormalQuantile((i + 1 - 0.375) / (n + 0.25));
            square += m[i] * m[i];
        }

        var (u, root) = (1 / Math.Sqrt(n), Math.Sqrt(square));
        var last = Polynomial(u, -2.706056, 4.434685, -2.071190, -0.147981, 0.221157) + (m[^1] / root);
        var second = Polynomial(u, -3.582633, 5.682633, -1.752461, -0.293762, 0.042981) + (m[^2] / root);
        var phi = (square - (2 * m[^1] * m[^1]) - (2 * m[^2] * m[^2]))
            / (1 - (2 * last * last) - (2 * second * second));
        var weights = new double[n];
        for (var i = 0; i < n; i++)
        {
            weights[i] = m[i] / Math.Sqrt(phi);
        }

        (weights[^1], weights[0]) = (last, -last);
        (weights[^2], weights[1]) = (second, -second);
        return weights;
    }

    // From the highest power, u^5, down to u.
    private static double Polynomial(double u, double a5, double a4, double a3, double a2, double a1) =>
        u * (a1 + (u * (a2 + (u * (a3 + (u * (a4 + (u * a5))))))));

    /// <summary>
    /// The quantile of the standard normal distribution by the rational approximation of P. Acklam (2003), to 1.2e-9.
    /// </summary>
    public static double NormalQuantile(double p)
    {
        const double Tail = 0.02425;
        if (p is < Tail or > 1 - Tail)
        {
            var q = Math.Sqrt(-2 * Math.Log(Math.Min(p, 1 - p)));
            var outer = ((((((((((-7.784894002430293e-03 * q) - 3.223964580411365e-01) * q) - 2.400758277161838) * q)
                - 2.549732539343734) * q) + 4.374664141464968) * q) + 2.938163982698783)
                / ((((((((7.784695709041462e-03 * q) + 3.224671290700398e-01) * q) + 2.445134137142996) * q)
                + 3.754408661907416) * q) + 1);
            return p < 0.5 ? outer : -outer;
        }

        var centre = p - 0.5;
        var r = centre * centre;
        return ((((((((((-3.969683028665376e+01 * r) + 2.209460984245205e+02) * r) - 2.759285104469687e+02) * r)
            + 1.383577518672690e+02) * r) - 3.066479806614716e+01) * r) + 2.506628277459239) * centre
            / ((((((((((-5.447609879822406e+01 * r) + 1.615858368580409e+02) * r) - 1.556989798598866e+02) * r)
            + 6.680131188771972e+01) * r) - 1.328068155288572e+01) * r) + 1);
    }
}
