using System.Collections.Immutable;
using Sentinel.Evaluation.Traffic;

namespace Sentinel.Evaluation.Detectors;

/// <summary>The published detectors that the platform is held against.</summary>
public static class Baselines
{
    private static readonly ImmutableArray<IBaseline> All =
    [
        new RateLimit(), new KeywordList(), new SharedAttributes(), new Prada(), new Seat(), new Mahalanobis(),
        new AccountWindows(), new GlobalWindows(), new SynchroTrap(),
    ];

    /// <summary>Their names, as on the command line.</summary>
    public static ImmutableArray<string> Names { get; } = [.. All.Select(static baseline => baseline.Name)];

    /// <summary>Whether a detector looks at <see cref="ObservedExchange.HasKeyword"/>.</summary>
    public static bool NeedsKeywords(string name) => name == KeywordList.KnownAs;

    /// <summary>Runs one.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="traffic">The traffic.</param>
    /// <param name="truth">The truth about its accounts, place by place: half of it calibrates the other half.</param>
    /// <param name="cancel">Ends it.</param>
    public static DetectorFindings Run(
        string name, ObservedTraffic traffic, IReadOnlyList<AccountTruth> truth, CancellationToken cancel) =>
        CrossFit.Judge(All.Single(baseline => baseline.Name == name), traffic, truth, cancel);
}
