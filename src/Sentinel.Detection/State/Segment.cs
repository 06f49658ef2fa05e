namespace Sentinel.Detection.State;

/// <summary>What a record of a segment is.</summary>
internal enum SegmentRecord : byte
{
    /// <summary>The value of a key; a later one takes its place, an empty one deletes it.</summary>
    Keyed = 1,

    /// <summary>Items appended to a log that remembers two generations of so many.</summary>
    Log = 2,

    /// <summary>A value of which there is one; a later one takes its place.</summary>
    Single = 3,
}

/// <summary>
/// Writes changes of a stage's state as segments: blocks of records of which later ones take the place of earlier
/// ones, so that a state is all its segments read in order. A new segment begins when one is full. Owned by one thread.
/// </summary>
public sealed class SegmentWriter
{
    /// <summary>A segment takes no further record once it holds so many bytes.</summary>
    public const int SegmentBytesTarget = 32 << 20;

    private readonly StateWriter _writer = new();
    private readonly List<byte[]> _full = [];

    /// <summary>Bytes written so far.</summary>
    public long Length { get; private set; }

    /// <summary>Ends the last segment and hands all over.</summary>
    public IReadOnlyList<byte[]> Finish()
    {
        if (_writer.Length > 0)
        {
            Rotate();
        }

        return _full;
    }

    internal void Keyed(byte section, ulong key, ReadOnlySpan<byte> value)
    {
        _writer.PutByte((byte)SegmentRecord.Keyed);
        _writer.PutByte(section);
        _writer.PutUInt64(key);
        _writer.PutBytes(value);
        RotateIfFull();
    }

    internal void Log(byte section, long start, int itemBytes, int generationMax, ReadOnlySpan<byte> items)
    {
        var itemsMax = SegmentBytesTarget / itemBytes;
        for (var at = 0; at < items.Length; at += itemsMax * itemBytes)
        {
            _writer.PutByte((byte)SegmentRecord.Log);
            _writer.PutByte(section);
            _writer.PutCount(start + (at / itemBytes));
            _writer.PutCount(itemBytes);
            _writer.PutCount(generationMax);
            _writer.PutBytes(items.Slice(at, Math.Min(itemsMax * itemBytes, items.Length - at)));
            RotateIfFull();
        }
    }

    internal void Single(byte section, ReadOnlySpan<byte> value)
    {
        _writer.PutByte((byte)SegmentRecord.Single);
        _writer.PutByte(section);
        _writer.PutBytes(value);
        RotateIfFull();
    }

    private void RotateIfFull()
    {
        if (_writer.Length >= SegmentBytesTarget)
        {
            Rotate();
        }
    }

    private void Rotate()
    {
        _full.Add(_writer.Written.ToArray());
        Length += _writer.Length;
        _writer.Clear();
    }
}

/// <summary>Gets the records of segments in their order. Spans are valid during the call.</summary>
internal interface ISegmentVisitor
{
    void Keyed(byte section, ulong key, ReadOnlySpan<byte> value);

    void Log(byte section, long start, int itemBytes, int generationMax, ReadOnlySpan<byte> items);

    void Single(byte section, ReadOnlySpan<byte> value);
}

/// <summary>Reads segments.</summary>
internal static class SegmentReader
{
    /// <summary>Hands the records of one segment over.</summary>
    /// <exception cref="InvalidDataException">The bytes are no segment.</exception>
    public static void Read(ReadOnlySpan<byte> segment, ISegmentVisitor visitor)
    {
        var reader = new StateReader(segment);
        while (!reader.IsAtEnd)
        {
            var record = (SegmentRecord)reader.TakeByte();
            var section = reader.TakeByte();
            switch (record)
            {
                case SegmentRecord.Keyed:
                    visitor.Keyed(section, reader.TakeUInt64(), reader.TakeBytes());
                    break;
                case SegmentRecord.Log:
                    ReadLog(section, ref reader, visitor);
                    break;
                case SegmentRecord.Single:
                    visitor.Single(section, reader.TakeBytes());
                    break;
                default:
                    throw new InvalidDataException("A segment holds a record of no known kind.");
            }
        }
    }

    private static void ReadLog(byte section, ref StateReader reader, ISegmentVisitor visitor)
    {
        var (start, itemBytes, generationMax) = (reader.TakeLong(), reader.TakeCount(), reader.TakeCount());
        var items = reader.TakeBytes();
        if (itemBytes == 0 || items.Length % itemBytes != 0)
        {
            throw new InvalidDataException("A log of a segment holds half an item.");
        }

        visitor.Log(section, start, itemBytes, generationMax, items);
    }
}
