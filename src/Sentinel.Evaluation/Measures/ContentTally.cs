using Sentinel.Detection.Scoring;
using Sentinel.Evaluation.Detectors;
using Sentinel.Evaluation.Traffic;

namespace Sentinel.Evaluation.Measures;

/// <summary>How the content of some accounts' exchanges scores: where recall is lost, or false positives come from.</summary>
/// <param name="Name">The recipe of abusers, or the class of innocents.</param>
/// <param name="IsMalicious">Whether they abuse the service.</param>
/// <param name="Flagged">Accounts that the platform flagged.</param>
/// <param name="Exchanges">Exchanges of those accounts, camouflage and all.</param>
/// <param name="ScoreMedian">Median harvest score, 0..1.</param>
/// <param name="Below">Exchanges whose p-value is at most that of <see cref="ContentTally.PValues"/>, in their order.</param>
/// <param name="RiskMedian">Median of the platform's risk of an account.</param>
public sealed record ContentMeasure(
    string Name,
    bool IsMalicious,
    Share Flagged,
    long Exchanges,
    double ScoreMedian,
    IReadOnlyList<Share> Below,
    double RiskMedian);

/// <summary>
/// Counts exchanges by harvest score, recipe by recipe and class by class, over folders. Half a megabyte for each.
/// Owned by one thread.
/// </summary>
/// <param name="reference">What makes a score a p-value.</param>
public sealed class ContentTally(BenignReference reference)
{
    private const int Steps = ushort.MaxValue + 1;

    private readonly Dictionary<(bool IsMalicious, string Name), Counts> _counts = [];

    /// <summary>The p-values up to which exchanges are counted.</summary>
    public static IReadOnlyList<double> PValues { get; } = [0.1, 0.01, 0.001];

    /// <summary>Adds a folder.</summary>
    /// <param name="traffic">The traffic.</param>
    /// <param name="truth">The truth, place by place.</param>
    /// <param name="platform">What the platform found, place by place.</param>
    public void Add(ObservedTraffic traffic, IReadOnlyList<AccountTruth> truth, DetectorFindings platform)
    {
        ArgumentNullException.ThrowIfNull(traffic);
        ArgumentNullException.ThrowIfNull(truth);
        ArgumentNullException.ThrowIfNull(platform);
        for (var account = 0; account < truth.Count; account++)
        {
            var real = truth[account];
            var name = (real.IsMalicious, real.IsMalicious ? real.Recipe ?? real.Source : real.Class);
            if (!_counts.TryGetValue(name, out var counts))
            {
                _counts[name] = counts = new Counts();
            }

            counts.Risks.Add(platform.Accounts[account].Risk);
            counts.Flagged += platform.Accounts[account].IsFlagged ? 1 : 0;
            foreach (var place in traffic.Of(account))
            {
                counts.BySteps[traffic.Exchanges[place].HarvestSteps]++;
            }
        }
    }

    /// <summary>What was counted: recipes first, then classes, each in ordinal order.</summary>
    public IReadOnlyList<ContentMeasure> Measure()
    {
        var pValues = new double[Steps];
        for (var step = 0; step < pValues.Length; step++)
        {
            pValues[step] = reference.PValue((ushort)step);
        }

        return
        [
            .. _counts.OrderByDescending(static item => item.Key.IsMalicious)
                .ThenBy(static item => item.Key.Name, StringComparer.Ordinal)
                .Select(item => MeasureOne(item.Key.Name, item.Key.IsMalicious, item.Value, pValues)),
        ];
    }

    private static ContentMeasure MeasureOne(string name, bool isMalicious, Counts counts, double[] pValues)
    {
        var total = counts.BySteps.Sum();
        var (median, passed) = (0, counts.BySteps[0]);
        while (2 * passed < total)
        {
            passed += counts.BySteps[++median];
        }

        var below = PValues.Select(most => new Share(
            counts.BySteps.Where((_, step) => pValues[step] <= most).Sum(), total));
        return new ContentMeasure(
            name, isMalicious, new Share(counts.Flagged, counts.Risks.Count), total, median / (double)ushort.MaxValue,
            [.. below], Quantiles.Of([.. counts.Risks], 0.5) ?? 0);
    }

    private sealed class Counts
    {
        public long[] BySteps { get; } = new long[Steps];

        public List<double> Risks { get; } = [];

        public long Flagged { get; set; }
    }
}
