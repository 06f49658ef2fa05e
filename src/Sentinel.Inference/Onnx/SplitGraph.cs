using System.Runtime.InteropServices;

namespace Sentinel.Inference.Onnx;

/// <summary>
/// A classifier's graph in two: its table, whose rows are added up for the features of a prompt, and the graph of what
/// comes after the sums. The engine copies every row before it adds them; adding them where they lie is several times
/// faster (see <c>ExchangeBenchmarks.Score</c>).
/// </summary>
/// <param name="Table">The table's numbers, row after row.</param>
/// <param name="Columns">Numbers of a row.</param>
/// <param name="Heads">The graph after the sums, whose input they are.</param>
internal sealed record SplitGraph(Half[] Table, int Columns, byte[] Heads)
{
    private const int ModelGraph = 7;
    private const int GraphNode = 1;
    private const int GraphInitializer = 5;
    private const int GraphInput = 11;
    private const int NodeInput = 1;
    private const int NodeOutput = 2;
    private const int NodeOperation = 4;
    private const int TensorDimension = 1;
    private const int TensorName = 8;
    private const int TensorRaw = 9;

    /// <summary>
    /// Splits a graph that begins with Cast(table), Gather(rows by ids), ReduceSum(rows); any other is an
    /// <see cref="InvalidDataException"/>.
    /// </summary>
    /// <param name="model">The file.</param>
    /// <param name="input">Name of the whole graph's input.</param>
    /// <param name="table">Name of the table in half precision.</param>
    /// <param name="sums">Name of what ReduceSum gives.</param>
    public static SplitGraph Of(ReadOnlySpan<byte> model, string input, string table, string sums)
    {
        var whole = new ProtobufReader(model);
        var written = new ProtobufWriter();
        SplitGraph? split = null;
        while (whole.Read())
        {
            if (whole.Field != ModelGraph)
            {
                written.Raw(whole.Whole);
                continue;
            }

            var heads = new ProtobufWriter();
            split = OfGraph(whole.Bytes, input, table, sums, heads);
            written.Message(ModelGraph, heads);
        }

        return split is null
            ? throw new InvalidDataException("The file holds no graph.")
            : split with { Heads = written.Written.ToArray() };
    }

    private static SplitGraph OfGraph(
        ReadOnlySpan<byte> graph, string input, string table, string sums, ProtobufWriter heads)
    {
        // What the pooling makes, step by step: each of its nodes reads the one before.
        var (steps, made) = (new Queue<string>(["Cast", "Gather", "ReduceSum"]), table);
        SplitGraph? split = null;
        var reader = new ProtobufReader(graph);
        while (reader.Read())
        {
            if (reader.Field == GraphNode && Reads(reader.Bytes, made) && steps.TryPeek(out var step))
            {
                made = OutputOf(reader.Bytes, step);
                steps.Dequeue();
            }
            else if (reader.Field == GraphInitializer && NameOf(reader.Bytes, TensorName) == table)
            {
                split = OfTable(reader.Bytes);
            }
            else if (reader.Field != GraphInput || NameOf(reader.Bytes, 1) != input)
            {
                heads.Raw(reader.Whole);
            }
        }

        if (split is null || steps.Count > 0 || made != sums)
        {
            throw new InvalidDataException($"The graph does not begin with adding up rows of {table} to {sums}.");
        }

        heads.Message(GraphInput, OnnxGraph.FloatRows(sums, split.Columns));
        return split;
    }

    private static SplitGraph OfTable(ReadOnlySpan<byte> tensor)
    {
        var reader = new ProtobufReader(tensor);
        var dimensions = new List<long>();
        var raw = ReadOnlySpan<byte>.Empty;
        while (reader.Read())
        {
            if (reader.Field == TensorDimension)
            {
                dimensions.Add(reader.Integer);
            }

            raw = reader.Field == TensorRaw ? reader.Bytes : raw;
        }

        var halves = MemoryMarshal.Cast<byte, Half>(raw).ToArray();
        return dimensions is [> 0 and var rows, > 0 and var columns] && halves.Length == rows * columns
            ? new SplitGraph(halves, (int)columns, [])
            : throw new InvalidDataException("The table has not the numbers that its shape says.");
    }

    private static string NameOf(ReadOnlySpan<byte> message, int field)
    {
        var reader = new ProtobufReader(message);
        while (reader.Read())
        {
            if (reader.Field == field)
            {
                return reader.Text;
            }
        }

        return string.Empty;
    }

    private static bool Reads(ReadOnlySpan<byte> node, string value) => NameOf(node, NodeInput) == value;

    private static string OutputOf(ReadOnlySpan<byte> node, string operation) =>
        NameOf(node, NodeOperation) == operation
            ? NameOf(node, NodeOutput)
            : throw new InvalidDataException($"The graph has no {operation} where it adds up rows of its table.");
}
