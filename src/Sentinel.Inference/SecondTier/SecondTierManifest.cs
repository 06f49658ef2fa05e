using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Sentinel.Inference.Models;

namespace Sentinel.Inference.SecondTier;

/// <summary>What a second tier's folder says of its model: <c>manifest.json</c>.</summary>
internal sealed record SecondTierManifest
{
    /// <summary>Name, such as <c>content-tier2</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Version, from 1.</summary>
    public required int Version { get; init; }

    /// <summary>2.</summary>
    public required int Tier { get; init; }

    /// <summary>Version of the layout of pieces that it reads.</summary>
    public required int PieceLayout { get; init; }

    /// <summary>Pieces of its vocabulary.</summary>
    public required int PieceCount { get; init; }

    /// <summary>What it tells apart.</summary>
    public required ImmutableArray<string> Labels { get; init; }

    /// <summary>Numbers of the embedding of frames.</summary>
    public required int EmbeddingLength { get; init; }

    /// <summary>SHA-256 of <c>model.onnx</c>, lower-case hexadecimal.</summary>
    public required string Sha256 { get; init; }

    /// <summary>SHA-256 of <c>vocabulary.txt</c>.</summary>
    public required string Sha256Vocabulary { get; init; }

    /// <summary>First tier whose scores it changes, such as <c>content-tier1/1</c>: with another it is refused.</summary>
    public required string First { get; init; }

    /// <summary>Whether it told more on families left out than the first tier alone.</summary>
    public required bool IsBetter { get; init; }

    /// <summary>Harvest score of the first tier from which on it is asked.</summary>
    public required float AskedFrom { get; init; }

    /// <summary>How the two tiers' logits are added up.</summary>
    public required StackManifest Stack { get; init; }

    /// <summary>How harvest scores of innocent prompts spread after it.</summary>
    public required ReferenceManifest BenignReference { get; init; }

    /// <summary>What it was trained on.</summary>
    public required TrainingManifest Training { get; init; }
}

/// <summary>
/// Logit of an output = weights · (first tier's logit of harvest, of the output; second tier's logit of harvest, of the
/// output) + offset. Of harvest the first and the second are the same and the first one's weight is 0.
/// </summary>
/// <param name="Weights">By label.</param>
/// <param name="Offsets">By label.</param>
internal sealed record StackManifest(ImmutableArray<ImmutableArray<float>> Weights, ImmutableArray<float> Offsets);

/// <summary>Reads and writes manifests of second tiers.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    WriteIndented = true,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(SecondTierManifest))]
internal sealed partial class SecondTierManifestJson : JsonSerializerContext;
