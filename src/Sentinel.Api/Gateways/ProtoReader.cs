using Sentinel.Detection.Exchanges;

namespace Sentinel.Api.Gateways;

/// <summary>
/// Walks over the fields of one Protobuf message that have bytes for a value, and passes over all others. After anything that
/// makes no sense <see cref="IsBroken"/> holds and nothing more is read: bytes from outside never throw.
/// </summary>
internal ref struct ProtoReader(ReadOnlySpan<byte> bytes)
{
    private WireReader _reader = new(bytes);

    /// <summary>Whether the bytes are no message.</summary>
    public readonly bool IsBroken => _reader.IsBroken;

    /// <summary>Moves to the next field that has bytes for a value; false at the end.</summary>
    public bool TryNext(out int field, out ReadOnlySpan<byte> value)
    {
        value = default;
        while (_reader.TryNext(out field, out var type))
        {
            if (type == WireType.Bytes)
            {
                value = _reader.ReadBytes();
                return !IsBroken;
            }

            _reader.Skip(field, type);
        }

        return false;
    }
}
