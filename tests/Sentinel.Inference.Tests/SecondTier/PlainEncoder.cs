using System.Text.Json;
using Sentinel.Detection.Readings;
using Sentinel.Inference.SecondTier;
using Sentinel.Inference.Training;

namespace Sentinel.Inference.Tests.SecondTier;

/// <summary>
/// An encoder of random weights, computed by plain loops as models/training/second_tier.py computes it, and written as
/// that writes it.
/// </summary>
internal sealed class PlainEncoder
{
    public const int PieceCount = 40;
    private const int Narrow = 6; // The first layer widens.
    private const int Width = 8;
    private const int Heads = 2;
    private const int Layers = 2;
    private const int Inner = 12;
    private const int Hidden = 10;

    private readonly Dictionary<string, (int[] Shape, float[] Values)> _tensors = [];
    private readonly Random _random = new(7);

    public PlainEncoder()
    {
        Add("pieces.weight", PieceCount, Narrow);
        Add("senses.weight", PieceLayout.SensesMax, Narrow);
        Add("concepts.weight", PieceLayout.ConceptsMax, Narrow);
        Add("places.weight", PieceLayout.LengthMax, Narrow);
        AddAffine("blocks.0.skip", Width, Narrow);
        for (var layer = 0; layer < Layers; layer++)
        {
            var width = WidthOf(layer);
            AddNorm($"blocks.{layer}.before", width);
            AddNorm($"blocks.{layer}.between", Width);
            AddAffine($"blocks.{layer}.query_key_value", 3 * width, width);
            AddAffine($"blocks.{layer}.out", Width, width);
            AddAffine($"blocks.{layer}.widen", Inner, Width);
            AddAffine($"blocks.{layer}.narrow", Width, Inner);
        }

        AddNorm("last", Width);
        AddAffine("hidden", Hidden, 2 * Width);
        AddAffine("labels", NetworkOptions.OutputCount, Hidden);
        AddAffine("embedding", EncoderGraph.EmbeddingLength, 2 * Width);
    }

    public void Write(string folder)
    {
        var (index, values) = (new Dictionary<string, object>(), new List<float>());
        foreach (var (name, (shape, numbers)) in _tensors)
        {
            index[name] = new { start = values.Count, shape };
            values.AddRange(numbers);
        }

        var bytes = new byte[values.Count * sizeof(float)];
        Buffer.BlockCopy(values.ToArray(), 0, bytes, 0, bytes.Length);
        File.WriteAllBytes(Path.Combine(folder, "weights.bin"), bytes);
        File.WriteAllText(
            Path.Combine(folder, "weights.json"),
            JsonSerializer.Serialize(new { heads = Heads, layers = Layers, tensors = index }));
    }

    /// <summary>Logits, then the embedding, of a row of pieces.</summary>
    public float[] Run(ReadOnlySpan<ushort> row)
    {
        var length = row[..PieceLayout.LengthMax].IndexOf((ushort)0);
        length = length < 0 ? PieceLayout.LengthMax : length;
        var x = new double[length][];
        for (var i = 0; i < length; i++)
        {
            var sum = Row("pieces.weight", row[i]);
            if (row[i] == PieceLayout.Unknown)
            {
                Named(sum, "senses.weight", row[PieceLayout.LengthMax + i]);
                Named(sum, "concepts.weight", row[(2 * PieceLayout.LengthMax) + i]);
            }

            x[i] = Sum(sum, Row("places.weight", i));
        }

        for (var layer = 0; layer < Layers; layer++)
        {
            x = Block($"blocks.{layer}.", WidthOf(layer), x);
        }

        x = [.. x.Select(cells => Norm("last", cells))];
        double[] pooled =
        [
            .. Enumerable.Range(0, Width).Select(i => x.Average(cells => cells[i])),
            .. Enumerable.Range(0, Width).Select(i => x.Max(cells => cells[i])),
        ];
        var logits = Affine("labels", [.. Affine("hidden", pooled).Select(Math.Tanh)]);
        var vector = Affine("embedding", pooled);
        var norm = Math.Sqrt(vector.Sum(static cell => cell * cell));
        return [.. logits.Concat(vector.Select(cell => cell / norm)).Select(static cell => (float)cell)];
    }

    private static int WidthOf(int layer) => layer == 0 ? Narrow : Width;

    private double[][] Block(string at, int width, double[][] x)
    {
        var part = width / Heads;
        double[][] all = [.. x.Select(cells => Affine(at + "query_key_value", Norm(at + "before", cells)))];
        var mixed = x.Select(_ => new double[width]).ToArray();
        for (var head = 0; head < Heads; head++)
        {
            for (var i = 0; i < x.Length; i++)
            {
                double Dot(int j) => Enumerable.Range(head * part, part).Sum(k => all[i][k] * all[j][width + k]);
                var weights = Enumerable.Range(0, x.Length).Select(j => Math.Exp(Dot(j) / Math.Sqrt(part))).ToArray();
                for (var k = head * part; k < (head + 1) * part; k++)
                {
                    mixed[i][k] = weights.Select((weight, j) => weight * all[j][(2 * width) + k]).Sum() / weights.Sum();
                }
            }
        }

        return
        [
            .. x.Select((cells, i) =>
            {
                var carried = width == Width ? cells : Affine(at + "skip", cells);
                var attended = Sum(carried, Affine(at + "out", mixed[i]));
                var wide = Affine(at + "widen", Norm(at + "between", attended));
                double[] active = [.. wide.Select(static cell => Math.Max(0, cell))];
                return Sum(attended, Affine(at + "narrow", active));
            }),
        ];
    }

    private static double[] Sum(double[] left, double[] right) => [.. left.Zip(right, static (a, b) => a + b)];

    private double[] Row(string table, int row)
    {
        var (shape, values) = _tensors[table];
        return [.. values.AsSpan(row * shape[1], shape[1]).ToArray().Select(static cell => (double)cell)];
    }

    private void Named(double[] sum, string table, int row)
    {
        for (var i = 0; row > 0 && i < sum.Length; i++)
        {
            sum[i] += Row(table, row)[i];
        }
    }

    private double[] Affine(string layer, double[] input)
    {
        var (shape, values) = _tensors[layer + ".weight"];
        return
        [
            .. Enumerable.Range(0, shape[0]).Select(i => _tensors[layer + ".bias"].Values[i]
                + Enumerable.Range(0, shape[1]).Sum(j => values[(i * shape[1]) + j] * input[j])),
        ];
    }

    private double[] Norm(string layer, double[] input)
    {
        var mean = input.Average();
        var root = Math.Sqrt(input.Average(cell => (cell - mean) * (cell - mean)) + 1e-5);
        return
        [
            .. input.Select((cell, i) => ((cell - mean) / root * _tensors[layer + ".weight"].Values[i])
                + _tensors[layer + ".bias"].Values[i]),
        ];
    }

    private void AddNorm(string name, int width)
    {
        Add(name + ".weight", width);
        Add(name + ".bias", width);
    }

    private void AddAffine(string name, int outputs, int inputs)
    {
        Add(name + ".weight", outputs, inputs);
        Add(name + ".bias", outputs);
    }

    private void Add(string name, params int[] shape)
    {
        var values = new float[shape.Aggregate(1, static (product, size) => product * size)];
        for (var i = 0; i < values.Length; i++)
        {
            // As the graph keeps them, so that nothing is lost on the way.
            values[i] = (float)(Half)((_random.NextDouble() * 2) - 1);
        }

        _tensors.Add(name, (shape, values));
    }
}
