using Sentinel.Detection.Readings;
using Sentinel.Inference.Onnx;
using Sentinel.Inference.Training;

namespace Sentinel.Inference.SecondTier;

/// <summary>
/// The second tier's encoder as an ONNX graph: pieces, senses and concepts in; logits of harvest and kinds, then the
/// embedding of the frame, out. It computes in single precision; its matrices are kept in half, and the engine widens them
/// once, when it folds constants on loading. The same weights give the same bytes.
/// </summary>
/// <remarks>
/// Layers as in "Universal Sentence Encoder" (Cer et al., arXiv 1803.11175): normalised before each half, rectified between. A
/// layer wider than what comes to it carries that on by a matrix (<c>skip</c>).
/// </remarks>
internal sealed class EncoderGraph
{
    /// <summary>Names of the inputs: rows of pieces, of senses and of concepts.</summary>
    public static readonly string[] InputNames = ["pieces", "senses", "concepts"];

    /// <summary>Name of the output.</summary>
    public const string OutputName = "readings";

    /// <summary>Numbers of the embedding.</summary>
    public const int EmbeddingLength = 64;

    /// <summary>Columns of the output.</summary>
    public const int OutputColumns = NetworkOptions.OutputCount + EmbeddingLength;

    // As the trainer's: what is no piece is pushed below all that is; exp of it is 0.
    private const float FarBelow = -1e4f;
    private const float SmallestNorm = 1e-3f;

    private readonly OnnxGraph _graph = new("second-tier");
    private readonly EncoderWeights _weights;

    private EncoderGraph(EncoderWeights weights) => _weights = weights;

    /// <summary>The graph's file.</summary>
    public static byte[] Write(EncoderWeights weights, string version)
    {
        var writer = new EncoderGraph(weights);
        writer.WriteAll();
        return writer._graph.ToFile("llm-sentinel", version);
    }

    private void WriteAll()
    {
        foreach (var input in InputNames)
        {
            _graph.IntegerInput(input);
        }

        var empty = WhereIs("empty", PieceLayout.Padding);
        var below = _graph.Node("below", "Mul", [empty, Constant("far_below", FarBelow)]);
        var mask = _graph.Node("mask", "Unsqueeze", [below, _graph.Tensor("mask_axes", 1L, 2L)]);
        var last = _graph.Tensor("last_axis", 2L);
        var belowColumn = _graph.Node("below_column", "Unsqueeze", [below, last]);
        var one = Constant("one", 1);
        var there = _graph.Node("there", "Sub", [one, _graph.Node("empty_column", "Unsqueeze", [empty, last])]);
        var x = WriteWords();
        for (var layer = 0; layer < _weights.Layers; layer++)
        {
            x = WriteFeedForward(layer, WriteAttention(layer, x, mask));
        }

        x = Norm("last", "last", x);
        var axis = _graph.Tensor("length_axis", 1L);
        var sum = Reduce("sum", _graph.Node("kept", "Mul", [x, there]), axis);
        var count = _graph.Node("count", "Max", [Reduce("length_there", there, axis), one]);
        var mean = _graph.Node("mean", "Div", [sum, count]);
        var pushed = _graph.Node("pushed", "Add", [x, belowColumn]);
        var peak = _graph.NodeOver("peak_kept", "ReduceMax", pushed, "axes", 1);
        var pooled = Flat(
            "pooled", _graph.Node("pool", "Concat", [mean, peak], ("axis", 2)), 2 * _weights.ShapeOf("last.weight")[0]);
        var hidden = _graph.Node("hidden", "Tanh", [Affine("hidden_sum", "hidden", pooled)]);
        var logits = Affine("logits", "labels", hidden);
        var vector = Affine("vector", "embedding", pooled);
        var squares = Reduce("squares", _graph.Node("square", "Mul", [vector, vector]), axis);
        var norm = _graph.Node(
            "norm", "Max", [_graph.Node("root", "Sqrt", [squares]), Constant("smallest_norm", SmallestNorm)]);
        var unit = _graph.Node("unit", "Div", [vector, norm]);
        _graph.FloatOutput(_graph.Node(OutputName, "Concat", [logits, unit], ("axis", 1)), OutputColumns);
    }

    // A piece, or of a word that the vocabulary lacks the sense of it and the concept that this names; and its place.
    private string WriteWords()
    {
        var rows = _graph.Node("piece_rows", "Gather", [Table("pieces", isNoneZero: false), "pieces"], ("axis", 0));
        string[] named =
        [
            .. InputNames[1..].Select(name => _graph.Node(
                name + "_rows", "Gather", [Table(name, isNoneZero: true), name], ("axis", 0))),
        ];
        var unknown = _graph.Node(
            "unknown_column", "Unsqueeze", [WhereIs("unknown", PieceLayout.Unknown), _graph.Tensor("column_axis", 2L)]);
        var instead = _graph.Node("instead", "Mul", [_graph.Node("named", "Add", named), unknown]);
        var words = _graph.Node("words", "Add", [rows, instead]);
        var shape = _graph.Node("shape", "Shape", ["pieces"]);
        var (first, second) = (_graph.Tensor("from_0", 0L), _graph.Tensor("from_1", 1L));
        var length = _graph.Node("length", "Slice", [shape, second, _graph.Tensor("from_2", 2L), first]);
        var places = _graph.Node("places", "Slice", [Weight("places.weight"), first, length, first]);
        return _graph.Node("placed", "Add", [words, places]);
    }

