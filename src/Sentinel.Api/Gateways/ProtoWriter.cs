using System.Buffers.Binary;
using System.Text;

namespace Sentinel.Api.Gateways;

/// <summary>
/// Writes a Protobuf message from its end to its beginning, so that the length of what is inside is known when it has
/// to
/// be written. The caller has seen to it that there is room.
/// </summary>
internal ref struct ProtoWriter(Span<byte> space)
{
    private const int Varint = 0;
    private const int Fixed64 = 1;
    private const int Delimited = 2;

    private readonly Span<byte> _space = space;
    private int _start = space.Length;

    /// <summary>Bytes written; they stand at the end of the space.</summary>
    public readonly int Length => _space.Length - _start;

    public void Text(int field, ReadOnlySpan<char> ascii)
    {
        _start -= ascii.Length;
        Encoding.ASCII.GetBytes(ascii, _space[_start..]);
        Head(field, Delimited, ascii.Length);
    }

    public void Bytes(int field, ReadOnlySpan<byte> value)
    {
        _start -= value.Length;
        value.CopyTo(_space[_start..]);
        Head(field, Delimited, value.Length);
    }

    public void Number(int field, int value)
    {
        Raw((uint)value);
        Raw((uint)((field << 3) | Varint));
    }

    public void Double(int field, double value)
    {
        _start -= sizeof(double);
        BinaryPrimitives.WriteDoubleLittleEndian(_space[_start..], value);
        Raw((uint)((field << 3) | Fixed64));
    }

    /// <summary>Closes a message whose fields were written since <see cref="Length"/> was
    /// <paramref name="before"/>.</summary>
    public void Message(int field, int before) => Head(field, Delimited, Length - before);

    private void Head(int field, int type, int length)
    {
        Raw((uint)length);
        Raw((uint)((field << 3) | type));
    }

    private void Raw(uint value)
    {
        var bytes = 1;
        for (var rest = value >> 7; rest > 0; rest >>= 7)
        {
            bytes++;
        }

        _start -= bytes;
        for (var i = 0; i < bytes; i++)
        {
            _space[_start + i] = (byte)((value & 0x7F) | (i == bytes - 1 ? 0u : 0x80u));
            value >>= 7;
        }
    }
}
