namespace Sentinel.Evaluation.Detectors;

/// <summary>
/// How the highest score of one account rose: enough to tell, for a threshold chosen later, when the account passed it.
/// Owned by one thread.
/// </summary>
internal sealed class ScoreTrail
{
    /// <summary>
    /// Rises kept: by steps of 2 % that is from 1 to 10^17. Beyond, as between two steps, a detection may look later
    /// than it was, never earlier.
    /// </summary>
    public const int RisesMax = 2_048;

    private const double StepMin = 1.02;

    private readonly List<Rise> _rises = [];
    private Rise _last;

    /// <summary>The highest score, 0 before any.</summary>
    public double Highest => _last.Score;

    /// <summary>Tells a score; one that is no higher than before changes nothing.</summary>
    public void Raise(long atMs, int exchanges, double score)
    {
        if (!(score > Highest))
        {
            return;
        }

        _last = new Rise(atMs, exchanges, score);
        if (_rises.Count == 0 || (score >= _rises[^1].Score * StepMin && _rises.Count < RisesMax))
        {
            _rises.Add(_last);
        }
    }

    /// <summary>The finding under a threshold: flagged when the score rose above it.</summary>
    public AccountFinding Under(double threshold)
    {
        if (!(Highest > threshold))
        {
            return new AccountFinding(Highest, IsFlagged: false, 0, 0);
        }

        var passed = _last;
        foreach (var rise in _rises)
        {
            if (rise.Score > threshold)
            {
                passed = rise;
                break;
            }
        }

        return new AccountFinding(Highest, IsFlagged: true, passed.AtMs, passed.Exchanges);
    }

    private readonly record struct Rise(long AtMs, int Exchanges, double Score);
}
