using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Sentinel.Detection.State;

/// <summary>
/// Reads what <see cref="StateWriter"/> wrote. Bytes that end too early or say something impossible are an
/// <see cref="InvalidDataException"/>, never anything else.
/// </summary>
internal ref struct StateReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>Whether all is read.</summary>
    public readonly bool IsAtEnd => _rest.IsEmpty;

    /// <summary>Bytes not read yet.</summary>
    public readonly int Remaining => _rest.Length;

    public byte TakeByte() => TakeRaw(1)[0];

    public bool TakeBool() => TakeByte() != 0;

    public ulong TakeUInt64() => BinaryPrimitives.ReadUInt64LittleEndian(TakeRaw(8));

    public double TakeDouble() => BinaryPrimitives.ReadDoubleLittleEndian(TakeRaw(8));

    public float TakeSingle() => BinaryPrimitives.ReadSingleLittleEndian(TakeRaw(4));

    public long TakeLong()
    {
        var value = TakeVarInt();
        return value <= long.MaxValue ? (long)value : throw Broken();
    }

    public int TakeCount()
    {
        var value = TakeVarInt();
        return value <= int.MaxValue ? (int)value : throw Broken();
    }

    /// <summary>A number of items that take at least so many bytes each: never more than there can be.</summary>
    public int TakeCountOf(int itemBytesMin)
    {
        var count = TakeCount();
        return (long)count * itemBytesMin <= _rest.Length ? count : throw Broken();
    }

    public long TakeInt64()
    {
        var zigzag = TakeVarInt();
        return (long)(zigzag >> 1) ^ -(long)(zigzag & 1);
    }

    public ReadOnlySpan<byte> TakeBytes() => TakeRaw(TakeCount());

    public string TakeText() => Encoding.UTF8.GetString(TakeBytes());

    public void TakeSparse(scoped Span<ulong> keys)
    {
        var mask = TakeByte();
        for (var i = 0; i < keys.Length; i++)
        {
            keys[i] = (mask & (1 << i)) == 0 ? 0 : TakeUInt64();
        }
    }

    public void TakeSingles(scoped Span<float> values) =>
        TakeRaw(values.Length * sizeof(float)).CopyTo(MemoryMarshal.AsBytes(values));

    public ReadOnlySpan<byte> TakeRaw(int count)
    {
        if (count > _rest.Length)
        {
            throw Broken();
        }

        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }

    private ulong TakeVarInt()
    {
        var value = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var item = TakeByte();
            value |= (ulong)(item & 0x7F) << shift;
            if (item < 0x80)
            {
                return value;
            }
        }

        throw Broken();
    }

    private static InvalidDataException Broken() => new("The bytes end early or are no state of this program.");
}
