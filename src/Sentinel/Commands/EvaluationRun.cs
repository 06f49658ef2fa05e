using System.Collections.Immutable;
using Sentinel.Evaluation.Detectors;
using Sentinel.Evaluation.Reports;
using Sentinel.Evaluation.Rulings;
using Sentinel.Evaluation.Traffic;
using Sentinel.Evaluation.Windows;
using Sentinel.Hosting.Terminal;

namespace Sentinel.Hosting.Commands;

/// <summary>A folder's traffic after the platform has judged it, for all others to judge.</summary>
/// <param name="Folder">Name of the folder.</param>
/// <param name="Traffic">What every detector may know.</param>
/// <param name="Truth">What is true, place by place.</param>
/// <param name="Platform">What the platform found.</param>
internal sealed record EvaluationRun(
    string Folder, ObservedTraffic Traffic, AccountTruth[] Truth, DetectorFindings Platform)
{
    /// <summary>What came of rulings; null where nobody ruled.</summary>
    public RulingOutcome? Rulings { get; init; }

    /// <summary>What the folder holds.</summary>
    public FolderSummary Summary => new(
        Folder,
        Traffic.Exchanges.Length,
        Truth.Length,
        Truth.Count(static account => account.IsMalicious),
        Truth.Select(static account => account.Campaign)
            .Where(static campaign => campaign is not null)
            .Distinct(StringComparer.Ordinal)
            .Count());

    /// <summary>What detectors find, in their order; each has a core of its own, and as many run as there are cores.</summary>
    public async Task<DetectorFindings[]> FindAsync(
        ImmutableArray<string> detectors, Screen screen, CancellationToken cancel) =>
        await screen.WithProgressAsync($"detectors over {Folder}", tell => Task.Run(
            () =>
            {
                var findings = new DetectorFindings[detectors.Length];
                var telling = new Lock();
                var done = 0;
                var options = new ParallelOptions
                {
                    MaxDegreeOfParallelism = Environment.ProcessorCount,
                    CancellationToken = cancel,
                };
                Parallel.For(0, findings.Length, options, i =>
                {
                    findings[i] = detectors[i] == PlatformFindings.Name
                        ? Platform
                        : Baselines.Run(detectors[i], Traffic, Truth, cancel);
                    lock (telling)
                    {
                        tell(++done / (double)findings.Length, detectors[i]);
                    }
                });
                return findings;
            },
            cancel));

    /// <summary>The window protocol.</summary>
    /// <exception cref="CommandException">There is too little traffic for it.</exception>
    public async Task<WindowReport> MeasureWindowsAsync(Screen screen, CancellationToken cancel) =>
        await screen.WithProgressAsync($"windows over {Folder}", tell => Task.Run(
            () =>
            {
                tell(null, "");
                return WindowProtocol.TryRun(Folder, Traffic, Truth, cancel, out var report, out var fault)
                    ? report
                    : throw CommandException.Usage($"{Folder}: {fault}");
            },
            cancel));
}
