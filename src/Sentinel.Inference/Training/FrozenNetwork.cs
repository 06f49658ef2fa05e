using Sentinel.Detection.Readings;
using Sentinel.Detection.Scoring;

namespace Sentinel.Inference.Training;

/// <summary>
/// A trained classifier as numbers: the table in half precision as it is stored, the heads, their calibration, and the
/// embedding's columns. <see cref="Score"/> says in plain C# what the ONNX graph does.
/// </summary>
/// <remarks>
/// A table row: what the feature says for each output (the wide networks, averaged), every deep network's numbers, one
/// that counts known features, the embedding's numbers.
/// </remarks>
internal sealed class FrozenNetwork
{
    /// <summary>Norm below which an embedding is left short of unit length: a prompt without known features.</summary>
    public const float SmallestNorm = 1e-6f;

    /// <summary>Numbers of a table row.</summary>
    public int Columns => PooledColumns + 1 + ContentScores.EmbeddingLength;

    /// <summary>Numbers of a row that are pooled.</summary>
    public int PooledColumns => NetworkOptions.OutputCount + (Deep.Count * DeepOptions.Dimension);

    /// <summary>Shape of the deep networks.</summary>
    public required NetworkOptions DeepOptions { get; init; }

    /// <summary>Biases of the wide networks, averaged.</summary>
    public required float[] WideBias { get; init; }

    /// <summary>Heads of the deep networks, whose logits are averaged.</summary>
    public required IReadOnlyList<NetworkHead> Deep { get; init; }

    /// <summary>Rows by feature; row 0 is zero.</summary>
    public required Half[] Table { get; init; }

    /// <summary>What makes raw outputs probabilities.</summary>
    public required Calibration Calibration { get; init; }

    /// <summary>Freezes a trained ensemble and the embedding.</summary>
    public static FrozenNetwork Of(
        NetworkEnsemble ensemble, TrainingOptions options, float[] topics, Calibration calibration)
    {
        var frozen = new FrozenNetwork
        {
            DeepOptions = options.Deep,
            WideBias =
            [
                .. Enumerable.Range(0, NetworkOptions.OutputCount)
                    .Select(i => ensemble.Wide.Average(member => member.Outer[i])),
            ],
            Deep = [.. ensemble.Deep.Select(static member => new NetworkHead(member.Inner, member.Outer))],
            Table = new Half[FeatureLayout.BucketCount * TableColumns(ensemble, options)],
            Calibration = calibration,
        };
        for (var feature = 1; feature < FeatureLayout.BucketCount; feature++)
        {
            var row = frozen.Table.AsSpan(feature * frozen.Columns, frozen.Columns);
            if (ensemble.Wide[0].IsKnown(feature))
            {
                FillRow(ensemble, options, feature, row);
                row[frozen.PooledColumns] = Half.One;
            }

            for (var i = 0; i < ContentScores.EmbeddingLength; i++)
            {
                row[frozen.PooledColumns + 1 + i] = (Half)topics[(feature * ContentScores.EmbeddingLength) + i];
            }
        }

        return frozen;
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

        var pool = sums.AsSpan(0, PooledColumns);
        var scale = 1 / MathF.Sqrt(DeepOptions.PoolOffset + sums[PooledColumns]);
        foreach (ref var value in pool)
        {
            value *= scale;
        }

        var raw = new float[NetworkEnsemble.RawCount];
        for (var i = 0; i < NetworkOptions.OutputCount; i++)
        {
            raw[i] = pool[i] + WideBias[i];
        }

        for (var member = 0; member < Deep.Count; member++)
        {
            var part = pool.Slice(NetworkOptions.OutputCount + (member * DeepOptions.Dimension), DeepOptions.Dimension);
            Deep[member].AddLogits(part, DeepOptions, raw.AsSpan(NetworkOptions.OutputCount), 1f / Deep.Count);
        }

        var scores = new float[NetworkOptions.OutputCount + ContentScores.EmbeddingLength];
        for (var output = 0; output < NetworkOptions.OutputCount; output++)
        {
            scores[output] = Calibration.Probability(output, raw);
        }

        WriteEmbedding(sums.AsSpan(PooledColumns + 1), scores.AsSpan(NetworkOptions.OutputCount));
        return scores;
    }

    private static int TableColumns(NetworkEnsemble ensemble, TrainingOptions options) =>
        NetworkOptions.OutputCount + (ensemble.Deep.Count * options.Deep.Dimension) + 1 + ContentScores.EmbeddingLength;

    private static void FillRow(NetworkEnsemble ensemble, TrainingOptions options, int feature, Span<Half> row)
    {
        for (var i = 0; i < NetworkOptions.OutputCount; i++)
        {
            var column = i;
            row[i] = (Half)ensemble.Wide.Average(member => member.Table[(feature * options.Wide.Dimension) + column]);
        }

        for (var member = 0; member < ensemble.Deep.Count; member++)
        {
            for (var i = 0; i < options.Deep.Dimension; i++)
            {
                row[NetworkOptions.OutputCount + (member * options.Deep.Dimension) + i] =
                    (Half)ensemble.Deep[member].Table[(feature * options.Deep.Dimension) + i];
            }
        }
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

/// <summary>The layers of a deep network after its table.</summary>
/// <param name="Inner">For each hidden unit its row over the dimensions, then its bias.</param>
/// <param name="Outer">For each output its row over the units, then its bias.</param>
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
            logits[output] += share * Affine(Outer.AsSpan(output * (hidden.Length + 1), hidden.Length + 1), hidden);
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
