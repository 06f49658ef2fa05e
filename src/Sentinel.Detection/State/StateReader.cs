using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Sentinel.Detection.State;

/// <summary>
/// Reads what <see cref="StateWriter"/> wrote. Bytes that end too early or say something impossible are an
/// <see cref="InvalidDataException"/>, never anything else.
/// </summary>
internal ref struct StateReader(ReadOnlySpan<byte> bytes)
{
    /// <summary>What a number begins with that follows in full; less are numbers of so many bytes, more is one by itself.</summary>
    public const byte InFull = sizeof(ulong) + 1;

    /// <summary>Most bits of a number among whole ones: all that a single-precision number can be.</summary>
    public const int WholeBitsMax = 25;

    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _at;

    /// <summary>Whether all is read.</summary>
    public readonly bool IsAtEnd => _at == _bytes.Length;

    /// <summary>Bytes not read yet.</summary>
    public readonly int Remaining => _bytes.Length - _at;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte TakeByte() => (uint)_at < (uint)_bytes.Length ? _bytes[_at++] : throw Broken();

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
        return (long)count * itemBytesMin <= Remaining ? count : throw Broken();
    }

    public long TakeInt64()
    {
        var zigzag = TakeVarInt();
        return (long)(zigzag >> 1) ^ -(long)(zigzag & 1);
    }

    public double TakeReal()
    {
        var first = TakeByte();
        if (first > InFull)
        {
            return first - InFull - 1;
        }

        if (first is InFull or 0)
        {
            return first == InFull ? TakeDouble() : throw Broken();
        }

        if (Remaining >= sizeof(ulong))
        {
            var whole = BinaryPrimitives.ReadInt64LittleEndian(_bytes[_at..]);
            _at += first;
            return whole & (long)(ulong.MaxValue >> (64 - (first * 8)));
        }

        var last = 0L;
        var bytes = TakeRaw(first);
        for (var i = bytes.Length - 1; i >= 0; i--)
        {
            last = (last << 8) | bytes[i];
        }

        return last;
    }

    public ulong TakeBits()
    {
        var count = TakeByte();
        if (count == byte.MaxValue)
        {
            return TakeUInt64();
        }

        var bits = 0UL;
        for (; count > 0; count--)
        {
            bits |= 1UL << (TakeByte() & 63);
        }

        return bits;
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

    public void TakeSparse(scoped Span<uint> keys)
    {
        var mask = TakeByte();
        for (var i = 0; i < keys.Length; i++)
        {
            keys[i] = (mask & (1 << i)) == 0 ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(TakeRaw(sizeof(uint)));
        }
    }

    public void TakeSparseBytes(scoped Span<byte> values)
    {
        var mask = TakeByte() | (TakeByte() << 8);
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = (mask & (1 << i)) == 0 ? (byte)0 : TakeByte();
        }
    }

    public void TakeWholes(scoped Span<float> values)
    {
        int bits = TakeByte();
        if (bits == byte.MaxValue)
        {
            TakeSingles(values);
            return;
        }

        if (bits > WholeBitsMax)
        {
            throw Broken();
        }

        var from = TakeRaw(((values.Length * bits) + 7) / 8);
        var (held, count, next, mask) = (0UL, 0, 0, (1UL << bits) - 1);
        foreach (ref var value in values)
        {
            for (; count < bits; count += 8)
            {
                held |= (ulong)from[next++] << count;
            }

            var zigzag = (uint)(held & mask);
            value = (int)(zigzag >> 1) ^ -(int)(zigzag & 1);
            held >>= bits;
            count -= bits;
        }
    }

    public double TakeSteps(int stepsPerOne) => TakeInt64() / (double)stepsPerOne;

    public uint TakeTag()
    {
        var bytes = TakeRaw(3);
        return (uint)(bytes[0] | (bytes[1] << 8) | (bytes[2] << 16));
    }

    public ReadOnlySpan<byte> TakeRaw(int count)
    {
        if (count > Remaining)
        {
            throw Broken();
        }

        var taken = _bytes.Slice(_at, count);
        _at += count;
        return taken;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong TakeVarInt()
    {
        var first = TakeByte();
        return first < 0x80 ? first : TakeLongVarInt(first);
    }

    private ulong TakeLongVarInt(byte first)
    {
        var value = (ulong)(first & 0x7F);
        for (var shift = 7; shift < 64; shift += 7)
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
