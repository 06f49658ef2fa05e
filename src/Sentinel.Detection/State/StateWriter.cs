using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;

namespace Sentinel.Detection.State;

/// <summary>Writes values one after another into a buffer that grows; what <see cref="StateReader"/> reads.</summary>
internal sealed class StateWriter
{
    private byte[] _bytes = new byte[1024];

    /// <summary>Bytes written.</summary>
    public int Length { get; private set; }

    /// <summary>What was written; valid until the next write.</summary>
    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    /// <summary>Forgets what was written and keeps the room.</summary>
    public void Clear() => Length = 0;

    public void PutByte(byte value) => Reserve(1)[0] = value;

    public void PutBool(bool value) => PutByte(value ? (byte)1 : (byte)0);

    public void PutUInt64(ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Reserve(8), value);

    public void PutDouble(double value) => BinaryPrimitives.WriteDoubleLittleEndian(Reserve(8), value);

    public void PutSingle(float value) => BinaryPrimitives.WriteSingleLittleEndian(Reserve(4), value);

    /// <summary>A number of 0 and up, seven bits a byte.</summary>
    public void PutCount(long value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        var rest = (ulong)value;
        while (rest >= 0x80)
        {
            PutByte((byte)(rest | 0x80));
            rest >>= 7;
        }

        PutByte((byte)rest);
    }

    /// <summary>A number of either sign, small ones in few bytes.</summary>
    public void PutInt64(long value)
    {
        var zigzag = (ulong)((value << 1) ^ (value >> 63));
        while (zigzag >= 0x80)
        {
            PutByte((byte)(zigzag | 0x80));
            zigzag >>= 7;
        }

        PutByte((byte)zigzag);
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

    /// <summary>Bytes without their number.</summary>
    public void PutRaw(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Reserve(bytes.Length));

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
