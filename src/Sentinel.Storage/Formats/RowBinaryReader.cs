using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text;

namespace Sentinel.Storage.Formats;

/// <summary>Reads a result in RowBinary format, value by value in the order of the query's columns.</summary>
internal ref struct RowBinaryReader(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _position;

    /// <summary>Whether all rows are read.</summary>
    public readonly bool IsAtEnd => _position == _bytes.Length;

    public T Take<T>()
        where T : unmanaged
    {
        var value = Unsafe.ReadUnaligned<T>(in _bytes.Slice(_position, Unsafe.SizeOf<T>())[0]);
        _position += Unsafe.SizeOf<T>();
        return value;
    }

    public string TakeText()
    {
        var length = TakeCount();
        var text = Encoding.UTF8.GetString(_bytes.Slice(_position, length));
        _position += length;
        return text;
    }

    /// <summary>A text where the empty one stands for none.</summary>
    public string? TakeTextOrNone() => TakeText() is { Length: > 0 } text ? text : null;

    public DateTimeOffset TakeTime() => ToTime(Take<long>());

    public DateTimeOffset? TakeTimeOrNull() => Take<byte>() == 1 ? null : TakeTime();

    public long? TakeNumberOrNull() => Take<byte>() == 1 ? null : Take<long>();

    /// <summary>Days since 1970 in two bytes.</summary>
    public DateOnly TakeDate() => DateOnly.FromDayNumber(new DateOnly(1970, 1, 1).DayNumber + Take<ushort>());

    public int TakeCount() => checked((int)VarInt.Read(_bytes, ref _position));

    public ImmutableArray<T> TakeArray<T>()
        where T : unmanaged
    {
        var items = ImmutableArray.CreateBuilder<T>(TakeCount());
        while (items.Count < items.Capacity)
        {
            items.Add(Take<T>());
        }

        return items.MoveToImmutable();
    }

    public ImmutableArray<string> TakeTexts()
    {
        var items = ImmutableArray.CreateBuilder<string>(TakeCount());
        while (items.Count < items.Capacity)
        {
            items.Add(TakeText());
        }

        return items.MoveToImmutable();
    }

    // Stored times are any 64-bit number; those that .NET cannot name become the first or the last that it can.
    private static DateTimeOffset ToTime(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(
        Math.Clamp(
            milliseconds,
            DateTimeOffset.MinValue.ToUnixTimeMilliseconds(),
            DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()));
}
