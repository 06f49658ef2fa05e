using System.Buffers;
using Sentinel.Streaming.Partitions;

namespace Sentinel.Streaming.Kafka;

/// <summary>Records of one partition in one rented block of memory. Not thread-safe.</summary>
internal sealed class RecordBatch : IDisposable
{
    /// <summary>Records of a full batch.</summary>
    public const int CountMax = 256;

    /// <summary>Bytes of a full batch; a longer record has one of its own.</summary>
    public const int BytesMax = 1 << 20;

    private readonly LogRecord[] _records = new LogRecord[CountMax];
    private byte[] _bytes = [];

    public int Count { get; private set; }

    public int Bytes { get; private set; }

    public long NextOffset => Count == 0 ? -1 : _records[Count - 1].Offset + 1;

    public ReadOnlyMemory<LogRecord> Records => _records.AsMemory(0, Count);

    public bool Fits(int length) => Count == 0 || (Count < CountMax && Bytes + length <= BytesMax);

    /// <summary>Copies a record that fits.</summary>
    public void Add(
        long offset, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, RecordFormat format, long writtenAtMs)
    {
        if (_bytes.Length == 0)
        {
            _bytes = ArrayPool<byte>.Shared.Rent(Math.Max(BytesMax, key.Length + value.Length));
        }

        var start = Bytes;
        key.CopyTo(_bytes.AsSpan(start));
        value.CopyTo(_bytes.AsSpan(start + key.Length));
        _records[Count++] = new LogRecord(
            offset,
            _bytes.AsMemory(start, key.Length),
            _bytes.AsMemory(start + key.Length, value.Length),
            format,
            writtenAtMs);
        Bytes = start + key.Length + value.Length;
    }

    /// <summary>Gives the memory back; the batch can be filled anew.</summary>
    public void Dispose()
    {
        if (_bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = [];
        }

        Count = 0;
        Bytes = 0;
    }
}
