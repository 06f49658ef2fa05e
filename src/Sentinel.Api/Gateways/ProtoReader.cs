namespace Sentinel.Api.Gateways;

/// <summary>
/// Walks over the fields of one Protobuf message; of numbers it only knows how to pass over them. After anything that
/// makes no sense <see cref="IsBroken"/> holds and nothing more is read: bytes from outside never throw.
/// </summary>
internal ref struct ProtoReader(ReadOnlySpan<byte> bytes)
{
    private const int Varint = 0;
    private const int Fixed64 = 1;
    private const int Delimited = 2;
    private const int Fixed32 = 5;

    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>Whether the bytes are no message.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Moves to the next field that has bytes for a value; false at the end.</summary>
    public bool TryNext(out int field, out ReadOnlySpan<byte> value)
    {
        value = default;
        field = 0;
        while (!IsBroken && !_rest.IsEmpty)
        {
            var tag = ReadVarint();
            field = (int)Math.Min(tag >> 3, int.MaxValue);
            IsBroken |= field == 0;
            switch ((int)(tag & 7))
            {
                case Delimited:
                    value = Take(ReadVarint());
                    return !IsBroken;
                case Varint:
                    ReadVarint();
                    break;
                case Fixed64:
                    Take(sizeof(ulong));
                    break;
                case Fixed32:
                    Take(sizeof(uint));
                    break;
                default:
                    IsBroken = true; // Groups: no message of Envoy's has one.
                    break;
            }
        }

        return false;
    }

    private ulong ReadVarint()
    {
        const int BytesMax = 10;
        var value = 0UL;
        for (var i = 0; i < Math.Min(BytesMax, _rest.Length); i++)
        {
            value |= (ulong)(_rest[i] & 0x7F) << (7 * i);
            if (_rest[i] < 0x80)
            {
                _rest = _rest[(i + 1)..];
                return value;
            }
        }

        IsBroken = true;
        return 0;
    }

    private ReadOnlySpan<byte> Take(ulong length)
    {
        if (IsBroken || length > (ulong)_rest.Length)
        {
            IsBroken = true;
            return default;
        }

        var taken = _rest[..(int)length];
        _rest = _rest[(int)length..];
        return taken;
    }
}
