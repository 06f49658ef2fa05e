namespace Sentinel.Detection.Evidence;

/// <summary>
/// Which of many accounts may be accused together so that at most a given share of the accused is innocent on average: the
/// e-BH procedure, which holds whatever the accounts' evidence depends on (Wang and Ramdas, "False discovery rate control
/// with e-values", Journal of the Royal Statistical Society B 84, 2022). Stateless.
/// </summary>
public static class FalseDiscovery
{
    /// <summary>
    /// How many may be accused: the largest k of which the k-th strongest has an e-value of at least n / (k · rate). Those are
    /// the k strongest.
    /// </summary>
    /// <param name="strongestFirst">Evidence of the accounts that might be, nats, descending.</param>
    /// <param name="all">n: accounts that there are, those among them.</param>
    /// <param name="rate">Share of the accused that may be innocent, above 0 and at most 1.</param>
    public static int Count(ReadOnlySpan<double> strongestFirst, long all, double rate)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(all, strongestFirst.Length);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rate);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rate, 1);
        var needed = Math.Log(all / rate);
        for (var k = strongestFirst.Length; k > 0; k--)
        {
            if (strongestFirst[k - 1] >= needed - Math.Log(k))
            {
                return k;
            }
        }

        return 0;
    }

    /// <summary>
    /// The share of the accused that may be innocent on average when the k strongest of n accounts are accused and the
    /// weakest of them has this evidence; at most 1.
    /// </summary>
    /// <param name="accused">k, at least 1.</param>
    /// <param name="all">n.</param>
    /// <param name="weakestNats">Evidence of the weakest accused, nats.</param>
    public static double Rate(long accused, long all, double weakestNats) =>
        Math.Min(1, all / (double)Math.Max(1, accused) * Math.Exp(-weakestNats));
}
