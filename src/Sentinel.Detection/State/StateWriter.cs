using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Sentinel.Detection.State;

/// <summary>Writes values one after another into a buffer that grows; what <see cref="StateReader"/> reads.</summary>
internal sealed class StateWriter
{
    private const int FewBits = 7;

    private byte[] _bytes = new byte[1024];

    /// <summary>Bytes written.</summary>
    public int Length { get; private set; }

    /// <summary>What was written; valid until the next write.</summary>
    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    /// <summary>Forgets what was written and keeps the room.</summary>
    public void Clear() => Length = 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void PutByte(byte value)
    {
        var (bytes, length) = (_bytes, Length);
        if ((uint)length < (uint)bytes.Length)
        {
            bytes[length] = value;
            Length = length + 1;
        }
        else
        {
            Reserve(1)[0] = value;
        }
    }

    public void PutBool(bool value) => PutByte(value ? (byte)1 : (byte)0);

    public void PutUInt64(ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Reserve(8), value);

    public void PutDouble(double value) => BinaryPrimitives.WriteDoubleLittleEndian(Reserve(8), value);

    public void PutSingle(float value) => BinaryPrimitives.WriteSingleLittleEndian(Reserve(4), value);

    /// <summary>A number of 0 and up, seven bits a byte.</summary>
    public void PutCount(long value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        PutVarInt((ulong)value);
    }

    /// <summary>A number of either sign, small ones in few bytes.</summary>
    public void PutInt64(long value) => PutVarInt((ulong)((value << 1) ^ (value >> 63)));

    /// <summary>
    /// A number that mostly is a whole one of 0 and up: a byte for small ones, else how many bytes and these; any other is
    /// written in full.
    /// </summary>
    public void PutReal(double value)
    {
        var whole = (ulong)double.ConvertToIntegerNative<long>(value); // What does not fit becomes another number.
        if (BitConverter.DoubleToInt64Bits((double)(long)whole) != BitConverter.DoubleToInt64Bits(value))
        {
            PutByte(StateReader.InFull);
            PutDouble(value);
        }
        else if (whole < byte.MaxValue - StateReader.InFull)
        {
            PutByte((byte)(whole + StateReader.InFull + 1));
        }
        else
        {
            var count = (71 - BitOperations.LeadingZeroCount(whole)) >> 3;
            var bytes = Reserve(1 + sizeof(ulong));
            bytes[0] = (byte)count;
            BinaryPrimitives.WriteUInt64LittleEndian(bytes[1..], whole);
            Length -= sizeof(ulong) - count;
        }
    }

    /// <summary>Bits of which mostly few are set: how many there are and where, or all.</summary>
    public void PutBits(ulong bits)
    {
        var count = BitOperations.PopCount(bits);
        if (count > FewBits)
        {
            PutByte(byte.MaxValue);
            PutUInt64(bits);
            return;
        }

        PutByte((byte)count);
        for (; bits != 0; bits &= bits - 1)
        {
            PutByte((byte)BitOperations.TrailingZeroCount(bits));
        }
    }

    public void PutBytes(ReadOnlySpan<byte> bytes)
    {
        PutCount(bytes.Length);
        PutRaw(bytes);
    }

    public void PutText(string text) => PutBytes(Encoding.UTF8.GetBytes(text));

    /// <summary>Keys of which many are 0: a mask of those that are not, then these. At most 8.</summary>
    public void PutSparse(ReadOnlySpan<ulong> keys)
    {
        var mask = 0;
        for (var i = 0; i < keys.Length; i++)
        {
            mask |= keys[i] == 0 ? 0 : 1 << i;
        }

        PutByte((byte)mask);
        foreach (var key in keys)
        {
            if (key != 0)
            {
                PutUInt64(key);
            }
        }
    }

    public void PutSingles(ReadOnlySpan<float> values) => PutRaw(MemoryMarshal.AsBytes(values));

    /// <summary>Short keys of which many are 0: a mask of those that are not, then these. At most 8.</summary>
    public void PutSparse(ReadOnlySpan<uint> keys)
    {
        var mask = 0;
        for (var i = 0; i < keys.Length; i++)
        {
            mask |= keys[i] == 0 ? 0 : 1 << i;
        }

        PutByte((byte)mask);
        foreach (var key in keys)
        {
            if (key != 0)
            {
                BinaryPrimitives.WriteUInt32LittleEndian(Reserve(sizeof(uint)), key);
            }
        }
    }

    /// <summary>At most 16 bytes of which most are 0: two bytes that say which are not, and those.</summary>
    public void PutSparseBytes(ReadOnlySpan<byte> values)
    {
        var mask = 0;
        for (var i = 0; i < values.Length; i++)
        {
            mask |= values[i] == 0 ? 0 : 1 << i;
        }

        PutByte((byte)mask);
        PutByte((byte)(mask >> 8));
        foreach (var value in values)
        {
            if (value != 0)
            {
                PutByte(value);
            }
        }
    }

    /// <summary>Numbers that mostly are whole and small: as many bits each as the largest takes, where all of them are.</summary>
    public void PutWholes(ReadOnlySpan<float> values)
    {
        var (areWhole, all) = (true, 0u);
        foreach (var value in values)
        {
            var whole = float.ConvertToIntegerNative<int>(value); // What does not fit becomes another number.
            areWhole &= BitConverter.SingleToInt32Bits((float)whole) == BitConverter.SingleToInt32Bits(value);
            all |= ZigZag(whole);
        }

        var bits = 32 - BitOperations.LeadingZeroCount(all);
        if (!areWhole || bits > StateReader.WholeBitsMax)
        {
            PutByte(byte.MaxValue);
            PutSingles(values);
            return;
        }

        PutByte((byte)bits);
        var to = Reserve(((values.Length * bits) + 7) / 8);
        var (held, count, next) = (0UL, 0, 0);
        foreach (var value in values)
        {
            held |= (ulong)ZigZag(float.ConvertToIntegerNative<int>(value)) << count;
            for (count += bits; count >= 8; count -= 8)
            {
                to[next++] = (byte)held;
                held >>= 8;
            }
        }

        if (count > 0)
        {
            to[next] = (byte)held;
        }
    }

    /// <summary>Whole steps of a number.</summary>
    /// <param name="value">The number, whole when multiplied.</param>
    /// <param name="stepsPerOne">Steps.</param>
    public void PutSteps(double value, int stepsPerOne) => PutInt64((long)(value * stepsPerOne));

    /// <summary>The lower 24 bits.</summary>
    public void PutTag(uint tag)
    {
        PutByte((byte)tag);
        PutByte((byte)(tag >> 8));
        PutByte((byte)(tag >> 16));
    }

    /// <summary>Bytes without their number.</summary>
    public void PutRaw(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Reserve(bytes.Length));

    private static uint ZigZag(int value) => (uint)((value << 1) ^ (value >> 31));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void PutVarInt(ulong value)
    {
        while (value >= 0x80)
        {
            PutByte((byte)(value | 0x80));
            value >>= 7;
        }

        PutByte((byte)value);
    }

    private Span<byte> Reserve(int count)
    {
        if (_bytes.Length - Length < count)
        {
            Array.Resize(ref _bytes, (int)BitOperations.RoundUpToPowerOf2((uint)(Length + count)));
        }

        var span = _bytes.AsSpan(Length, count);
        Length += count;
        return span;
    }
}
