using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Sentinel.Detection.Readings;
using Sentinel.Detection.Scoring;
using Sentinel.Inference.Models;

namespace Sentinel.Inference.Training;

/// <summary>
/// Trains the first-tier classifier and writes its folder. Everything measured, calibrated and kept as reference comes
/// from networks that never saw the prompt's family; the network that is kept has seen all of them.
/// </summary>
public static class ModelTrainer
{
    private const double ReadingShare = 0.1;
    private const double FoldsShare = 0.75;
    private const double WrittenShare = 0.97;

    /// <summary>Trains and writes; returns the manifest written.</summary>
    /// <exception cref="InvalidDataException">The corpora or the bank are not as documented.</exception>
    public static ModelManifest Train(
        TrainingOptions options, IProgress<TrainingProgress> progress, CancellationToken cancel)
    {
        var manifest = Learn(options, null, progress, cancel).Write();
        progress.Report(new TrainingProgress("done", 1));
        return manifest;
    }

    /// <summary>
    /// Trains and measures; writes nothing. With rulings it leaves families out twice, without them and with them, and
    /// compares. Rulings teach and do not calibrate: analysts look at what scored high, which is no fair sample.
    /// </summary>
    /// <param name="options">What to train on and how.</param>
    /// <param name="rulingsFile">File that <see cref="RulingReader"/> reads, or null.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancel">Ends it.</param>
    /// <exception cref="InvalidDataException">The corpora, the bank or the rulings are not as documented.</exception>
    public static TrainedModel Learn(
        TrainingOptions options, string? rulingsFile, IProgress<TrainingProgress> progress, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(progress);

        // The rulings first: what is wrong with them is known before anything long begins.
        var ruled = rulingsFile is null ? [] : new RulingReader().Read(rulingsFile, cancel);
        var old = ReadSet(options, pieces: null, progress, cancel);
        var set = ruled.Count == 0 ? old : new TrainingSet([.. old.Families, .. ruled]);
        var folds = CrossValidation.AssignFolds(old.Families, options.FoldCount, options.Seed);
        foreach (var (group, fold) in CrossValidation.AssignFolds(ruled, options.FoldCount, options.Seed))
        {
            folds.Add(group, fold);
        }

        var (done, rounds) = (0, ruled.Count == 0 ? 1 : 2);
        void FoldDone()
        {
            var share = (double)Interlocked.Increment(ref done) / (options.FoldCount * rounds);
            progress.Report(new TrainingProgress("families left out", ReadingShare + (FoldsShare * share)));
        }

        var before = ruled.Count == 0
            ? null
            : CrossValidation.Run(old.Families, set.Families, folds, options, FoldDone, cancel);
        var all = CrossValidation.Run(set.Families, set.Families, folds, options, FoldDone, cancel);
        var heldOut = all.Where(static score => !score.Family.IsRuled).ToList();
        var calibration = Calibration.Fit(heldOut, Balance.Of(heldOut));
        var report = TrainingReport.Of(set, heldOut, calibration);
        progress.Report(new TrainingProgress("all families", ReadingShare + FoldsShare));
        var ensemble = NetworkEnsemble.Train(set.Families, options, options.Seed, cancel);
        var topics = TopicEmbedding.Learn(set, options.Seed, cancel);
        var network = FrozenNetwork.Of(ensemble, options, topics, calibration);
        progress.Report(new TrainingProgress("trained", WrittenShare));
        var comparison = before is null ? null : Compare(set, before, all, report, calibration, ruled);
        return new TrainedModel(comparison, () => Write(options, set, network, report));
    }

    private static ModelComparison Compare(
        TrainingSet set,
        List<HeldOutScore> before,
        List<HeldOutScore> after,
        TrainingReport report,
        Calibration calibration,
        List<PromptFamily> ruled)
    {
        var oldHeldOut = before.Where(static score => !score.Family.IsRuled).ToList();
        var oldCalibration = Calibration.Fit(oldHeldOut, Balance.Of(oldHeldOut));
        Separation Ruled(List<HeldOutScore> scores, Calibration fit) => TrainingReport
            .Of(set, scores.Where(static score => score.Family.IsRuled).ToList(), fit)
            .FoundAll;
        return ModelComparison.Of(
            TrainingReport.Of(set, oldHeldOut, oldCalibration),
            report,
            Ruled(before, oldCalibration),
            Ruled(after, calibration),
            ruled);
    }

    /// <summary>Reads the corpora and the bank.</summary>
    internal static TrainingSet ReadSet(
        TrainingOptions options, PieceCutter? pieces, IProgress<TrainingProgress> progress, CancellationToken cancel)
    {
        progress.Report(new TrainingProgress("reading", 0));
        var families = new List<PromptFamily>();
        if (options.CorporaFolder is not null)
        {
            families.AddRange(new CorpusReader(options.PromptsPerTemplateMax, pieces).Read(options.CorporaFolder, cancel));
        }

        if (options.BankFolder is not null)
        {
            families.AddRange(new BankReader(options.FillingsMax, options.Seed, pieces).Read(options.BankFolder, cancel));
        }

        var set = new TrainingSet(families);
        if (!set.Families.Any(static family => family.IsHarvest) || set.Families.All(static family => family.IsHarvest))
        {
            throw new InvalidDataException("Training needs families of harvest and of innocent use.");
        }

        progress.Report(new TrainingProgress("reading", ReadingShare));
        return set;
    }

    private static ModelManifest Write(
        TrainingOptions options, TrainingSet set, FrozenNetwork network, TrainingReport report)
    {
        Directory.CreateDirectory(options.OutputFolder);
        var graph = ContentGraph.Write(network, $"{options.Version}");
        File.WriteAllBytes(Path.Combine(options.OutputFolder, ModelFolder.GraphFile), graph);
        var calibration = network.Calibration;
        var manifest = new ModelManifest
        {
            Name = options.Name,
            Version = options.Version,
            Tier = 1,
            FeatureLayout = new FeatureLayoutManifest(
                FeatureLayout.Version, FeatureLayout.Width, FeatureLayout.BucketCount),
            Labels = ContentModel.Labels,
            EmbeddingLength = ContentScores.EmbeddingLength,
            Sha256 = Convert.ToHexStringLower(SHA256.HashData(graph)),
            Calibration = new CalibrationManifest(
                "logistic regression on families left out",
                Balance.HarvestPrior,
                [.. calibration.Weights.Select(static row => row.ToImmutableArray())],
                [.. calibration.Offsets]),
            BenignReference = report.Reference,
            Training = new TrainingManifest(
                options.Seed, set.Families.Count, set.PromptCount, report.Found.Auc, report.Found.RecallAt1Percent),
        };
        var json = JsonSerializer.Serialize(manifest, ManifestJson.Default.ModelManifest);
        File.WriteAllText(Path.Combine(options.OutputFolder, ModelFolder.ManifestFile), json + "\n");
        File.WriteAllText(Path.Combine(options.OutputFolder, "card.md"), CardWriter.Write(options, set, report), Utf8);
        if (options.GoldenPromptsFile is not null)
        {
            var golden = Path.Combine(options.OutputFolder, GoldenPrompts.FileName);
            GoldenPrompts.Write(options.GoldenPromptsFile, network, golden);
        }

        return manifest;
    }

    private static UTF8Encoding Utf8 { get; } = new(encoderShouldEmitUTF8Identifier: false);
}
