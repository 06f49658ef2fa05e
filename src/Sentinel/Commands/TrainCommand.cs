using System.Globalization;
using Sentinel.Hosting.CommandLine;
using Sentinel.Hosting.Terminal;
using Sentinel.Inference.Models;
using Sentinel.Inference.SecondTier;
using Sentinel.Inference.Training;

namespace Sentinel.Hosting.Commands;

/// <summary><c>sentinel train</c>: the content classifier from labelled prompts.</summary>
internal sealed class TrainCommand(Screen screen)
{
    private const string BankName = "data";
    private const string GoldenName = "golden-prompts.jsonl";

    /// <summary>Runs.</summary>
    public async Task<int> RunAsync(TrainRequest request)
    {
        using var stop = new StopSignal();
        var models = ModelFolder.Find(
            Environment.GetEnvironmentVariable(ModelFolder.EnvironmentVariable), AppContext.BaseDirectory);
        var folder = request.Out is { } wanted
            ? Path.GetFullPath(wanted)
            : NextFolder(
                models ?? throw CommandException.Usage("there is no models folder: give --out"),
                request.Work is null ? ModelFolder.Tier1Name : SecondTierScorer.ModelName);
        var options = new TrainingOptions
        {
            CorporaFolder = Existing(request.Corpora),
            BankFolder = request.Bank is { } named ? Existing(named) : Beside(models, BankName),
            OutputFolder = folder,
            GoldenPromptsFile = Beside(models, Path.Combine(ModelFolder.Tier1Name, GoldenName)),
            Version = VersionOf(folder),
        };
        if (request.Work is { } work)
        {
            return await TrainSecondAsync(options, work, models, stop.Token);
        }

        var rulings = request.Rulings is null ? null : ExistingFile(request.Rulings);
        var model = await screen.WithProgressAsync(
            "train", tell => Task.Run(() => Learn(options, rulings, tell, stop.Token)));
        if (model.Comparison is { } comparison)
        {
            ComparisonReport.Write(screen, comparison);
            if (comparison.IsClearlyWorse && !request.Force)
            {
                throw CommandException.Failed(
                    "the new model is clearly worse and was not written: look at the rulings, or give --force");
            }
        }

        var manifest = model.Write();
        screen.Line($"wrote {manifest.Name}/{manifest.Version} to {options.OutputFolder}");
        return ExitCodes.Ok;
    }

    private async Task<int> TrainSecondAsync(
        TrainingOptions options, string work, string? models, CancellationToken cancel)
    {
        if (!SecondTierTrainer.IsLearned(work))
        {
            await screen.WithProgressAsync("train", tell => Task.Run(() => Refusing(() =>
            {
                SecondTierTrainer.WriteInput(options, work, new TrainingTeller(tell), cancel);
                return true;
            })));
            screen.Line($"wrote {work}: now run models/training/second_tier.py {work} folds, then final, then this again");
            return ExitCodes.Ok;
        }

        var first = models is null ? null : ModelFolder.Newest(models, ModelFolder.Tier1Name);
        var beside = first is null
            ? throw CommandException.Usage("there is no first tier to stand beside: train one first")
            : $"{ModelFolder.Tier1Name}/{VersionOf(first)}";
        var (version, isBetter) = await screen.WithProgressAsync("train", tell => Task.Run(() => Refusing(
            () => SecondTierTrainer.Finish(options, beside, work, new TrainingTeller(tell), cancel))));
        screen.Line($"wrote {version} to {options.OutputFolder}; with {beside} it is "
            + (isBetter ? "better" : "no better") + " than that alone");
        return ExitCodes.Ok;
    }

    private static TrainedModel Learn(
        TrainingOptions options, string? rulings, Action<double?, string> tell, CancellationToken cancel) =>
        Refusing(() => ModelTrainer.Learn(options, rulings, new TrainingTeller(tell), cancel));

    private static T Refusing<T>(Func<T> learn)
    {
        try
        {
            return learn();
        }
        catch (InvalidDataException cause)
        {
            throw CommandException.Usage(cause.Message);
        }
    }

    // A model that has judged is not written over.
    private static string NextFolder(string models, string name)
    {
        var next = ModelFolder.Newest(models, name) is { } newest ? VersionOf(newest) + 1 : 1;
        return Path.Combine(models, name, next.ToString(CultureInfo.InvariantCulture));
    }

    // models/NAME/VERSION is where models lie; elsewhere it is a first one.
    private static int VersionOf(string folder) => ModelFolder.TryVersion(folder, out var version) ? version : 1;

    private static string Existing(string folder) =>
        Directory.Exists(folder) ? folder : throw CommandException.Usage($"there is no folder {folder}");

    private static string ExistingFile(string file) =>
        File.Exists(file) ? file : throw CommandException.Usage($"there is no file {file}");

    private static string? Beside(string? models, string name) =>
        models is not null && Path.Exists(Path.Combine(models, name)) ? Path.Combine(models, name) : null;
}
