using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text.Json;
using Sentinel.Detection.Readings;
using Sentinel.Detection.Scoring;
using Sentinel.Inference.Models;
using Sentinel.Inference.Training;

namespace Sentinel.Inference.SecondTier;

/// <summary>A second tier's folder that was found whole. Immutable.</summary>
internal sealed class SecondTierModel
{
    private SecondTierModel(
        SecondTierManifest manifest, byte[] graph, PieceVocabulary vocabulary, TierStack stack, ScoringModel scoring) =>
        (Manifest, Graph, Vocabulary, Stack, Scoring) = (manifest, graph, vocabulary, stack, scoring);

    public SecondTierManifest Manifest { get; }

    public byte[] Graph { get; }

    public PieceVocabulary Vocabulary { get; }

    public TierStack Stack { get; }

    public ScoringModel Scoring { get; }

    /// <summary>Reads a folder; a model that does not fit this program or its first tier is refused.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="first">Version of the first tier in force; null where none is to be fitted.</param>
    /// <param name="model">The model.</param>
    /// <param name="fault">Why there is none.</param>
    public static bool TryRead(
        string folder,
        string? first,
        [NotNullWhen(true)] out SecondTierModel? model,
        [NotNullWhen(false)] out ModelFault? fault)
    {
        model = null;
        if (!TryReadManifest(folder, out var manifest, out fault) || !Fits(manifest, first, out fault))
        {
            return false;
        }

        if (!TryReadFile(folder, ModelFolder.GraphFile, manifest.Sha256, out var graph, out fault)
            || !TryReadFile(
                folder, SecondTierFiles.VocabularyFile, manifest.Sha256Vocabulary, out var words, out fault))
        {
            return false;
        }

        var pieces = System.Text.Encoding.UTF8.GetString(words).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (!PieceVocabulary.TryCreate(pieces, out var vocabulary, out var odd) || vocabulary.Count != manifest.PieceCount)
        {
            fault = new ModelFault(ModelFaultKind.BadManifest, $"{folder} has no vocabulary: {odd ?? "another length"}.");
            return false;
        }

        if (!TierStack.TryRead(manifest.Stack, out var stack))
        {
            fault = new ModelFault(ModelFaultKind.LabelMismatch, $"{folder} does not add up the labels of this program.");
            return false;
        }

        if (!ContentModel.TryReadReference(manifest.BenignReference, out var reference, out fault))
        {
            return false;
        }

        var scoring = new ScoringModel($"{manifest.Name}/{manifest.Version}", manifest.Tier, reference);
        model = new SecondTierModel(manifest, graph, vocabulary, stack, scoring);
        return true;
    }

    private static bool TryReadManifest(
        string folder, [NotNullWhen(true)] out SecondTierManifest? manifest, [NotNullWhen(false)] out ModelFault? fault)
    {
        (manifest, fault) = (null, null);
        var path = Path.Combine(folder, ModelFolder.ManifestFile);
        if (!File.Exists(path))
        {
            fault = new ModelFault(ModelFaultKind.Missing, $"There is no {path}.");
            return false;
        }

        try
        {
            var read = JsonSerializer.Deserialize(
                File.ReadAllBytes(path), SecondTierManifestJson.Default.SecondTierManifest);
            manifest = read is null || read.BenignReference.Thresholds.IsDefault
                || read.BenignReference.TailShares.IsDefault || read.Labels.IsDefault ? null : read;
            fault = manifest is null ? new ModelFault(ModelFaultKind.BadManifest, $"{path} is no manifest.") : null;
        }
        catch (JsonException bad)
        {
            fault = new ModelFault(ModelFaultKind.BadManifest, $"{path} is no manifest of a second tier: {bad.Message}");
        }

        return manifest is not null;
    }

    private static bool Fits(SecondTierManifest manifest, string? first, [NotNullWhen(false)] out ModelFault? fault)
    {
        fault = manifest switch
        {
            { PieceLayout: not PieceLayout.Version } => new ModelFault(
                ModelFaultKind.LayoutMismatch,
                $"{manifest.Name}/{manifest.Version} reads pieces of layout {manifest.PieceLayout}, this program "
                + $"writes {PieceLayout.Version}."),
            _ when !manifest.Labels.SequenceEqual(ContentModel.Labels) => new ModelFault(
                ModelFaultKind.LabelMismatch,
                $"{manifest.Name}/{manifest.Version} gives [{string.Join(", ", manifest.Labels)}]."),
            _ when first is not null && manifest.First != first => new ModelFault(
                ModelFaultKind.LabelMismatch,
                $"{manifest.Name}/{manifest.Version} was learned beside {manifest.First}, and {first} is in force: "
                + "its scores would mean nothing."),
            _ => null,
        };
        return fault is null;
    }

    private static bool TryReadFile(
        string folder, string name, string sha256, out byte[] bytes, [NotNullWhen(false)] out ModelFault? fault)
    {
        (bytes, fault) = ([], null);
        var path = Path.Combine(folder, name);
        if (!File.Exists(path))
        {
            fault = new ModelFault(ModelFaultKind.Missing, $"There is no {path}.");
            return false;
        }

        bytes = File.ReadAllBytes(path);
        if (Convert.ToHexStringLower(SHA256.HashData(bytes)) != sha256)
        {
            fault = new ModelFault(
                ModelFaultKind.HashMismatch, $"{path} is not the file that its manifest was written for.");
            return false;
        }

        return true;
    }
}
