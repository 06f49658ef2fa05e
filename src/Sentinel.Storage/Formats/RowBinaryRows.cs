using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Sentinel.Storage.Formats;

// Rows being filled in RowBinary format. Nothing is allocated once the buffer has grown to the size of a usual block.
internal sealed class RowBinaryRows
{
    private const int FirstBytes = 4096;

    private readonly int _bytesMax;
    private byte[] _bytes = new byte[FirstBytes];
    private int _length;

    public RowBinaryRows(int bytesMax) => _bytesMax = bytesMax;

    public int RowCount { get; private set; }

    public ReadOnlyMemory<byte> Body => _bytes.AsMemory(0, _length);

    public void EndRow() => RowCount++;

    public void Clear() => RowCount = _length = 0;

    public void Put<T>(T value)
        where T : unmanaged
    {
        Reserve(Unsafe.SizeOf<T>());
        Unsafe.WriteUnaligned(ref _bytes[_length], value);
        _length += Unsafe.SizeOf<T>();
    }

    public void PutText(string? text)
    {
        var length = text is null ? 0 : Encoding.UTF8.GetByteCount(text);
        PutCount(length);
        Reserve(length);
        _length += Encoding.UTF8.GetBytes(text, _bytes.AsSpan(_length));
    }

    public void PutTime(DateTimeOffset time) => Put(time.ToUnixTimeMilliseconds());

    // ClickHouse's mark of absence comes before the value: 1 for NULL, without a value.
    public void PutTime(DateTimeOffset? time)
    {
        Put((byte)(time is null ? 1 : 0));
        if (time is { } known)
        {
            PutTime(known);
        }
    }

    public void PutNumber(long? number)
    {
        Put((byte)(number is null ? 1 : 0));
        if (number is { } known)
        {
            Put(known);
        }
    }

    public void PutCount(int count)
    {
        Reserve(VarInt.BytesMax);
        _length += VarInt.Write(_bytes.AsSpan(_length), (ulong)count);
    }

    /// <summary>An array of values in their own bytes, such as enums of one byte.</summary>
    public void PutArray<T>(ImmutableArray<T> items)
        where T : unmanaged
    {
        var bytes = MemoryMarshal.AsBytes(items.AsSpan());
        PutCount(items.Length);
        Reserve(bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(_length));
        _length += bytes.Length;
    }

    private void Reserve(int more)
    {
        var wanted = (long)_length + more;
        if (wanted > _bytesMax)
        {
            throw new InvalidOperationException($"One block of a table holds at most {_bytesMax} bytes.");
        }

        if (_bytes.Length < wanted)
        {
            Array.Resize(ref _bytes, (int)Math.Min(_bytesMax, Math.Max(wanted, 2L * _bytes.Length)));
        }
    }
}
