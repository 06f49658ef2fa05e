using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Sentinel.Detection.Scoring;

/// <summary>
/// What a classifier says of one request, in the grid in which it is kept: scores in 1/65535 steps, embedding in
/// 1/127 steps of a unit vector. Rounding here makes replay from the store exact.
/// </summary>
public struct ContentScores
{
    /// <summary>Numbers in the embedding.</summary>
    public const int EmbeddingLength = 16;

    /// <summary>Steps of an embedding number of 1.</summary>
    public const int EmbeddingSteps = 127;

    private ScoreCells _kinds;
    private EmbeddingCells _embedding;

    /// <summary>Score steps of "any of the kinds", 0 to 65535.</summary>
    public ushort HarvestSteps { get; set; }

    /// <summary>Calibrated probability that the content is of any abusive kind, 0..1.</summary>
    public readonly float Harvest => HarvestSteps / 65535f;

    /// <summary>Score steps by kind, 0 to 65535 each, in the order of <see cref="ContentKind"/>.</summary>
    [UnscopedRef]
    public Span<ushort> KindSteps => _kinds;

    /// <summary>Embedding in steps of 1/127; paraphrases of a frame and topics alike lie close.</summary>
    [UnscopedRef]
    public Span<sbyte> Embedding => _embedding;

    /// <summary>Calibrated probability that the content is of this kind, 0..1.</summary>
    public readonly float this[ContentKind kind] => _kinds[(int)kind] / 65535f;

    /// <summary>One number of the embedding, -1..1.</summary>
    public readonly float EmbeddingAt(int index) => _embedding[index] / (float)EmbeddingSteps;

    /// <summary>A probability in steps; NaN becomes 0.</summary>
    public static ushort ToSteps(float probability) =>
        float.IsNaN(probability) ? (ushort)0 : (ushort)MathF.Round(Math.Clamp(probability, 0f, 1f) * 65535f);

    [InlineArray(ContentKinds.Count)]
    private struct ScoreCells
    {
        private ushort _first;
    }

    [InlineArray(EmbeddingLength)]
    private struct EmbeddingCells
    {
        private sbyte _first;
    }
}
