using System.Buffers.Binary;

namespace Sentinel.Streaming.Partitions;

/// <summary>
/// Says within a partition of exchanges that none came until a time, so that other lanes need not wait. That it is in the
/// log, between the exchanges, makes everybody who reads it end the same ticks at the same place. No exchange looks
/// like it: neither JSON nor Protobuf begins with a zero.
/// </summary>
internal static class ClockRecord
{
    private static ReadOnlySpan<byte> Magic => "\0LSTICK\u0001"u8;

    /// <summary>The record's value.</summary>
    /// <param name="beforeMs">All ticks before this time are over, milliseconds since 1970 UTC.</param>
    public static ReadOnlyMemory<byte> Value(long beforeMs)
    {
        var value = new byte[Magic.Length + sizeof(long)];
        Magic.CopyTo(value);
        BinaryPrimitives.WriteInt64LittleEndian(value.AsSpan(Magic.Length), beforeMs);
        return value;
    }

    /// <summary>Whether a record is one. It tells no time later than that at which it was written.</summary>
    public static bool TryRead(in LogRecord record, out long beforeMs)
    {
        var value = record.Value.Span;
        if (value.Length != Magic.Length + sizeof(long) || !value.StartsWith(Magic))
        {
            beforeMs = 0;
            return false;
        }

        beforeMs = BinaryPrimitives.ReadInt64LittleEndian(value[Magic.Length..]);
        if (record.WrittenAtMs > 0)
        {
            beforeMs = Math.Min(beforeMs, record.WrittenAtMs);
        }

        return true;
    }
}
