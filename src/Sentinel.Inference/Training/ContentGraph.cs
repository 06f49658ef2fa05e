using Sentinel.Detection.Readings;
using Sentinel.Detection.Scoring;
using Sentinel.Inference.Onnx;

namespace Sentinel.Inference.Training;

/// <summary>The classifier as an ONNX graph: rows of feature ids in, probabilities and unit embedding out.</summary>
internal static class ContentGraph
{
    /// <summary>Name of the input: rows of ids.</summary>
    public const string InputName = "ids";

    /// <summary>Name of the table of all features' numbers.</summary>
    public const string TableName = "table_half";

    /// <summary>Name of the sums of the table's rows over a prompt's features.</summary>
    public const string SumsName = "sums";

    /// <summary>Name of the output: harvest, kinds, embedding.</summary>
    public const string OutputName = "scores";

    /// <summary>Columns of the output.</summary>
    public const int OutputColumns = NetworkOptions.OutputCount + ContentScores.EmbeddingLength;

    /// <summary>The graph's file. The same network gives the same bytes.</summary>
    public static byte[] Write(FrozenNetwork network, string version)
    {
        var graph = new OnnxGraph("content");
        var ids = graph.IntegerInput(InputName);

        // Half precision in the file; the engine widens the table once, when it folds constants on loading.
        var half = graph.Tensor(TableName, network.Table, FeatureLayout.BucketCount, network.Columns);
        var table = graph.Node("table", "Cast", [half], ("to", OnnxGraph.FloatType));
        var rows = graph.Node("rows", "Gather", [table, ids], ("axis", 0));
        var axis = graph.Tensor("axis", 1L);
        var sums = graph.Node(SumsName, "ReduceSum", [rows, axis], ("keepdims", 0));
        var sizes = graph.Tensor("part_sizes", network.PooledColumns, 1L, ContentScores.EmbeddingLength);
        graph.Node("parts", "Split", [sums, sizes], ["pooled", "known", "topics"], ("axis", 1));
        var offset = graph.Tensor("pool_offset", [network.DeepOptions.PoolOffset], 1);
        var root = graph.Node("root", "Sqrt", [graph.Node("pool_size", "Add", ["known", offset])]);
        var pool = graph.Node("pool", "Div", ["pooled", root]);
        var probabilities = WriteCalibration(graph, network.Calibration, WriteHeads(graph, network, pool), axis);
        var squares = graph.Node("squares", "ReduceSum", [graph.Node("square", "Mul", ["topics", "topics"]), axis]);
        var smallest = graph.Tensor("smallest_norm", [FrozenNetwork.SmallestNorm], 1);
        var norm = graph.Node("norm", "Max", [graph.Node("length", "Sqrt", [squares]), smallest]);
        var embedding = graph.Node("embedding", "Div", ["topics", norm]);
        graph.FloatOutput(graph.Node(OutputName, "Concat", [probabilities, embedding], ("axis", 1)), OutputColumns);
        return graph.ToFile("llm-sentinel", version);
    }

    // Raw outputs: the wide logits, then the deep ones.
    private static string WriteHeads(OnnxGraph graph, FrozenNetwork network, string pool)
    {
        var sizes = graph.Tensor(
            "pool_sizes", NetworkOptions.OutputCount, (long)network.PooledColumns - NetworkOptions.OutputCount);
        graph.Node("pools", "Split", [pool, sizes], ["wide_pool", "deep_pool"], ("axis", 1));
        var bias = graph.Tensor("wide_bias", network.WideBias, NetworkOptions.OutputCount);
        var wide = graph.Node("wide", "Add", ["wide_pool", bias]);
        return graph.Node("raw", "Concat", [wide, WriteDeep(graph, network, "deep_pool")], ("axis", 1));
    }

    // All deep networks side by side: block-diagonal inner layer, outer layers stacked and divided by their number.
    private static string WriteDeep(OnnxGraph graph, FrozenNetwork network, string pool)
    {
        var (dimension, hidden) = (network.DeepOptions.Dimension, network.DeepOptions.HiddenCount);
        var members = network.Deep.Count;
        var inner = new float[members * dimension * members * hidden];
        var innerBias = new float[members * hidden];
        var outer = new float[members * hidden * NetworkOptions.OutputCount];
        var outerBias = new float[NetworkOptions.OutputCount];
        for (var member = 0; member < members; member++)
        {
            var head = network.Deep[member];
            for (var unit = 0; unit < hidden; unit++)
            {
                var column = (member * hidden) + unit;
                var weights = head.Inner.AsSpan(unit * (dimension + 1), dimension + 1);
                for (var i = 0; i < dimension; i++)
                {
                    inner[(((member * dimension) + i) * members * hidden) + column] = weights[i];
                }

                innerBias[column] = weights[dimension];
                for (var output = 0; output < NetworkOptions.OutputCount; output++)
                {
                    var weight = head.Outer[(output * (hidden + 1)) + unit];
                    outer[(column * NetworkOptions.OutputCount) + output] = weight / members;
                }
            }

            for (var output = 0; output < NetworkOptions.OutputCount; output++)
            {
                outerBias[output] += head.Outer[(output * (hidden + 1)) + hidden] / members;
            }
        }

        var units = WriteAffine(graph, "inner", pool, inner, innerBias, members * dimension);
        var active = graph.Node("hidden", "Relu", [units]);
        return WriteAffine(graph, "outer", active, outer, outerBias, members * hidden);
    }

    private static string WriteCalibration(OnnxGraph graph, Calibration calibration, string raw, string axis)
    {
        var sizes = graph.Tensor("raw_sizes", NetworkOptions.OutputCount + 1L, ContentKinds.Count);
        graph.Node("raw_parts", "Split", [raw, sizes], ["others", "deep_kinds"], ("axis", 1));
        var exponentials = graph.Node("kind_exponentials", "Exp", ["deep_kinds"]);
        var soft = graph.Node("soft_maximum", "Log", [graph.Node("kind_sum", "ReduceSum", [exponentials, axis])]);
        var inputs = graph.Node("calibration_inputs", "Concat", [raw, soft], ("axis", 1));
        var weights = new float[Calibration.InputCount * NetworkOptions.OutputCount];
        for (var output = 0; output < NetworkOptions.OutputCount; output++)
        {
            for (var input = 0; input < Calibration.InputCount; input++)
            {
                weights[(input * NetworkOptions.OutputCount) + output] = calibration.Weights[output][input];
            }
        }

        var logits = WriteAffine(graph, "calibrated", inputs, weights, calibration.Offsets, Calibration.InputCount);
        return graph.Node("probabilities", "Sigmoid", [logits]);
    }

    private static string WriteAffine(
        OnnxGraph graph,
        string name,
        string input,
        ReadOnlySpan<float> weights,
        ReadOnlySpan<float> bias,
        int inputCount)
    {
        var matrix = graph.Tensor(name + "_weights", weights, inputCount, bias.Length);
        var product = graph.Node(name + "_product", "MatMul", [input, matrix]);
        return graph.Node(name, "Add", [product, graph.Tensor(name + "_bias", bias, bias.Length)]);
    }
}
