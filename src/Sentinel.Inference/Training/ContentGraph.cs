using Sentinel.Detection.Readings;
using Sentinel.Detection.Scoring;
using Sentinel.Inference.Onnx;

namespace Sentinel.Inference.Training;

/// <summary>The classifier as an ONNX graph: rows of feature ids in, probabilities and unit embedding out.</summary>
internal static class ContentGraph
{
    /// <summary>Name of the input: rows of ids.</summary>
    public const string InputName = "ids";

    /// <summary>Name of the output: harvest, kinds, embedding.</summary>
    public const string OutputName = "scores";

    /// <summary>Columns of the output.</summary>
    public const int OutputColumns = NetworkOptions.OutputCount + ContentScores.EmbeddingLength;

    private const float SmallestNorm = 1e-6f;

    /// <summary>The graph's file. The same network gives the same bytes.</summary>
    public static byte[] Write(FrozenNetwork network, string version)
    {
        var graph = new OnnxGraph("content");
        var ids = graph.IntegerInput(InputName);
        var pooled = network.Members.Count * network.Options.Dimension;

        // Half precision in the file; the engine widens the table once, when it folds constants on loading.
        var half = graph.Tensor("table_half", network.Table, FeatureLayout.BucketCount, network.Columns);
        var table = graph.Node("table", "Cast", [half], ("to", OnnxGraph.FloatType));
        var rows = graph.Node("rows", "Gather", [table, ids], ("axis", 0));
        var sums = graph.Node("sums", "ReduceSum", [rows, graph.Tensor("row_axis", 1L)], ("keepdims", 0));
        var sizes = graph.Tensor("part_sizes", pooled, 1L, ContentScores.EmbeddingLength);
        graph.Node("parts", "Split", [sums, sizes], ["members", "known", "topics"], ("axis", 1));
        var offset = graph.Tensor("pool_offset", [network.Options.PoolOffset], 1);
        var root = graph.Node("root", "Sqrt", [graph.Node("pool_size", "Add", ["known", offset])]);
        var pool = graph.Node("pool", "Div", ["members", root]);
        var logits = WriteHeads(graph, network, pool);
        var probabilities = WriteCalibration(graph, network.Calibration, logits);
        var squares = graph.Node("squares", "ReduceSum", [graph.Node("square", "Mul", ["topics", "topics"]), "column_axis"]);
        var smallest = graph.Tensor("smallest_norm", [SmallestNorm], 1);
        var norm = graph.Node("norm", "Max", [graph.Node("length", "Sqrt", [squares]), smallest]);
        var embedding = graph.Node("embedding", "Div", ["topics", norm]);
        graph.FloatOutput(graph.Node(OutputName, "Concat", [probabilities, embedding], ("axis", 1)), OutputColumns);
        return graph.ToFile("llm-sentinel", version);
    }

    // All members side by side: block-diagonal inner layer, outer layers stacked and divided by their number.
    private static string WriteHeads(OnnxGraph graph, FrozenNetwork network, string pool)
    {
        var (dimension, hidden, members) = (network.Options.Dimension, network.Options.HiddenCount, network.Members.Count);
        var bias = new float[NetworkOptions.OutputCount];
        var units = hidden == 0 ? dimension : hidden;
        var outer = new float[members * units * NetworkOptions.OutputCount];
        for (var member = 0; member < members; member++)
        {
            var head = network.Members[member];
            for (var output = 0; output < NetworkOptions.OutputCount; output++)
            {
                var row = output * (hidden + 1);
                for (var unit = 0; unit < units; unit++)
                {
                    var weight = hidden > 0 ? head.Outer[row + unit] : unit == output ? 1f : 0f;
                    outer[(((member * units) + unit) * NetworkOptions.OutputCount) + output] = weight / members;
                }

                bias[output] += head.Outer[hidden > 0 ? row + hidden : output] / members;
            }
        }

        var input = hidden == 0 ? pool : WriteHidden(graph, network, pool);
        var weights = graph.Tensor("outer_weights", outer, members * units, NetworkOptions.OutputCount);
        var product = graph.Node("outer_product", "MatMul", [input, weights]);
        return graph.Node("logits", "Add", [product, graph.Tensor("outer_bias", bias, NetworkOptions.OutputCount)]);
    }

    private static string WriteHidden(OnnxGraph graph, FrozenNetwork network, string pool)
    {
        var (dimension, hidden, members) = (network.Options.Dimension, network.Options.HiddenCount, network.Members.Count);
        var inner = new float[members * dimension * members * hidden];
        var bias = new float[members * hidden];
        for (var member = 0; member < members; member++)
        {
            for (var unit = 0; unit < hidden; unit++)
            {
                var row = network.Members[member].Inner.AsSpan(unit * (dimension + 1), dimension + 1);
                for (var i = 0; i < dimension; i++)
                {
                    inner[(((member * dimension) + i) * members * hidden) + (member * hidden) + unit] = row[i];
                }

                bias[(member * hidden) + unit] = row[dimension];
            }
        }

        var weights = graph.Tensor("inner_weights", inner, members * dimension, members * hidden);
        var product = graph.Node("inner_product", "MatMul", [pool, weights]);
        var shifted = graph.Node("inner", "Add", [product, graph.Tensor("inner_bias", bias, members * hidden)]);
        return graph.Node("hidden", "Relu", [shifted]);
    }

    private static string WriteCalibration(OnnxGraph graph, Calibration calibration, string logits)
    {
        graph.Node("outputs", "Split", [logits, graph.Tensor("output_sizes", 1L, ContentKinds.Count)], ["own", "kinds"], ("axis", 1));
        var axis = graph.Tensor("column_axis", 1L);
        var exponentials = graph.Node("kind_exponentials", "Exp", ["kinds"]);
        var soft = graph.Node("soft_maximum", "Log", [graph.Node("kind_sum", "ReduceSum", [exponentials, axis])]);
        var own = graph.Node("own_part", "Mul", ["own", graph.Tensor("harvest_scale", [calibration.HarvestScale], 1)]);
        var rest = graph.Node("kind_part", "Mul", [soft, graph.Tensor("soft_scale", [calibration.SoftMaxScale], 1)]);
        var both = graph.Node("both_parts", "Add", [own, rest]);
        var harvest = graph.Node("harvest_logit", "Add", [both, graph.Tensor("harvest_offset", [calibration.HarvestOffset], 1)]);
        var scaled = graph.Node(
            "scaled_kinds", "Mul", ["kinds", graph.Tensor("kind_scales", calibration.KindScales, ContentKinds.Count)]);
        var kinds = graph.Node(
            "kind_logits", "Add", [scaled, graph.Tensor("kind_offsets", calibration.KindOffsets, ContentKinds.Count)]);
        return graph.Node("probabilities", "Sigmoid", [graph.Node("calibrated", "Concat", [harvest, kinds], ("axis", 1))]);
    }
}
