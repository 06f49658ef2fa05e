using System.Buffers.Binary;

namespace Sentinel.Detection.Exchanges;

/// <summary>How a Protobuf field's value is laid out.</summary>
public enum WireType : byte
{
    /// <summary>A number of up to 64 bits in as many bytes as it needs.</summary>
    Varint = 0,

    /// <summary>Eight bytes.</summary>
    Fixed64 = 1,

    /// <summary>Bytes with their length before them: text, bytes, a message, numbers in a row.</summary>
    Bytes = 2,

    /// <summary>Where a group of fields begins.</summary>
    GroupStart = 3,

    /// <summary>Where it ends.</summary>
    GroupEnd = 4,

    /// <summary>Four bytes.</summary>
    Fixed32 = 5,
}

/// <summary>
/// Walks over the wire form of a Protobuf message. After anything that makes no sense <see cref="IsBroken"/> holds,
/// nothing more is read and what is returned is empty: bytes from outside never throw. The one reader of this form: exchanges,
/// Envoy's questions and the graphs of models are all read with it.
/// </summary>
/// <param name="bytes">The message.</param>
public ref struct WireReader(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _end = bytes.Length;

    /// <summary>Next byte, or where the bytes stopped making sense.</summary>
    public int Position { get; private set; }

    /// <summary>Whether the bytes are no message.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Whether the message at hand has bytes left that make sense.</summary>
    public readonly bool HasMore => !IsBroken && Position < _end;

    /// <summary>First byte of the value or tag read last.</summary>
    public int Start { get; private set; }

    /// <summary>Moves to the next field of the message at hand; false at its end.</summary>
    public bool TryNext(out int field, out WireType type)
    {
        field = 0;
        type = WireType.Varint;
        if (IsBroken || Position == _end)
        {
            return false;
        }

        var start = Position;
        var tag = ReadVarint();
        Start = start;
        type = (WireType)(tag & 7);
        field = (int)Math.Min(tag >> 3, int.MaxValue);
        if (IsBroken || field == 0 || tag > uint.MaxValue || type > WireType.Fixed32)
        {
            Break(start);
        }

        return !IsBroken;
    }

    /// <summary>A number of up to 64 bits.</summary>
    public ulong ReadVarint()
    {
        const int LengthMax = 10;
        Start = Position;
        var value = 0UL;
        for (var shift = 0; shift < 7 * LengthMax; shift += 7)
        {
            if (Position == _end)
            {
                break;
            }

            var item = _bytes[Position++];
            value |= (ulong)(item & 0x7F) << shift;
            if (item < 0x80)
            {
                return value;
            }
        }

        Break(Start);
        return 0;
    }

    /// <summary>Four bytes.</summary>
    public uint ReadFixed32()
    {
        var value = Take(sizeof(uint));
        return value.IsEmpty ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(value);
    }

    /// <summary>Eight bytes.</summary>
    public ulong ReadFixed64()
    {
        var value = Take(sizeof(ulong));
        return value.IsEmpty ? 0 : BinaryPrimitives.ReadUInt64LittleEndian(value);
    }

    /// <summary>Bytes with their length before them.</summary>
    public ReadOnlySpan<byte> ReadBytes()
    {
        var length = ReadVarint();
        return Take((int)Math.Min(length, int.MaxValue));
    }

    /// <summary>Goes into a message that is a field's value.</summary>
    /// <returns>What <see cref="Leave"/> needs.</returns>
    public int Enter()
    {
        var outer = _end;
        var length = ReadVarint();
        if (length > (ulong)(_end - Position))
        {
            Break(Position);
        }
        else
        {
            _end = Position + (int)length;
        }

        return outer;
    }

    /// <summary>Goes out of a message, whether or not it was read to its end.</summary>
    public void Leave(int outer)
    {
        Position = IsBroken ? Position : _end;
        _end = outer;
    }

    /// <summary>Passes over a value, of a group also over what is in it.</summary>
    public void Skip(int field, WireType type)
    {
        switch (type)
        {
            case WireType.Varint:
                ReadVarint();
                break;
            case WireType.Fixed64:
                Take(sizeof(ulong));
                break;
            case WireType.Bytes:
                ReadBytes();
                break;
            case WireType.Fixed32:
                Take(sizeof(uint));
                break;
            default:
                SkipGroup(field, type);
                break;
        }
    }

    // Groups nest without lengths, so their ends are matched on a stack of bounded depth instead of by recursion.
    private void SkipGroup(int field, WireType type)
    {
        Span<int> open = stackalloc int[ExchangeDecoder.DepthMax];
        var depth = 0;
        var start = Start;
        while (!IsBroken)
        {
            if (type == WireType.GroupStart && depth < open.Length)
            {
                open[depth++] = field;
            }
            else if (type == WireType.GroupEnd && depth > 0 && open[depth - 1] == field)
            {
                depth--;
            }
            else if (type is WireType.GroupStart or WireType.GroupEnd)
            {
                Break(start);
            }
            else
            {
                Skip(field, type);
            }

            if (depth == 0)
            {
                return;
            }

            if (!TryNext(out field, out type))
            {
                Break(Position);
            }
        }
    }

    private ReadOnlySpan<byte> Take(int length)
    {
        if (IsBroken || length > _end - Position)
        {
            Break(Position);
            return default;
        }

        Start = Position;
        Position += length;
        return _bytes.Slice(Start, length);
    }

    private void Break(int position)
    {
        Position = IsBroken ? Position : position;
        IsBroken = true;
    }
}
