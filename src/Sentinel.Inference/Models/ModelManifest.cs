using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Sentinel.Inference.Models;

/// <summary>What a model folder says of its model: <c>manifest.json</c>.</summary>
public sealed record ModelManifest
{
    /// <summary>Name, such as <c>content-tier1</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Version, from 1.</summary>
    public required int Version { get; init; }

    /// <summary>Which tier it is.</summary>
    public required int Tier { get; init; }

    /// <summary>Layout of the rows that it reads.</summary>
    public required FeatureLayoutManifest FeatureLayout { get; init; }

    /// <summary>What its outputs are, in their order: <c>harvest</c> and the content kinds.</summary>
    public required ImmutableArray<string> Labels { get; init; }

    /// <summary>Numbers of the embedding that follow the labels.</summary>
    public required int EmbeddingLength { get; init; }

    /// <summary>SHA-256 of <c>model.onnx</c>, lower-case hexadecimal.</summary>
    public required string Sha256 { get; init; }

    /// <summary>How each label's raw output was made a probability.</summary>
    public required CalibrationManifest Calibration { get; init; }

    /// <summary>How the harvest score of innocent prompts spreads.</summary>
    public required ReferenceManifest BenignReference { get; init; }

    /// <summary>What it was trained on.</summary>
    public required TrainingManifest Training { get; init; }
}

/// <summary>Layout of feature rows.</summary>
/// <param name="Version">Version of the layout.</param>
/// <param name="Width">Ids in a row.</param>
/// <param name="BucketCount">Ids that there are.</param>
public sealed record FeatureLayoutManifest(int Version, int Width, int BucketCount);

/// <summary>
/// Probability = 1 / (1 + exp(-(weights · raw outputs + offset))), already part of the graph; kept for the record.
/// </summary>
/// <param name="Method">How it was fitted.</param>
/// <param name="Prior">Share of harvest that the probabilities assume.</param>
/// <param name="Weights">By label: a row over the wide and deep networks' outputs and the soft maximum.</param>
/// <param name="Offsets">By label.</param>
public sealed record CalibrationManifest(
    string Method, double Prior, ImmutableArray<ImmutableArray<float>> Weights, ImmutableArray<float> Offsets);

/// <summary>The table behind <see cref="Detection.Scoring.BenignReference"/>.</summary>
/// <param name="Thresholds">Ascending score steps of 1/65535.</param>
/// <param name="TailShares">Share of innocent prompts that score at least the threshold.</param>
/// <param name="Floor">Smallest p-value.</param>
/// <param name="FamilyCount">Independent innocent families that it rests on.</param>
public sealed record ReferenceManifest(
    ImmutableArray<int> Thresholds, ImmutableArray<double> TailShares, double Floor, int FamilyCount);

/// <summary>How the model was trained.</summary>
/// <param name="Seed">Seed of all chance.</param>
/// <param name="FamilyCount">Families.</param>
/// <param name="PromptCount">Prompts.</param>
/// <param name="HeldOutAuc">Area under the curve of harvest on families left out.</param>
/// <param name="HeldOutRecallAt1Percent">Recall there at 1 % false positives.</param>
public sealed record TrainingManifest(
    int Seed, int FamilyCount, int PromptCount, double HeldOutAuc, double HeldOutRecallAt1Percent);

/// <summary>Reads and writes manifests.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    WriteIndented = true,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ModelManifest))]
internal sealed partial class ManifestJson : JsonSerializerContext;
