using System.Runtime.CompilerServices;
using System.Text;

namespace Sentinel.Storage.Formats;

/// <summary>Name and type of a column as a block names them.</summary>
/// <param name="Name">The column.</param>
/// <param name="Type">ClickHouse's name of the type.</param>
/// <param name="Width">Bytes of one value; 0 for texts and <see cref="ArrayOfKeys"/> for arrays of UInt64.</param>
internal readonly record struct ColumnShape(string Name, string Type, int Width)
{
    public const int Text = 0;
    public const int ArrayOfKeys = -1;
}

// A column being filled for a block in Native format: its values one after another. Texts carry their length before
// them. Of an array the ends come first for all rows and then the items, hence two buffers.
internal sealed class NativeColumn
{
    private const int FirstBytes = 4096;

    private readonly byte[] _header;
    private readonly int _bytesMax;
    private byte[] _bytes = new byte[FirstBytes];
    private int _length;
    private byte[] _items = [];
    private int _itemsLength;

    public NativeColumn(ColumnShape shape, int bytesMax)
    {
        _header = HeaderOf(shape);
        _bytesMax = bytesMax;
    }

    /// <summary>Bytes held.</summary>
    public int Length => _length + _itemsLength;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Put<T>(T value)
        where T : unmanaged
    {
        if (_bytes.Length - _length < Unsafe.SizeOf<T>())
        {
            Grow(ref _bytes, _length, Unsafe.SizeOf<T>());
        }

        Unsafe.WriteUnaligned(ref _bytes[_length], value);
        _length += Unsafe.SizeOf<T>();
    }

    public void PutBytes(ReadOnlySpan<byte> bytes)
    {
        if (_bytes.Length - _length < bytes.Length)
        {
            Grow(ref _bytes, _length, bytes.Length);
        }

        bytes.CopyTo(_bytes.AsSpan(_length));
        _length += bytes.Length;
    }

    public void PutText(ReadOnlySpan<byte> utf8)
    {
        if (_bytes.Length - _length < utf8.Length + VarInt.BytesMax)
        {
            Grow(ref _bytes, _length, utf8.Length + VarInt.BytesMax);
        }

        _length += VarInt.Write(_bytes.AsSpan(_length), (ulong)utf8.Length);
        utf8.CopyTo(_bytes.AsSpan(_length));
        _length += utf8.Length;
    }

    public void PutArray(ReadOnlySpan<ulong> keys)
    {
        var bytes = System.Runtime.InteropServices.MemoryMarshal.AsBytes(keys);
        if (_items.Length - _itemsLength < bytes.Length)
        {
            Grow(ref _items, _itemsLength, bytes.Length);
        }

        bytes.CopyTo(_items.AsSpan(_itemsLength));
        _itemsLength += bytes.Length;
        Put((ulong)_itemsLength / sizeof(ulong));
    }

    /// <summary>Adds the column's pieces to the body of an insert.</summary>
    public void AddTo(List<ReadOnlyMemory<byte>> body)
    {
        body.Add(_header);
        body.Add(_bytes.AsMemory(0, _length));
        if (_itemsLength > 0)
        {
            body.Add(_items.AsMemory(0, _itemsLength));
        }
    }

    /// <summary>Forgets the values and keeps the room.</summary>
    public void Clear() => _length = _itemsLength = 0;

    private static byte[] HeaderOf(ColumnShape shape)
    {
        var name = Encoding.UTF8.GetBytes(shape.Name);
        var type = Encoding.UTF8.GetBytes(shape.Type);
        return [(byte)name.Length, .. name, (byte)type.Length, .. type];
    }

    private void Grow(ref byte[] bytes, int length, int more)
    {
        var wanted = (long)length + more;
        if (wanted > _bytesMax)
        {
            throw new InvalidOperationException($"A column of one block holds at most {_bytesMax} bytes.");
        }

        Array.Resize(ref bytes, (int)Math.Min(_bytesMax, Math.Max(FirstBytes, Math.Max(wanted, 2L * bytes.Length))));
    }
}

/// <summary>Numbers in seven bits a byte, the low ones first.</summary>
internal static class VarInt
{
    /// <summary>Longest number.</summary>
    public const int BytesMax = 10;

    /// <summary>Writes a number; gives its length.</summary>
    public static int Write(Span<byte> to, ulong value)
    {
        var length = 0;
        while (value >= 0x80)
        {
            to[length++] = (byte)(value | 0x80);
            value >>= 7;
        }

        to[length++] = (byte)value;
        return length;
    }

    /// <summary>Reads a number and moves past it.</summary>
    public static ulong Read(ReadOnlySpan<byte> from, ref int position)
    {
        var value = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var item = from[position++];
            value |= (ulong)(item & 0x7F) << shift;
            if (item < 0x80)
            {
                return value;
            }
        }

        throw new InvalidDataException("A number of a block is longer than 64 bits.");
    }
}
