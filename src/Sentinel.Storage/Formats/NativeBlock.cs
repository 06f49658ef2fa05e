using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text;

namespace Sentinel.Storage.Formats;

// Walks over a block in Native format row by row: one position a column. Reused from block to block.
internal sealed class NativeBlock(ImmutableArray<ColumnShape> shapes)
{
    private readonly int[] _positions = new int[shapes.Length];
    private readonly int[] _ends = new int[shapes.Length];

    /// <summary>Rows of the block.</summary>
    public int RowCount { get; private set; }

    /// <summary>Finds where the columns begin. Gives the position after the block.</summary>
    public int Open(ReadOnlySpan<byte> bytes, int position)
    {
        var columnCount = VarInt.Read(bytes, ref position);
        RowCount = checked((int)VarInt.Read(bytes, ref position));
        if (columnCount != (ulong)shapes.Length)
        {
            throw new InvalidDataException($"A block of {columnCount} columns where {shapes.Length} were asked for.");
        }

        for (var i = 0; i < shapes.Length; i++)
        {
            var name = TextAt(bytes, ref position);
            var type = TextAt(bytes, ref position);
            if (name != shapes[i].Name || type != shapes[i].Type)
            {
                throw new InvalidDataException($"A block with column {name} {type} where {shapes[i]} was asked for.");
            }

            position = Place(bytes, i, position);
        }

        return position;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Take<T>(ReadOnlySpan<byte> bytes, int column)
        where T : unmanaged
    {
        ref var position = ref _positions[column];
        var value = Unsafe.ReadUnaligned<T>(in bytes.Slice(position, Unsafe.SizeOf<T>())[0]);
        position += Unsafe.SizeOf<T>();
        return value;
    }

    public ReadOnlySpan<byte> TakeBytes(ReadOnlySpan<byte> bytes, int column)
    {
        ref var position = ref _positions[column];
        var value = bytes.Slice(position, shapes[column].Width);
        position += value.Length;
        return value;
    }

    public ReadOnlySpan<byte> TakeText(ReadOnlySpan<byte> bytes, int column)
    {
        ref var position = ref _positions[column];
        var length = (int)VarInt.Read(bytes, ref position);
        var value = bytes.Slice(position, length);
        position += length;
        return value;
    }

    /// <summary>The items of an array, unaligned.</summary>
    public int TakeArray(ReadOnlySpan<byte> bytes, int column, Span<ulong> keys)
    {
        // The position walks over the ends; the items begin where the ends stop.
        ref var position = ref _positions[column];
        var itemsStart = _ends[column];
        var first = position == itemsStart - (RowCount * sizeof(ulong))
            ? 0UL
            : Unsafe.ReadUnaligned<ulong>(in bytes[position - sizeof(ulong)]);
        var count = (int)(Take<ulong>(bytes, column) - first);
        for (var i = 0; i < Math.Min(count, keys.Length); i++)
        {
            var at = itemsStart + (((int)first + i) * sizeof(ulong));
            keys[i] = Unsafe.ReadUnaligned<ulong>(in bytes.Slice(at, sizeof(ulong))[0]);
        }

        return Math.Min(count, keys.Length);
    }

    private static string TextAt(ReadOnlySpan<byte> bytes, ref int position)
    {
        var length = (int)VarInt.Read(bytes, ref position);
        var text = Encoding.UTF8.GetString(bytes.Slice(position, length));
        position += length;
        return text;
    }

    private int Place(ReadOnlySpan<byte> bytes, int column, int position)
    {
        _positions[column] = position;
        switch (shapes[column].Width)
        {
            case ColumnShape.Text:
                for (var row = 0; row < RowCount; row++)
                {
                    var length = (int)VarInt.Read(bytes, ref position);
                    position += length;
                }

                return position;
            case ColumnShape.ArrayOfKeys:
                position += RowCount * sizeof(ulong);
                _ends[column] = position;
                return RowCount == 0
                    ? position
                    : position + (sizeof(ulong) * (int)Unsafe.ReadUnaligned<ulong>(
                        in bytes.Slice(position - sizeof(ulong), sizeof(ulong))[0]));
            default:
                return position + (RowCount * shapes[column].Width);
        }
    }
}
