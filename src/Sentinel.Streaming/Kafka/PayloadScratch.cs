using Confluent.Kafka;

namespace Sentinel.Streaming.Kafka;

/// <summary>
/// Where the client's deserialiser puts a record's key and value until it is known whose partition they are. The client
/// frees its own copy at once and would make an array of each otherwise. Owned by the polling thread.
/// </summary>
internal sealed class PayloadScratch(int valueBytesMax) : IDeserializer<PayloadSlice>
{
    private const int KeptBytesMax = 256 << 10;

    private byte[] _bytes = new byte[KeptBytesMax];
    private int _length;

    /// <summary>Forgets the record before.</summary>
    public void Clear()
    {
        _length = 0;
        if (_bytes.Length > KeptBytesMax + valueBytesMax)
        {
            _bytes = new byte[KeptBytesMax];
        }
    }

    public ReadOnlySpan<byte> this[PayloadSlice slice] => _bytes.AsSpan(slice.Start, slice.Length);

    public PayloadSlice Deserialize(ReadOnlySpan<byte> data, bool isNull, SerializationContext context)
    {
        // What is too long keeps one byte more than is allowed, by which its reader knows.
        var kept = data[..Math.Min(data.Length, valueBytesMax + 1)];
        if (_bytes.Length - _length < kept.Length)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + kept.Length));
        }

        kept.CopyTo(_bytes.AsSpan(_length));
        var slice = new PayloadSlice(_length, kept.Length, isNull);
        _length += kept.Length;
        return slice;
    }
}

/// <summary>Where a key or value lies in the scratch.</summary>
internal readonly record struct PayloadSlice(int Start, int Length, bool IsNull);
