using Sentinel.Detection.Readings;
using Sentinel.Detection.Scoring;

namespace Sentinel.Inference.Training;

/// <summary>
/// A trained classifier as numbers: the table in half precision as it is stored, the heads of its members, their
/// calibration, and the embedding's columns. <see cref="Score"/> says in plain C# what the ONNX graph does.
/// </summary>
internal sealed class FrozenNetwork
{
    private const float SmallestNorm = 1e-6f;

    /// <summary>Numbers of a table row: every member's dimensions, one that tells known features, the embedding's.</summary>
    public int Columns => (Members.Count * Options.Dimension) + 1 + ContentScores.EmbeddingLength;

    /// <summary>Shape of each member.</summary>
    public required NetworkOptions Options { get; init; }

    /// <summary>Heads, whose logits are averaged.</summary>
    public required IReadOnlyList<NetworkHead> Members { get; init; }

    /// <summary>Rows by feature; row 0 is zero.</summary>
    public required Half[] Table { get; init; }

    /// <summary>What makes the averaged logits probabilities.</summary>
    public required Calibration Calibration { get; init; }

    /// <summary>Freezes trained members and the embedding.</summary>
    public static FrozenNetwork Of(IReadOnlyList<ContentNetwork> members, NetworkOptions options, float[] topics, Calibration calibration)
    {
        var columns = (members.Count * options.Dimension) + 1 + ContentScores.EmbeddingLength;
        var table = new Half[FeatureLayout.BucketCount * columns];
        for (var feature = 1; feature < FeatureLayout.BucketCount; feature++)
        {
            var row = table.AsSpan(feature * columns, columns);
            if (members[0].IsKnown(feature))
            {
                for (var i = 0; i < row.Length - 1 - ContentScores.EmbeddingLength; i++)
                {
                    row[i] = (Half)members[i / options.Dimension].Table[(feature * options.Dimension) + (i % options.Dimension)];
                }

                row[^(1 + ContentScores.EmbeddingLength)] = Half.One;
            }

            for (var i = 0; i < ContentScores.EmbeddingLength; i++)
            {
                row[row.Length - ContentScores.EmbeddingLength + i] = (Half)topics[(feature * ContentScores.EmbeddingLength) + i];
            }
        }

        return new FrozenNetwork
        {
            Options = options,
            Members = [.. members.Select(static member => new NetworkHead(member.Inner, member.Outer))],
            Table = table,
            Calibration = calibration,
        };
    }

    /// <summary>Probabilities of harvest and kinds, then the embedding.</summary>
    public float[] Score(ReadOnlySpan<int> features)
    {
        var sums = new float[Columns];
        foreach (var feature in features)
        {
            for (var i = 0; i < sums.Length; i++)
            {
                sums[i] += (float)Table[(feature * Columns) + i];
            }
        }

        var pooled = Members.Count * Options.Dimension;
        var scale = 1 / MathF.Sqrt(Options.PoolOffset + sums[pooled]);
        var logits = new float[NetworkOptions.OutputCount];
        for (var member = 0; member < Members.Count; member++)
        {
            var pool = sums.AsSpan(member * Options.Dimension, Options.Dimension);
            foreach (ref var value in pool)
            {
                value *= scale;
            }

            Members[member].AddLogits(pool, Options, logits, 1f / Members.Count);
        }

        var scores = new float[NetworkOptions.OutputCount + ContentScores.EmbeddingLength];
        Calibration.ToProbabilities(logits, scores);
        WriteEmbedding(sums.AsSpan(pooled + 1), scores.AsSpan(NetworkOptions.OutputCount));
        return scores;
    }

    private static void WriteEmbedding(ReadOnlySpan<float> sums, Span<float> embedding)
    {
        var squares = 0f;
        foreach (var value in sums)
        {
            squares += value * value;
        }

        var norm = Math.Max(MathF.Sqrt(squares), SmallestNorm);
        for (var i = 0; i < embedding.Length; i++)
        {
            embedding[i] = sums[i] / norm;
        }
    }
}

/// <summary>The layers of one member after its table.</summary>
/// <param name="Inner">For each hidden unit its row over the dimensions, then its bias.</param>
/// <param name="Outer">For each output its row over the units, then its bias; biases alone where nothing is hidden.</param>
internal sealed record NetworkHead(float[] Inner, float[] Outer)
{
    /// <summary>Adds the logits of a pool, times <paramref name="share"/>.</summary>
    public void AddLogits(ReadOnlySpan<float> pool, NetworkOptions options, Span<float> logits, float share)
    {
        var hidden = new float[options.HiddenCount];
        for (var unit = 0; unit < hidden.Length; unit++)
        {
            var row = Inner.AsSpan(unit * (options.Dimension + 1), options.Dimension + 1);
            hidden[unit] = Math.Max(0, Affine(row, pool));
        }

        for (var output = 0; output < logits.Length; output++)
        {
            logits[output] += share * (options.HiddenCount == 0
                ? pool[output] + Outer[output]
                : Affine(Outer.AsSpan(output * (options.HiddenCount + 1), options.HiddenCount + 1), hidden));
        }
    }

    private static float Affine(ReadOnlySpan<float> row, ReadOnlySpan<float> input)
    {
        var sum = row[^1];
        for (var i = 0; i < input.Length; i++)
        {
            sum += row[i] * input[i];
        }

        return sum;
    }
}
