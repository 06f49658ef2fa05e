namespace Sentinel.Detection.Evidence;

/// <summary>What a share says against the share that is usual. Stateless.</summary>
internal static class ShareEvidence
{
    private const double RatioMax = 40; // Beyond it nothing is added to a mean of few.

    /// <summary>Binomial log-likelihood ratio, nats, of a share against the one that would be anyway.</summary>
    /// <param name="with">How many do it.</param>
    /// <param name="all">Of how many, at least as many.</param>
    /// <param name="share">The share that is claimed, between 0 and 1.</param>
    /// <param name="anyway">The share that is usual, between 0 and 1.</param>
    public static double Ratio(double with, double all, double share, double anyway) =>
        (with * Math.Log(share / anyway)) + ((all - with) * Math.Log((1 - share) / (1 - anyway)));

    /// <summary>Evidence, nats, where the share is not known: the likelihood ratios of several shares, averaged.</summary>
    /// <param name="with">How many do it.</param>
    /// <param name="all">Of how many, at least as many.</param>
    /// <param name="shares">The shares that it may be, each between 0 and 1.</param>
    /// <param name="anyway">The share that is usual, between 0 and 1.</param>
    public static double Mixture(double with, double all, ReadOnlySpan<double> shares, double anyway)
    {
        var sum = 0.0;
        foreach (var share in shares)
        {
            sum += Math.Exp(Math.Min(Ratio(with, all, share, anyway), RatioMax));
        }

        return Math.Log(sum / shares.Length);
    }
}
