using System.Runtime.InteropServices;

namespace Sentinel.Inference.Onnx;

/// <summary>
/// Builds an ONNX graph node by node and writes it as a file. Field numbers are those of onnx.proto, IR version 8.
/// The same calls give the same bytes.
/// </summary>
internal sealed class OnnxGraph(string name)
{
    private const int IrVersion = 8;
    private const int OpsetVersion = 17;
    private const int TypeFloat = 1;
    private const int TypeInt32 = 6;
    private const int TypeInt64 = 7;
    private const int TypeFloat16 = 10;
    private const int AttributeInteger = 2;
    private const int AttributeIntegers = 7;

    private readonly ProtobufWriter _nodes = new();
    private readonly ProtobufWriter _initializers = new();
    private readonly ProtobufWriter _inputs = new();
    private readonly ProtobufWriter _outputs = new();

    /// <summary>Element type of tensors that are cast to.</summary>
    public static long FloatType => TypeFloat;

    /// <summary>Element type of ids.</summary>
    public static long IntegerType => TypeInt32;

    /// <summary>Declares an input: rows of integers.</summary>
    public string IntegerInput(string input)
    {
        _inputs.Message(11, ValueInfo(input, TypeInt32, [("rows", 0), ("width", 0)]));
        return input;
    }

    /// <summary>What declares an input or output of rows of floats.</summary>
    public static ProtobufWriter FloatRows(string value, int columns) =>
        ValueInfo(value, TypeFloat, [("rows", 0), (null, columns)]);

    /// <summary>Declares the output: rows of floats.</summary>
    public void FloatOutput(string output, int columns) =>
        _outputs.Message(12, FloatRows(output, columns));

    /// <summary>Adds a float tensor.</summary>
    public string Tensor(string tensor, ReadOnlySpan<float> values, params ReadOnlySpan<int> shape) =>
        Add(tensor, TypeFloat, MemoryMarshal.AsBytes(values), shape);

    /// <summary>Adds a half-precision tensor.</summary>
    public string Tensor(string tensor, ReadOnlySpan<Half> values, params ReadOnlySpan<int> shape) =>
        Add(tensor, TypeFloat16, MemoryMarshal.AsBytes(values), shape);

    /// <summary>Adds an integer tensor of one dimension.</summary>
    public string Tensor(string tensor, params ReadOnlySpan<long> values) =>
        Add(tensor, TypeInt64, MemoryMarshal.AsBytes(values), [values.Length]);

    /// <summary>Adds a node with one output, which carries the node's name.</summary>
    public string Node(string node, string operation, string[] inputs, params (string Name, long Value)[] attributes)
    {
        Node(node, operation, inputs, [node], attributes);
        return node;
    }

    /// <summary>Adds a node.</summary>
    public void Node(
        string node, string operation, string[] inputs, string[] outputs, params (string Name, long Value)[] attributes)
    {
        var message = new ProtobufWriter();
        foreach (var input in inputs)
        {
            message.Text(1, input);
        }

        foreach (var output in outputs)
        {
            message.Text(2, output);
        }

        message.Text(3, node).Text(4, operation);
        foreach (var (attribute, value) in attributes)
        {
            message.Message(5, new ProtobufWriter().Text(1, attribute).Integer(3, value).Integer(20, AttributeInteger));
        }

        _nodes.Message(1, message);
    }

    /// <summary>Adds a node with an attribute of several integers; its one output carries its name.</summary>
    public string NodeOver(string node, string operation, string input, string attribute, params long[] values)
    {
        var list = new ProtobufWriter().Text(1, attribute);
        foreach (var value in values)
        {
            list.Integer(8, value);
        }

        var message = new ProtobufWriter().Text(1, input).Text(2, node).Text(3, node).Text(4, operation);
        _nodes.Message(1, message.Message(5, list.Integer(20, AttributeIntegers)));
        return node;
    }

    /// <summary>The file.</summary>
    public byte[] ToFile(string producer, string version)
    {
        var graph = Concatenate(_nodes.Written, new ProtobufWriter().Text(2, name).Written, _initializers.Written,
            _inputs.Written, _outputs.Written);
        var model = new ProtobufWriter()
            .Integer(1, IrVersion)
            .Text(2, producer)
            .Text(3, version)
            .Bytes(7, graph)
            .Message(8, new ProtobufWriter().Text(1, string.Empty).Integer(2, OpsetVersion));
        return model.Written.ToArray();
    }

    private static byte[] Concatenate(
        ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<byte> third, ReadOnlySpan<byte> fourth,
        ReadOnlySpan<byte> fifth) => [.. first, .. second, .. third, .. fourth, .. fifth];

    private static ProtobufWriter ValueInfo(string value, int type, (string? Name, int Size)[] dimensions)
    {
        var shape = new ProtobufWriter();
        foreach (var (dimension, size) in dimensions)
        {
            var length = new ProtobufWriter();
            shape.Message(1, dimension is null ? length.Integer(1, size) : length.Text(2, dimension));
        }

        var tensor = new ProtobufWriter().Integer(1, type).Message(2, shape);
        return new ProtobufWriter().Text(1, value).Message(2, new ProtobufWriter().Message(1, tensor));
    }

    private string Add(string tensor, int type, ReadOnlySpan<byte> raw, ReadOnlySpan<int> shape)
    {
        var message = new ProtobufWriter();
        foreach (var size in shape)
        {
            message.Integer(1, size);
        }

        _initializers.Message(5, message.Integer(2, type).Text(8, tensor).Bytes(9, raw));
        return tensor;
    }
}
