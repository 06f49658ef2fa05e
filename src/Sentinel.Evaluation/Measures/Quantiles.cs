namespace Sentinel.Evaluation.Measures;

/// <summary>Quantiles of small samples.</summary>
internal static class Quantiles
{
    /// <summary>The smallest value that at least a share of the values do not exceed; null of nothing.</summary>
    public static double? Of(double[] values, double share)
    {
        if (values.Length == 0)
        {
            return null;
        }

        Array.Sort(values);
        return values[Math.Clamp((int)Math.Ceiling(share * values.Length) - 1, 0, values.Length - 1)];
    }
}
