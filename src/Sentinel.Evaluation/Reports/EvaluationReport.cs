using Sentinel.Evaluation.Measures;
using Sentinel.Evaluation.Rulings;
using Sentinel.Evaluation.Windows;

namespace Sentinel.Evaluation.Reports;

/// <summary>A folder of traffic that was evaluated.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Exchanges">Exchanges.</param>
/// <param name="Accounts">Accounts.</param>
/// <param name="Abusers">Of them, accounts that abuse the service.</param>
/// <param name="Campaigns">Campaigns.</param>
public sealed record FolderSummary(string Name, long Exchanges, int Accounts, int Abusers, int Campaigns);

/// <summary>How good a detector was.</summary>
/// <param name="Together">Over all folders.</param>
/// <param name="ByFolder">Folder by folder, in their order.</param>
public sealed record DetectorReport(DetectorMeasures Together, IReadOnlyList<DetectorMeasures> ByFolder);

/// <summary>All that an evaluation found, for any way of writing it down.</summary>
/// <param name="Commit">The commit of the program, or a word for that it is not known.</param>
/// <param name="Model">Name and version of the classifier.</param>
/// <param name="Folders">The traffic.</param>
/// <param name="Detectors">The detectors, in the order asked for; none when only windows were measured.</param>
/// <param name="Content">How content scores, recipe by recipe and class by class, over all folders; none when only
/// windows were measured.</param>
/// <param name="Windows">The window protocol by folder, in their order; none when it was not asked for.</param>
public sealed record EvaluationReport(
    string Commit,
    string Model,
    IReadOnlyList<FolderSummary> Folders,
    IReadOnlyList<DetectorReport> Detectors,
    IReadOnlyList<ContentMeasure> Content,
    IReadOnlyList<WindowReport> Windows)
{
    /// <summary>What was promised of scores and what came true, day by day over all folders; none when only windows were measured.</summary>
    public IReadOnlyList<CalibrationMeasure> Calibration { get; init; } = [];

    /// <summary>What came of rulings, folder by folder; none when nobody ruled.</summary>
    public IReadOnlyList<RulingOutcome> Rulings { get; init; } = [];

    /// <summary>The window protocol over all folders; null when it was not asked for.</summary>
    public WindowReport? WindowsTogether => WindowReport.Pool(Windows);
}
