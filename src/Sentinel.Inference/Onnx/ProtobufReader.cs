using System.Text;

namespace Sentinel.Inference.Onnx;

/// <summary>
/// Walks the fields of one protobuf message. A file that ends inside a field, or has a wire type that ONNX files do not
/// use, is an <see cref="InvalidDataException"/>.
/// </summary>
internal ref struct ProtobufReader(ReadOnlySpan<byte> message)
{
    private const int VarintType = 0;
    private const int Fixed64Type = 1;
    private const int BytesType = 2;
    private const int Fixed32Type = 5;
    private const int VarintBytesMax = 10;

    private ReadOnlySpan<byte> _rest = message;

    /// <summary>Number of the field at hand.</summary>
    public int Field { get; private set; }

    /// <summary>Value of an integer field.</summary>
    public long Integer { get; private set; }

    /// <summary>Content of a field of bytes: a text, a nested message.</summary>
    public ReadOnlySpan<byte> Bytes { get; private set; }

    /// <summary>The field as it stands in the file, with its number and length.</summary>
    public ReadOnlySpan<byte> Whole { get; private set; }

    /// <summary>Content of a field of bytes as text.</summary>
    public readonly string Text => Encoding.UTF8.GetString(Bytes);

    /// <summary>Moves to the next field; false at the end.</summary>
    public bool Read()
    {
        if (_rest.IsEmpty)
        {
            return false;
        }

        var start = _rest;
        var key = Varint();
        Field = (int)(key >> 3);
        Bytes = default;
        Integer = 0;
        switch ((int)(key & 7))
        {
            case VarintType:
                Integer = (long)Varint();
                break;
            case Fixed64Type:
                _ = Take(8);
                break;
            case BytesType:
                Bytes = Take(Varint());
                break;
            case Fixed32Type:
                _ = Take(4);
                break;
            default:
                throw new InvalidDataException("The file is no ONNX graph: a field has an unknown type.");
        }

        Whole = start[..(start.Length - _rest.Length)];
        return true;
    }

    private ReadOnlySpan<byte> Take(ulong length)
    {
        if (length > (ulong)_rest.Length)
        {
            throw new InvalidDataException("The file is no ONNX graph: it ends inside a field.");
        }

        var taken = _rest[..(int)length];
        _rest = _rest[(int)length..];
        return taken;
    }

    private ulong Varint()
    {
        var value = 0UL;
        for (var i = 0; i < VarintBytesMax; i++)
        {
            var item = Take(1)[0];
            value |= (ulong)(item & 0x7F) << (7 * i);
            if (item < 0x80)
            {
                return value;
            }
        }

        throw new InvalidDataException("The file is no ONNX graph: a number does not end.");
    }
}
