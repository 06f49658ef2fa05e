using Sentinel.Detection.Exchanges;
using Sentinel.Evaluation.Traffic;

namespace Sentinel.Evaluation.Windows;

/// <summary>
/// The protocol of arXiv 2606.05725: windows of prompts, some of them mixed with an attacker's at given shares, judged
/// against a threshold that is learned from benign windows only. Innocent traffic falls into three parts: one is the
/// reference, one gives the windows that thresholds are learned from, one gives the innocent part of the windows that
/// are judged. It is split by exchange, as the paper's prompts are, and by account, as when customers come and go.
/// All detectors see the same reference and the same windows. Deterministic.
/// </summary>
public static class WindowProtocol
{
    /// <summary>Lengths of windows.</summary>
    public static IReadOnlyList<int> Lengths { get; } = [100, 1_500];

    /// <summary>Shares of a window that are the attacker's.</summary>
    public static IReadOnlyList<double> AttackShares { get; } = [0.05, 0.10, 0.25, 0.50, 1.00];

    /// <summary>Promised rates of false positives.</summary>
    public static IReadOnlyList<double> Rates { get; } = [0.003, 0.01];

    /// <summary>Parts that share accounts, but no exchange.</summary>
    public const string ByExchanges = "exchanges";

    /// <summary>Parts that share no account.</summary>
    public const string ByAccounts = "accounts";

    /// <summary>Both ways to split.</summary>
    public static IReadOnlyList<string> Splits { get; } = [ByExchanges, ByAccounts];

    /// <summary>Campaigns that windows are made of at most, those with most exchanges.</summary>
    public const int SourcesMax = 16;

    // A pool's exchange costs 1.1 KB of features: 50,000 are 55 MB.
    private const int PoolMax = 50_000;
    private const int SourceMax = 10_000;

    // Windows from a pool hardly longer than they are nearly the same window: their threshold would hold for it alone.
    private const int PoolOfLengthMin = 5;

    /// <summary>
    /// Runs the protocol over one folder. On false <paramref name="fault"/> says what the traffic lacks.
    /// </summary>
    public static bool TryRun(
        string folder, ObservedTraffic traffic, IReadOnlyList<AccountTruth> truth, CancellationToken cancel,
        out WindowReport report, out string fault)
    {
        ArgumentNullException.ThrowIfNull(traffic);
        ArgumentNullException.ThrowIfNull(truth);
        report = new WindowReport(folder, [], [], []);
        var campaigns = Sources(traffic, truth);
        var taken = campaigns.Where(static campaign => campaign.Pool.Count >= Lengths[0])
            .Take(SourcesMax)
            .OrderBy(static campaign => campaign.Name, StringComparer.Ordinal)
            .ToList();
        var measures = new List<WindowMeasure>();
        foreach (var split in Splits)
        {
            var pools = InnocentPools(traffic, truth, split);
            if (pools.Min(static pool => pool.Count) is var fewest && fewest < PoolOfLengthMin * Lengths[0])
            {
                fault = $"a third of its innocents has {fewest} exchanges; windows of {Lengths[0]} need "
                    + $"{PoolOfLengthMin} times as many";
                return false;
            }

            var tests = new WindowTests(pools[0]);
            var sources = taken.ConvertAll(campaign => (campaign.Name, tests.Prepare(campaign.Pool)));
            foreach (var length in Lengths.Where(length => fewest >= PoolOfLengthMin * length))
            {
                var run = new WindowRun(tests, tests.Prepare(pools[1]), tests.Prepare(pools[2]), split, length);
                measures.AddRange(run.Measure(sources, cancel));
            }
        }

        var names = taken.ConvertAll(static source => source.Name);
        report = new WindowReport(
            folder, names, [.. campaigns.Select(static campaign => campaign.Name).Except(names)], measures);
        fault = "";
        return true;
    }

    // Reference, calibration, and the innocent part of what is judged.
    private static WindowPool[] InnocentPools(ObservedTraffic traffic, IReadOnlyList<AccountTruth> truth, string split)
    {
        var parts = new[] { new List<int>(), new List<int>(), new List<int>() };
        for (var account = 0; account < truth.Count; account++)
        {
            if (truth[account].IsMalicious)
            {
                continue;
            }

            var ofAccount = KeyHash.Of(traffic.Accounts[account].Id) % 3;
            foreach (var place in traffic.Of(account))
            {
                // Other bits than those by which a pool draws its sample.
                var ofExchange = KeyHash.Mix(~traffic.Exchanges[place].EventKey) % 3;
                parts[split == ByAccounts ? ofAccount : ofExchange].Add(place);
            }
        }

        return Array.ConvertAll(parts, part => WindowPool.Of(traffic, part, PoolMax));
    }

    private static List<(string Name, WindowPool Pool)> Sources(
        ObservedTraffic traffic, IReadOnlyList<AccountTruth> truth) =>
    [
        .. Enumerable.Range(0, truth.Count)
            .Where(account => truth[account].IsMalicious)
            .GroupBy(account => truth[account].Source, StringComparer.Ordinal)
            .Select(campaign => (campaign.Key, WindowPool.Of(traffic, PlacesOf(traffic, campaign), SourceMax)))
            .OrderByDescending(static campaign => campaign.Item2.Count)
            .ThenBy(static campaign => campaign.Key, StringComparer.Ordinal),
    ];

    private static IEnumerable<int> PlacesOf(ObservedTraffic traffic, IEnumerable<int> accounts) =>
        accounts.SelectMany(account => traffic.Of(account).ToArray());
}
