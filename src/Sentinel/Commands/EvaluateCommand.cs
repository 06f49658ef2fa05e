using System.Globalization;
using System.Text;
using Sentinel.Evaluation.Measures;
using Sentinel.Evaluation.Reports;
using Sentinel.Evaluation.Rulings;
using Sentinel.Evaluation.Windows;
using Sentinel.Hosting.CommandLine;
using Sentinel.Hosting.Output;
using Sentinel.Hosting.Terminal;
using Sentinel.Hosting.Wiring;

namespace Sentinel.Hosting.Commands;

/// <summary>
/// <c>sentinel evaluate</c>: what detectors find in traffic, held against what is true of it. One folder after another,
/// so that one is in memory at a time.
/// </summary>
internal sealed class EvaluateCommand(Screen screen, TimeProvider clock)
{
    private const string JsonName = "evaluation.json";
    private const string HtmlName = "evaluation.html";

    /// <summary>Runs.</summary>
    public async Task<int> RunAsync(EvaluateRequest request)
    {
        using var stop = new StopSignal();
        var folders = EvaluationFolder.FindAll(request.Traffic, screen); // All, before the first hour is spent.
        using var scorer = Scorers.Load();
        var outcomes = request.Detectors.Select(static _ => new List<FolderOutcome>()).ToList();
        var detectors = new Evaluation.Detectors.DetectorCard[outcomes.Count];
        var (summaries, windows) = (new List<FolderSummary>(), new List<WindowReport>());
        var content = new ContentTally(scorer.Reference);
        var rulings = new List<RulingOutcome>();
        var calibration = new CalibrationTally(scorer.Reference);
        foreach (var folder in folders)
        {
            var run = await folder.RunAsync(scorer, request, screen, clock, stop.Token);
            summaries.Add(run.Summary);
            var findings = await run.FindAsync(request.Detectors, screen, stop.Token);
            for (var i = 0; i < outcomes.Count; i++)
            {
                detectors[i] = findings[i].Detector;
                outcomes[i].Add(OutcomeReader.Read(run.Traffic, run.Truth, findings[i]));
            }

            content.Add(run.Traffic, run.Truth, run.Platform);
            calibration.Add(run.Traffic, run.Platform);
            if (run.Rulings is { } ruled)
            {
                rulings.Add(ruled);
            }

            if (request.Windows)
            {
                windows.Add(await run.MeasureWindowsAsync(screen, stop.Token));
            }
        }

        var report = new EvaluationReport(
            VersionVerb.Commit,
            scorer.ModelVersion,
            summaries,
            [.. detectors.Select((detector, i) => new DetectorReport(
                DetectorMeasures.Of(detector, outcomes[i]),
                [.. outcomes[i].Select(outcome => DetectorMeasures.Of(detector, [outcome]))]))],
            outcomes.Count > 0 ? content.Measure() : [],
            windows)
        {
            Rulings = rulings,
            Calibration = outcomes.Count > 0 ? calibration.Measure() : [],
        };
        Write(request, report);
        new MeasureScreen(screen).Show(report);
        return ExitCodes.Ok;
    }

    private void Write(EvaluateRequest request, EvaluationReport report)
    {
        if (request.Out is { } folder)
        {
            WriteText(Path.Combine(folder, JsonName), JsonReport.Write(report));
            WriteText(Path.Combine(folder, HtmlName), HtmlReport.Write(report));
        }

        if (request.Results is { } results)
        {
            WriteText(results, MarkdownReport.Write(report));
        }
    }

    private void WriteText(string path, string text)
    {
        using var file = OutputFile.Open(path);
        file.Stream.Write(Encoding.UTF8.GetBytes(text));
        file.Complete();
        screen.Note(string.Create(CultureInfo.InvariantCulture, $"wrote {path}"));
    }
}
