using System.Buffers;
using System.Text;

namespace Sentinel.Inference.Onnx;

/// <summary>
/// The part of the protobuf wire format that an ONNX file needs: varints, texts, bytes and nested messages. A nested
/// message is written to its own writer first, since its length stands before it.
/// </summary>
internal sealed class ProtobufWriter
{
    private const int LengthDelimited = 2;
    private const int Fixed32 = 5;

    private readonly ArrayBufferWriter<byte> _buffer = new();

    /// <summary>What was written.</summary>
    public ReadOnlySpan<byte> Written => _buffer.WrittenSpan;

    /// <summary>Writes an integer field.</summary>
    public ProtobufWriter Integer(int field, long value)
    {
        Varint((ulong)field << 3);
        Varint((ulong)value);
        return this;
    }

    /// <summary>Writes a float field.</summary>
    public ProtobufWriter Float(int field, float value)
    {
        Varint(((ulong)field << 3) | Fixed32);
        BitConverter.TryWriteBytes(_buffer.GetSpan(4), value);
        _buffer.Advance(4);
        return this;
    }

    /// <summary>Writes a text field.</summary>
    public ProtobufWriter Text(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

    /// <summary>Writes a field of bytes.</summary>
    public ProtobufWriter Bytes(int field, ReadOnlySpan<byte> value)
    {
        Varint(((ulong)field << 3) | LengthDelimited);
        Varint((ulong)value.Length);
        _buffer.Write(value);
        return this;
    }

    /// <summary>Writes a nested message.</summary>
    public ProtobufWriter Message(int field, ProtobufWriter message) => Bytes(field, message.Written);

    /// <summary>Writes a field as it stood in another file.</summary>
    public ProtobufWriter Raw(ReadOnlySpan<byte> field)
    {
        _buffer.Write(field);
        return this;
    }

    private void Varint(ulong value)
    {
        while (value >= 0x80)
        {
            Byte((byte)(value | 0x80));
            value >>= 7;
        }

        Byte((byte)value);
    }

    private void Byte(byte value)
    {
        _buffer.GetSpan(1)[0] = value;
        _buffer.Advance(1);
    }
}
