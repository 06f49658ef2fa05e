namespace Sentinel.Detection.Scoring;

/// <summary>
/// How the harvest scores of some accounts spread on a day, or over days: every account and day counts once however much it
/// sent, since its exchanges depend on each other. 512 KiB. Immutable.
/// </summary>
public sealed class ScoreSpread
{
    /// <summary>Steps in which scores are kept.</summary>
    public const int Steps = ushort.MaxValue + 1;

    // Sums of shares are a little off; by less than this a share is the one asked for.
    private const double Slack = 1e-9;

    // How many of the accounts, in shares of their exchanges, score at least this.
    private readonly double[] _atLeast = new double[Steps];

    /// <summary>The spread of accounts whose shares of exchanges are added up by score.</summary>
    /// <param name="accounts">How many there are, above 0.</param>
    /// <param name="byStep">For each score its share of each account's exchanges, added up: <see cref="Steps"/> cells.</param>
    public ScoreSpread(long accounts, ReadOnlySpan<double> byStep)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(accounts, 1);
        ArgumentOutOfRangeException.ThrowIfNotEqual(byStep.Length, Steps);
        Accounts = accounts;
        var sum = 0.0;
        for (var step = Steps - 1; step >= 0; step--)
        {
            _atLeast[step] = sum += byStep[step];
        }
    }

    private ScoreSpread(IReadOnlyCollection<ScoreSpread> parts)
    {
        foreach (var part in parts)
        {
            Accounts += part.Accounts;
            for (var step = 0; step < Steps; step++)
            {
                _atLeast[step] += part._atLeast[step];
            }
        }
    }

    /// <summary>Accounts; of several days, accounts of each day added up.</summary>
    public long Accounts { get; }

    /// <summary>All parts as one.</summary>
    /// <param name="parts">At least one.</param>
    public static ScoreSpread Sum(IReadOnlyCollection<ScoreSpread> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        ArgumentOutOfRangeException.ThrowIfZero(parts.Count);
        return new ScoreSpread(parts);
    }

    /// <summary>Share of an account's exchanges that scores at least this, on the mean over accounts.</summary>
    public double ShareAtLeast(ushort steps) => _atLeast[steps] / Accounts;

    /// <summary>The lowest score that at most this share reaches; false where even the highest is reached by more.</summary>
    public bool TryScoreOf(double share, out ushort steps)
    {
        int low = 0, high = Steps;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (_atLeast[middle] > (share + Slack) * Accounts)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        steps = (ushort)Math.Min(low, ushort.MaxValue);
        return low < Steps;
    }
}
