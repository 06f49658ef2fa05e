using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Sentinel.Detection.Exchanges;
using Sentinel.Detection.Readings;
using Sentinel.Inference.Models;
using Sentinel.Inference.SecondTier;

namespace Sentinel.Inference.Training;

/// <summary>
/// Makes a second-tier classifier in three steps: writes what the trainer in <c>models/training</c> learns from, lets
/// that learn, and makes a model of what it learned.
/// </summary>
public static class SecondTierTrainer
{
    /// <summary>
    /// Calibrated harvest score of the first tier from which on the second one is asked: below it content is as good as
    /// surely innocent.
    /// </summary>
    internal const float AskedFrom = 0.2f;

    /// <summary>
    /// Folds of both tiers where they are held against each other: a network takes ten minutes, so that there are half as many
    /// as the first tier alone is measured with.
    /// </summary>
    internal const int FoldCount = 4;

    private static readonly string[] Origins = ["found", "authored"];

    private const string GoldenRows = "golden.u16";
    private const string GoldenLogits = "golden.f32";

    /// <summary>Reads corpora and bank, cuts their prompts into the pieces of a vocabulary, and writes the trainer's input.</summary>
    /// <param name="options">What to train on.</param>
    /// <param name="work">Folder that gets it; the trainer has put the vocabulary of the published encoder there.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancel">Ends it.</param>
    /// <exception cref="InvalidDataException">Corpora, bank or folder are not as documented.</exception>
    public static void WriteInput(
        TrainingOptions options, string work, IProgress<TrainingProgress> progress, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(progress);
        options = options with { FoldCount = FoldCount };
        var vocabulary = ReadVocabulary(work);
        var set = ModelTrainer.ReadSet(options, new PieceCutter(vocabulary), progress, cancel);
        var folds = CrossValidation.AssignFolds(set.Families, options.FoldCount, options.Seed);
        SecondTierFiles.Write(work, set, folds, PlanOf(options, set, vocabulary));
        WriteGoldenRows(options, vocabulary, work);
    }

    /// <summary>Whether the trainer has left a network in the folder.</summary>
    public static bool IsLearned(string work) => File.Exists(Path.Combine(work, GoldenLogits));

    /// <summary>
    /// Makes a model of what was learned: the graph, the stack of both tiers and the benign reference from families left out,
    /// golden cases by the trainer's own numbers, and the card.
    /// </summary>
    /// <returns>Name and version of the model, and whether it is better than the first tier alone.</returns>
    /// <param name="options">As when its input was written.</param>
    /// <param name="first">Version of the first tier beside it, such as <c>content-tier1/1</c>.</param>
    /// <param name="work">The folder.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancel">Ends it.</param>
    /// <exception cref="InvalidDataException">The folder is not as documented.</exception>
    public static (string Version, bool IsBetter) Finish(
        TrainingOptions options,
        string first,
        string work,
        IProgress<TrainingProgress> progress,
        CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(progress);
        options = options with { FoldCount = FoldCount };
        var set = ModelTrainer.ReadSet(options, pieces: null, progress, cancel);
        var folds = CrossValidation.AssignFolds(set.Families, options.FoldCount, options.Seed);
        var done = 0;
        void FoldDone() => progress.Report(new TrainingProgress(
            "families left out of the first tier", (double)Interlocked.Increment(ref done) / options.FoldCount));
        var one = HeldOutFiles.First(work, set, options, FoldDone, cancel);
        var two = HeldOutFiles.Second(work, set);
        one = TierFit.Common(one, two);
        var fit = new TierFit(set, one, two);
        var both = fit.Rate(folds);
        ImmutableArray<ModelMeasures> measures =
        [
            ModelMeasures.Of(ModelEvaluation.First, TierFit.Plain(set, one)),
            .. ModelEvaluation.MeasureSecond(set, one, two, folds),
        ];
        var isBetter = IsBetter(measures[0], measures[^1]);
        Directory.CreateDirectory(options.OutputFolder);
        HeldOutFiles.Keep(options.OutputFolder, set, two);
        var manifest = Write(options, first, work, fit.FitAll(), set, isBetter, both, measures[^1]);
        var card = SecondTierCard.Write(options, manifest, set, both.Count / (double)two.Length, measures);
        File.WriteAllText(Path.Combine(options.OutputFolder, "card.md"), card, Utf8);
        return ($"{manifest.Name}/{manifest.Version}", isBetter);
    }

    private static UTF8Encoding Utf8 { get; } = new(encoderShouldEmitUTF8Identifier: false);

    // In area and where evidence is made, on found families and on authored ones: it must cost nothing anywhere.
    private static bool IsBetter(ModelMeasures first, ModelMeasures both) =>
        Origins.All(what => first.Row(what) is not { } before
            || (both.Row(what) is { } after && after.Area >= before.Area
                && after.RecallAt1Percent >= before.RecallAt1Percent));

