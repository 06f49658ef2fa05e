using System.Text;
using Sentinel.Detection.Exchanges;

namespace Sentinel.Inference.Onnx;

/// <summary>
/// Walks the fields of one protobuf message. A file that ends inside a field, or has a wire type that ONNX files do not
/// use, is an <see cref="InvalidDataException"/>.
/// </summary>
internal ref struct ProtobufReader(ReadOnlySpan<byte> message)
{
    private readonly ReadOnlySpan<byte> _message = message;
    private WireReader _reader = new(message);

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
        var start = _reader.Position;
        var isThere = _reader.TryNext(out var field, out var type);
        (Field, Integer) = (field, 0);
        Bytes = default;
        if (!isThere && !_reader.IsBroken)
        {
            return false;
        }

        switch (type)
        {
            case WireType.Varint:
                Integer = (long)_reader.ReadVarint();
                break;
            case WireType.Bytes:
                Bytes = _reader.ReadBytes();
                break;
            case WireType.GroupStart or WireType.GroupEnd:
                throw new InvalidDataException("The file is no ONNX graph: a field has an unknown type.");
            default:
                _reader.Skip(field, type);
                break;
        }

        if (_reader.IsBroken)
        {
            throw new InvalidDataException("The file is no ONNX graph: it ends inside a field.");
        }

        Whole = _message[start.._reader.Position];
        return true;
    }
}
