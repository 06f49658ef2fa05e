namespace Sentinel.Evaluation.Measures;

/// <summary>
/// Accounts by descending risk. Those of equal risk cannot be told apart, so a threshold takes all of them or none.
/// Immutable.
/// </summary>
internal sealed class Ranking
{
    /// <summary>Points of the curve, evenly spread by the logarithm of the rate.</summary>
    private const int CurvePointsMax = 120;

    private readonly List<(long Innocents, long Abusers)> _steps;
    private readonly long _innocents;
    private readonly long _abusers;

    private Ranking(List<(long Innocents, long Abusers)> steps)
    {
        _steps = steps;
        (_innocents, _abusers) = steps[^1];
    }

    /// <summary>Recall against false positives, from the strictest threshold on.</summary>
    public IReadOnlyList<CurvePoint> Curve => Thinned(
        [.. _steps.Select(step => new CurvePoint(
            step.Innocents / (double)Math.Max(1, _innocents), step.Abusers / (double)Math.Max(1, _abusers)))]);

    /// <summary>Ranks accounts.</summary>
    public static Ranking Of(IEnumerable<JudgedAccount> accounts)
    {
        var (innocents, abusers) = (0L, 0L);
        var steps = new List<(long, long)> { (0, 0) };
        var sets = accounts.GroupBy(static account => account.Risk).OrderByDescending(static set => set.Key);
        foreach (var equals in sets)
        {
            foreach (var account in equals)
            {
                (innocents, abusers) = account.IsMalicious ? (innocents, abusers + 1) : (innocents + 1, abusers);
            }

            steps.Add((innocents, abusers));
        }

        return new Ranking(steps);
    }

    /// <summary>Recall at the loosest threshold that at most this share of innocents passes.</summary>
    public RankedRecall RecallAt(double rate)
    {
        var allowed = (long)(rate * _innocents);
        var step = _steps.FindLast(item => item.Innocents <= allowed);
        return new RankedRecall(rate, new Share(step.Abusers, _abusers), IsResolved: rate * _innocents >= 1);
    }

    private static List<CurvePoint> Thinned(List<CurvePoint> points)
    {
        var kept = new List<CurvePoint>();
        var lastBin = int.MinValue;
        for (var i = 0; i < points.Count; i++)
        {
            // Of one bin the last point stands: it has the highest recall of it.
            var bin = (int)(CurvePointsMax * (Math.Log10(Math.Max(1e-6, points[i].FalsePositiveRate)) + 6) / 6);
            if (bin == lastBin)
            {
                kept[^1] = points[i];
            }
            else
            {
                kept.Add(points[i]);
            }

            lastBin = bin;
        }

        return kept;
    }
}