    private static SecondTierManifest Write(
        TrainingOptions options,
        string first,
        string work,
        TierStack stack,
        TrainingSet set,
        bool isBetter,
        List<RatedPrompt> both,
        ModelMeasures measured)
    {
        var (weights, folder) = (EncoderWeights.Read(work), options.OutputFolder);
        var graph = EncoderGraph.Write(weights, $"{options.Version}");
        var words = File.ReadAllBytes(Path.Combine(work, SecondTierFiles.VocabularyFile));
        File.WriteAllBytes(Path.Combine(folder, ModelFolder.GraphFile), graph);
        File.WriteAllBytes(Path.Combine(folder, SecondTierFiles.VocabularyFile), words);
        WriteGolden(options, work);
        var found = measured.Row("found");
        var manifest = new SecondTierManifest
        {
            Name = SecondTierScorer.ModelName,
            Version = options.Version,
            Tier = 2,
            PieceLayout = PieceLayout.Version,
            PieceCount = weights.ShapeOf("pieces.weight")[0],
            Labels = ContentModel.Labels,
            EmbeddingLength = EncoderGraph.EmbeddingLength,
            Sha256 = Convert.ToHexStringLower(SHA256.HashData(graph)),
            Sha256Vocabulary = Convert.ToHexStringLower(SHA256.HashData(words)),
            First = first,
            IsBetter = isBetter,
            AskedFrom = AskedFrom,
            Stack = stack.Manifest,
            BenignReference = BenignTable.Of(both.Select(static item => (item.Family, item.Probability))),
            Training = new TrainingManifest(
                options.Seed, set.Families.Count, set.PromptCount, found?.Area ?? 0, found?.RecallAt1Percent ?? 0),
        };
        var json = JsonSerializer.Serialize(manifest, SecondTierManifestJson.Default.SecondTierManifest);
        File.WriteAllText(Path.Combine(folder, ModelFolder.ManifestFile), json + "\n");
        return manifest;
    }

    private static PieceVocabulary ReadVocabulary(string work)
    {
        var path = Path.Combine(work, SecondTierFiles.VocabularyFile);
        if (!File.Exists(path))
        {
            throw new InvalidDataException($"There is no {path}: run second_tier.py {work} start PACKAGE first.");
        }

        return PieceVocabulary.TryCreate(File.ReadAllLines(path), out var vocabulary, out var fault)
            ? vocabulary
            : throw new InvalidDataException($"{path} holds {fault}.");
    }

    private static void WriteGoldenRows(TrainingOptions options, PieceVocabulary vocabulary, string work)
    {
        using var file = File.Create(Path.Combine(work, GoldenRows));
        var (reader, exchange) = (new PromptReader(), new Exchange());
        var row = new ushort[PieceLayout.Width];
        foreach (var prompt in options.GoldenPromptsFile is { } prompts ? GoldenPrompts.Read(prompts) : [])
        {
            GoldenPrompts.Fill(exchange, prompt);
            _ = reader.ReadPieces(exchange, vocabulary, row);
            file.Write(MemoryMarshal.AsBytes<ushort>(row));
        }
    }

    // The trainer's own numbers: the graph, which it knows nothing of, is held against them.
    private static void WriteGolden(TrainingOptions options, string work)
    {
        if (options.GoldenPromptsFile is not { } file)
        {
            return;
        }

        var logits = MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(Path.Combine(work, GoldenLogits))).ToArray();
        var lines = new StringBuilder();
        foreach (var (number, prompt) in GoldenPrompts.Read(file).Index())
        {
            var scores = logits.AsSpan(number * NetworkOptions.OutputCount, NetworkOptions.OutputCount).ToArray();
            lines.Append(GoldenPrompts.ToLine(prompt with { Scores = scores })).Append('\n');
        }

        File.WriteAllText(Path.Combine(options.OutputFolder, GoldenPrompts.FileName), lines.ToString());
    }

    private static SecondTierPlan PlanOf(TrainingOptions options, TrainingSet set, PieceVocabulary vocabulary) => new(
        vocabulary.Count,
        PieceLayout.SensesMax,
        PieceLayout.ConceptsMax,
        PieceLayout.LengthMax,
        NetworkOptions.OutputCount,
        options.FoldCount,
        options.Seed,
        [
            .. set.Families
                .SelectMany(static family => family.Templates)
                .SelectMany(static template => template.Prompts)
                .Select(static prompt => prompt.Language)
                .Distinct(StringComparer.Ordinal)
                .Order(StringComparer.Ordinal),
        ]);
}
