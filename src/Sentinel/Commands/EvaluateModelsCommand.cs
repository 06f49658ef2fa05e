using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Sentinel.Hosting.CommandLine;
using Sentinel.Hosting.Output;
using Sentinel.Hosting.Terminal;
using Sentinel.Hosting.Wiring;
using Sentinel.Inference.Models;
using Sentinel.Inference.Training;

namespace Sentinel.Hosting.Commands;

/// <summary><c>sentinel evaluate models</c>: the classifiers on families left out, as their cards say.</summary>
internal sealed class EvaluateModelsCommand(Screen screen)
{
    private const string BankName = "data";
    private const string JsonName = "models.json";

    /// <summary>Runs.</summary>
    public async Task<int> RunAsync(EvaluateModelsRequest request)
    {
        using var stop = new StopSignal();
        var models = Scorers.FindModels();
        var options = new TrainingOptions
        {
            CorporaFolder = request.Corpora is { } corpora ? Existing(corpora) : null,
            BankFolder = Existing(request.Bank ?? Path.Combine(models, BankName)),
            OutputFolder = Path.Combine(models, ModelFolder.Tier1Name),
        };
        var work = request.Work is { } named ? Existing(named) : null;
        var measures = await screen.WithProgressAsync(
            "evaluate", tell => Task.Run(() => Run(options, models, work, tell, stop.Token)));
        Show(measures);
        Write(request, measures);
        return ExitCodes.Ok;
    }

    private static ImmutableArray<ModelMeasures> Run(
        TrainingOptions options, string models, string? work, Action<double?, string> tell, CancellationToken cancel)
    {
        try
        {
            return ModelEvaluation.Run(options, models, work, new TrainingTeller(tell), cancel);
        }
        catch (InvalidDataException cause)
        {
            throw CommandException.Usage(cause.Message);
        }
    }

    private void Show(ImmutableArray<ModelMeasures> measures)
    {
        screen.Heading("Families left out: area under the curve, recall at 1 % and at 0.1 % of innocent prompts");
        screen.Table(
            ["of", .. measures.Select(static one => one.Classifier)],
            [.. ModelTable.Names(measures).Select(what =>
                (string[])[what, .. measures.Select(one => ModelTable.Cell(one.Row(what), " "))])]);
        foreach (var one in measures)
        {
            screen.Line(string.Create(
                CultureInfo.InvariantCulture,
                $"{one.Classifier}: macro-F1 over kinds {one.MacroF1:0.000}, calibration error {one.CalibrationError:0.000}"));
        }

        if (measures.All(static one => one.Classifier != ModelEvaluation.Both))
        {
            screen.Line("The second tier is not shown: what is kept beside it is of other prompts than these.");
        }
    }

    private void Write(EvaluateModelsRequest request, ImmutableArray<ModelMeasures> measures)
    {
        if (request.Out is { } folder)
        {
            WriteText(Path.Combine(folder, JsonName), ModelTable.Json(measures));
        }

        if (request.Results is { } results)
        {
            WriteText(results, ModelTable.Markdown(measures) + $"\nFrom commit {VersionVerb.Commit}.\n");
        }
    }

    private void WriteText(string path, string text)
    {
        using var file = OutputFile.Open(path);
        file.Stream.Write(Encoding.UTF8.GetBytes(text));
        file.Complete();
        screen.Note($"wrote {path}");
    }

    private static string Existing(string folder) =>
        Directory.Exists(folder) ? folder : throw CommandException.Usage($"there is no folder {folder}");
}