    private string WriteAttention(int layer, string x, string mask)
    {
        var (at, name) = ($"blocks.{layer}.", $"layer{layer}_");
        var (heads, width) = (_weights.Heads, _weights.ShapeOf(at + "before.weight")[0]);
        var all = Affine(
            name + "all", at + "query_key_value", Norm(name + "before", at + "before", x), column => ScaleOfQuery(column, width));
        string[] parts = [name + "query", name + "key", name + "value"];
        var sizes = _graph.Tensor(name + "parts", width, (long)width, width);
        _graph.Node(name + "split", "Split", [all, sizes], parts, ("axis", 2));
        var split = _graph.Tensor(name + "split_shape", 0L, 0L, heads, width / heads);
        string Turned(int part, params long[] order) => _graph.NodeOver(
            parts[part] + "_turned", "Transpose",
            _graph.Node(parts[part] + "_split", "Reshape", [parts[part], split]), "perm", order);
        var likeness = _graph.Node(name + "likeness", "MatMul", [Turned(0, 0, 2, 1, 3), Turned(1, 0, 2, 3, 1)]);
        var shares = _graph.Node(
            name + "shares", "Softmax", [_graph.Node(name + "masked", "Add", [likeness, mask])], ("axis", -1));
        var mixed = _graph.Node(name + "mixed", "MatMul", [shares, Turned(2, 0, 2, 1, 3)]);
        var turned = _graph.NodeOver(name + "mixed_turned", "Transpose", mixed, "perm", 0, 2, 1, 3);
        var joined = _graph.Node(
            name + "joined", "Reshape", [turned, _graph.Tensor(name + "joined_shape", 0L, 0L, width)]);
        var carried = _weights.Has(at + "skip.weight") ? Affine(name + "carried", at + "skip", x) : x;
        return _graph.Node(name + "attended", "Add", [carried, Affine(name + "out", at + "out", joined)]);
    }

    private string WriteFeedForward(int layer, string x)
    {
        var (at, name) = ($"blocks.{layer}.", $"layer{layer}_");
        var wide = Affine(name + "wide", at + "widen", Norm(name + "between", at + "between", x));
        var active = _graph.Node(name + "active", "Relu", [wide]);
        return _graph.Node(name + "done", "Add", [x, Affine(name + "narrow", at + "narrow", active)]);
    }

    // The query carries the root of the head's width, so that nothing is divided when the graph runs.
    private float ScaleOfQuery(int column, int width) =>
        column < width ? 1 / MathF.Sqrt(width / (float)_weights.Heads) : 1;

    private string Affine(string node, string layer, string input, Func<int, float>? scaleOf = null)
    {
        var (weights, bias) = (_weights.Transposed(layer + ".weight"), _weights[layer + ".bias"]);
        for (var i = 0; scaleOf is not null && i < weights.Length; i++)
        {
            weights[i] *= scaleOf(i % bias.Length);
        }

        for (var i = 0; scaleOf is not null && i < bias.Length; i++)
        {
            bias[i] *= scaleOf(i);
        }

        var matrix = Tensor(layer + ".matrix", weights, weights.Length / bias.Length, bias.Length);
        var product = _graph.Node(node + "_product", "MatMul", [input, matrix]);
        return _graph.Node(node, "Add", [product, Tensor(layer + ".offset", bias, bias.Length)]);
    }

    private string Norm(string node, string layer, string input) => _graph.Node(
        node, "LayerNormalization",
        [
            input,
            Weight(layer + ".weight"),
            Weight(layer + ".bias"),
        ],
        ("axis", -1));

    private string Table(string name, bool isNoneZero)
    {
        var values = _weights[name + ".weight"];
        if (isNoneZero)
        {
            values.AsSpan(0, _weights.ShapeOf(name + ".weight")[1]).Clear();
        }

        return Tensor(name + ".weight", values, _weights.ShapeOf(name + ".weight"));
    }

    private string Reduce(string node, string input, string axis) =>
        _graph.Node(node, "ReduceSum", [input, axis], ("keepdims", 1));

    private string Flat(string node, string input, int columns) =>
        _graph.Node(node, "Reshape", [input, _graph.Tensor(node + "_shape", 0L, columns)]);

    // 1 where there is this piece, else 0.
    private string WhereIs(string node, int piece)
    {
        var wanted = _graph.Node(
            node + "_piece", "Cast", [_graph.Tensor(node + "_number", (long)piece)], ("to", OnnxGraph.IntegerType));
        return _graph.Node(
            node, "Cast", [_graph.Node("is_" + node, "Equal", ["pieces", wanted])], ("to", OnnxGraph.FloatType));
    }

    private string Constant(string name, float value) => _graph.Tensor(name, [value], 1);

    private string Weight(string name) => Tensor(name, _weights[name], _weights.ShapeOf(name));

    // Offsets and norms are few and add up; they stay as they are.
    private string Tensor(string name, float[] values, params ReadOnlySpan<int> shape) => shape.Length == 1
        ? _graph.Tensor(name, values, shape)
        : _graph.Node(
            name + ".wide", "Cast",
            [_graph.Tensor(name, Array.ConvertAll(values, static value => (Half)value), shape)],
            ("to", OnnxGraph.FloatType));
}
