using Sentinel.Inference.Onnx;
using Sentinel.Inference.Training;

namespace Sentinel.Inference.SecondTier;

/// <summary>
/// The second tier's encoder as an ONNX graph: pieces, senses and concepts in; logits of harvest and kinds, then the
/// embedding of the frame, out. In single or in half precision. The same weights give the same bytes.
/// </summary>
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

    // As the trainer's: what is no piece is pushed below all that is; exp of it is 0, and half precision holds it.
    private const float FarBelow = -1e4f;
    private const float GeluSlope = 1.702f;
    private const float SmallestNorm = 1e-3f;

    private readonly OnnxGraph _graph = new("second-tier");
    private readonly EncoderWeights _weights;
    private readonly bool _isHalf;
    private readonly int _width;

    private EncoderGraph(EncoderWeights weights, bool isHalf) =>
        (_weights, _isHalf, _width) = (weights, isHalf, weights.ShapeOf("places.weight")[1]);

    /// <summary>The graph's file.</summary>
    public static byte[] Write(EncoderWeights weights, bool isHalf, string version)
    {
        var writer = new EncoderGraph(weights, isHalf);
        writer.WriteAll();
        return writer._graph.ToFile("llm-sentinel", version);
    }

    private void WriteAll()
    {
        foreach (var input in InputNames)
        {
            _graph.IntegerInput(input);
        }

        var empty = _graph.Node("empty", "Cast", [_graph.Node("is_empty", "Equal", ["pieces", Zero()])], Type());
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
        var pooled = Flat("pooled", _graph.Node("pool", "Concat", [mean, peak], ("axis", 2)), 2 * _width);
        var hidden = _graph.Node("hidden", "Tanh", [Affine("hidden_sum", "hidden", pooled)]);
        var logits = Affine("logits", "labels", hidden);
        var vector = Affine("vector", "embedding", pooled);
        var squares = Reduce("squares", _graph.Node("square", "Mul", [vector, vector]), axis);
        var norm = _graph.Node(
            "norm", "Max", [_graph.Node("root", "Sqrt", [squares]), Constant("smallest_norm", SmallestNorm)]);
        var unit = _graph.Node("unit", "Div", [vector, norm]);
        var both = _graph.Node("both", "Concat", [logits, unit], ("axis", 1));
        _graph.FloatOutput(_graph.Node(OutputName, "Cast", [both], ("to", OnnxGraph.FloatType)), OutputColumns);
    }

    // A piece, the sense of the word that it begins and the concept that this names, added up; and its place.
    private string WriteWords()
    {
        var sum = _graph.Node("piece_rows", "Gather", [Table("pieces", isNoneZero: false), "pieces"], ("axis", 0));
        foreach (var named in InputNames[1..])
        {
            var rows = _graph.Node(named + "_rows", "Gather", [Table(named, isNoneZero: true), named], ("axis", 0));
            sum = _graph.Node(named + "_added", "Add", [sum, rows]);
        }

        var shape = _graph.Node("shape", "Shape", ["pieces"]);
        var (first, second) = (_graph.Tensor("from_0", 0L), _graph.Tensor("from_1", 1L));
        var length = _graph.Node("length", "Slice", [shape, second, _graph.Tensor("from_2", 2L), first]);
        var places = _graph.Node(
            "places", "Slice", [Weight("places.weight", _weights["places.weight"]), first, length, first]);
        return _graph.Node("words", "Add", [Affine("widened", "widen", sum), places]);
    }

    private string WriteAttention(int layer, string x, string mask)
    {
        var (at, name) = ($"blocks.{layer}.", $"layer{layer}_");
        var heads = _weights.Heads;
        var all = Affine(name + "all", at + "query_key_value", Norm(name + "before", at + "before", x), ScaledQuery);
        string[] parts = [name + "query", name + "key", name + "value"];
        var sizes = _graph.Tensor(name + "parts", _width, (long)_width, _width);
        _graph.Node(name + "split", "Split", [all, sizes], parts, ("axis", 2));
        var split = _graph.Tensor(name + "split_shape", 0L, 0L, heads, _width / heads);
        string Turned(int part, params long[] order) => _graph.NodeOver(
            parts[part] + "_turned", "Transpose",
            _graph.Node(parts[part] + "_split", "Reshape", [parts[part], split]), "perm", order);
        var likeness = _graph.Node(name + "likeness", "MatMul", [Turned(0, 0, 2, 1, 3), Turned(1, 0, 2, 3, 1)]);
        var shares = _graph.Node(
            name + "shares", "Softmax", [_graph.Node(name + "masked", "Add", [likeness, mask])], ("axis", -1));
        var mixed = _graph.Node(name + "mixed", "MatMul", [shares, Turned(2, 0, 2, 1, 3)]);
        var turned = _graph.NodeOver(name + "mixed_turned", "Transpose", mixed, "perm", 0, 2, 1, 3);
        var joined = _graph.Node(
            name + "joined", "Reshape", [turned, _graph.Tensor(name + "joined_shape", 0L, 0L, _width)]);
        return _graph.Node(name + "attended", "Add", [x, Affine(name + "out", at + "out", joined)]);
    }

    private string WriteFeedForward(int layer, string x)
    {
        var (at, name) = ($"blocks.{layer}.", $"layer{layer}_");
        var wide = Affine(name + "wide", at + "widen", Norm(name + "between", at + "between", x));
        var slope = _graph.Node(name + "slope", "Mul", [wide, Constant(name + "gelu", GeluSlope)]);
        var active = _graph.Node(name + "active", "Mul", [wide, _graph.Node(name + "gate", "Sigmoid", [slope])]);
        return _graph.Node(name + "done", "Add", [x, Affine(name + "narrow", at + "narrow", active)]);
    }

    // The query carries the root of the head's width, so that nothing is divided when the graph runs.
    private float ScaledQuery(int column) =>
        column < _width ? 1 / MathF.Sqrt(_width / (float)_weights.Heads) : 1;

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
            Weight(layer + ".weight", _weights[layer + ".weight"]),
            Weight(layer + ".bias", _weights[layer + ".bias"]),
        ],
        ("axis", -1));

    private string Table(string name, bool isNoneZero)
    {
        var values = _weights[name + ".weight"];
        if (isNoneZero)
        {
            values.AsSpan(0, _weights.ShapeOf(name + ".weight")[1]).Clear();
        }

        return Weight(name + ".weight", values);
    }

    private string Reduce(string node, string input, string axis) =>
        _graph.Node(node, "ReduceSum", [input, axis], ("keepdims", 1));

    private string Flat(string node, string input, int columns) =>
        _graph.Node(node, "Reshape", [input, _graph.Tensor(node + "_shape", 0L, columns)]);

    private string Zero()
    {
        var zero = _graph.Tensor("zero_long", 0L);
        return _graph.Node("zero", "Cast", [zero], ("to", OnnxGraph.IntegerType));
    }

    private (string, long) Type() => ("to", _isHalf ? OnnxGraph.HalfType : OnnxGraph.FloatType);

    private string Constant(string name, float value) => Tensor(name, [value], 1);

    private string Weight(string name, float[] values) => Tensor(name, values, _weights.ShapeOf(name));

    private string Tensor(string name, float[] values, params ReadOnlySpan<int> shape) => _isHalf
        ? _graph.Tensor(name, Array.ConvertAll(values, static value => (Half)value), shape)
        : _graph.Tensor(name, values, shape);
}
