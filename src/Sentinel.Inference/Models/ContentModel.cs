using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text.Json;
using Sentinel.Detection.Readings;
using Sentinel.Detection.Scoring;

namespace Sentinel.Inference.Models;

/// <summary>A model folder that was found whole: manifest, and a graph with the hash it names. Immutable.</summary>
public sealed class ContentModel
{
    /// <summary>First label: any of the kinds.</summary>
    public const string HarvestLabel = "harvest";

    private ContentModel(string folder, ModelManifest manifest, byte[] graph, BenignReference reference)
    {
        Folder = folder;
        Manifest = manifest;
        Graph = graph;
        Reference = reference;
    }

    /// <summary>Where it lies.</summary>
    public string Folder { get; }

    /// <summary>Its manifest.</summary>
    public ModelManifest Manifest { get; }

    /// <summary>How harvest scores of innocent content spread.</summary>
    public BenignReference Reference { get; }

    internal byte[] Graph { get; }

    /// <summary>Labels that a model must have, in this order.</summary>
    internal static ImmutableArray<string> Labels { get; } = [HarvestLabel, .. ContentKinds.Names];

    /// <summary>Reads a model folder; a model that does not fit this program is refused.</summary>
    public static bool TryRead(
        string folder, [NotNullWhen(true)] out ContentModel? model, [NotNullWhen(false)] out ModelFault? fault)
    {
        model = null;
        if (!TryReadManifest(Path.Combine(folder, ModelFolder.ManifestFile), out var manifest, out fault)
            || !Fits(manifest, out fault))
        {
            return false;
        }

        var path = Path.Combine(folder, ModelFolder.GraphFile);
        if (!File.Exists(path))
        {
            fault = new ModelFault(ModelFaultKind.Missing, $"There is no {path}.");
            return false;
        }

        var graph = File.ReadAllBytes(path);
        var hash = Convert.ToHexStringLower(SHA256.HashData(graph));
        if (hash != manifest.Sha256)
        {
            fault = new ModelFault(
                ModelFaultKind.HashMismatch,
                $"{path} has SHA-256 {hash}, its manifest says {manifest.Sha256}: the file was changed or cut short.");
            return false;
        }

        if (!TryReadReference(manifest.BenignReference, out var reference, out fault))
        {
            return false;
        }

        model = new ContentModel(folder, manifest, graph, reference);
        return true;
    }

    private static bool TryReadManifest(
        string path, [NotNullWhen(true)] out ModelManifest? manifest, [NotNullWhen(false)] out ModelFault? fault)
    {
        manifest = null;
        fault = null;
        if (!File.Exists(path))
        {
            fault = new ModelFault(ModelFaultKind.Missing, $"There is no {path}.");
            return false;
        }

        try
        {
            manifest = JsonSerializer.Deserialize(File.ReadAllBytes(path), ManifestJson.Default.ModelManifest);
        }
        catch (JsonException bad)
        {
            fault = new ModelFault(ModelFaultKind.BadManifest, $"{path} is no manifest: {bad.Message}");
            return false;
        }

        if (manifest is null || manifest.Labels.IsDefault || manifest.BenignReference.Thresholds.IsDefault
            || manifest.BenignReference.TailShares.IsDefault)
        {
            fault = new ModelFault(ModelFaultKind.BadManifest, $"{path} lacks labels or the benign reference.");
            return false;
        }

        return true;
    }

    private static bool Fits(ModelManifest manifest, [NotNullWhen(false)] out ModelFault? fault)
    {
        var layout = new FeatureLayoutManifest(FeatureLayout.Version, FeatureLayout.Width, FeatureLayout.BucketCount);
        fault = null;
        if (manifest.FeatureLayout != layout)
        {
            fault = new ModelFault(
                ModelFaultKind.LayoutMismatch,
                $"{manifest.Name}/{manifest.Version} reads {manifest.FeatureLayout}, this program writes {layout}.");
        }
        else if (!manifest.Labels.SequenceEqual(Labels) || manifest.EmbeddingLength != ContentScores.EmbeddingLength)
        {
            fault = new ModelFault(
                ModelFaultKind.LabelMismatch,
                $"{manifest.Name}/{manifest.Version} gives [{string.Join(", ", manifest.Labels)}] and "
                + $"{manifest.EmbeddingLength} numbers, this program wants [{string.Join(", ", Labels)}] and "
                + $"{ContentScores.EmbeddingLength}.");
        }

        return fault is null;
    }

    internal static bool TryReadReference(
        ReferenceManifest table,
        [NotNullWhen(true)] out BenignReference? reference,
        [NotNullWhen(false)] out ModelFault? fault)
    {
        reference = null;
        fault = null;
        try
        {
            reference = new BenignReference(
                [.. table.Thresholds.Select(static step => checked((ushort)step))], table.TailShares, table.Floor);
            return true;
        }
        catch (Exception bad) when (bad is ArgumentException or OverflowException)
        {
            fault = new ModelFault(ModelFaultKind.BadManifest, $"The benign reference is broken: {bad.Message}");
            return false;
        }
    }
}
