using System.Buffers;
using System.Buffers.Text;
using System.Runtime.Intrinsics;
using System.Text;

namespace Sentinel.Simulation.Text;

/// <summary>
/// UTF-8 that grows once and is reused from exchange to exchange: plain text, or text as it stands in a JSON string.
/// Owned by one simulator.
/// </summary>
internal sealed class Utf8Buffer(bool isJson)
{
    private const int DayMs = 86_400_000;
    private static readonly int EpochDayNumber = DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;

    private byte[] _bytes = new byte[16 * 1024];

    /// <summary>Whether texts are written with the escapes of a JSON string.</summary>
    public bool IsJson { get; } = isJson;

    /// <summary>Bytes written.</summary>
    public int Length { get; private set; }

    /// <summary>Everything written.</summary>
    public ReadOnlySpan<byte> Span => _bytes.AsSpan(0, Length);

    /// <summary>Forgets everything behind the first <paramref name="length"/> bytes.</summary>
    public void Truncate(int length) => Length = length;

    /// <summary>Adds bytes as they are.</summary>
    public void Add(ReadOnlySpan<byte> utf8)
    {
        utf8.CopyTo(Room(utf8.Length));
        Length += utf8.Length;
    }

    /// <summary>Bytes that must follow the beginning of every word given to <see cref="AddWord"/>.</summary>
    public const int WordBytes = 32;

    /// <summary>
    /// Adds some of the bytes as they are: few of them, as most words have, by one register and without a call.
    /// </summary>
    public void AddWord(byte[] bytes, int start, int length)
    {
        if (length <= WordBytes)
        {
            var room = Room(WordBytes); // What is written behind the word is written over by the next.
            Vector256.Create(bytes.AsSpan(start, WordBytes)).CopyTo(room);
            Length += length;
            return;
        }

        Add(bytes.AsSpan(start, length));
    }

    /// <summary>Adds a text that needs no escapes.</summary>
    public void Add(string text) => Length += Encoding.UTF8.GetBytes(text, Room(text.Length * 3));

    /// <summary>Adds a number in decimal.</summary>
    public void Add(long number)
    {
        Utf8Formatter.TryFormat(number, Room(20), out var written);
        Length += written;
    }

    /// <summary>Adds a number in decimal, as short as it can be told.</summary>
    public void Add(double number)
    {
        Utf8Formatter.TryFormat(number, Room(32), out var written);
        Length += written;
    }

    /// <summary>Adds a key as 16 hexadecimal digits.</summary>
    public void AddHex(ulong key)
    {
        Utf8Formatter.TryFormat(key, Room(16), out _, new StandardFormat('x', 16));
        Length += 16;
    }

    /// <summary>Adds a UTC time with milliseconds: <c>2026-10-05T00:00:00.000Z</c>.</summary>
    public void AddTime(long unixMs)
    {
        var day = Math.DivRem(unixMs, DayMs, out var ms);
        if (ms < 0)
        {
            (day, ms) = (day - 1, ms + DayMs);
        }

        DateOnly.FromDayNumber(EpochDayNumber + (int)day).Deconstruct(out var year, out var month, out var dayOfMonth);
        var room = Room(24);
        TwoDigits(room, year / 100, 0);
        TwoDigits(room[2..], year % 100, (byte)'-');
        TwoDigits(room[5..], month, (byte)'-');
        TwoDigits(room[8..], dayOfMonth, (byte)'T');
        TwoDigits(room[11..], (int)(ms / 3_600_000), (byte)':');
        TwoDigits(room[14..], (int)(ms / 60_000 % 60), (byte)':');
        TwoDigits(room[17..], (int)(ms / 1_000 % 60), (byte)'.');
        var thousandths = (int)(ms % 1_000);
        room[20] = (byte)('0' + (thousandths / 100));
        TwoDigits(room[21..], thousandths % 100, (byte)'Z');
        Length += 24;
    }

    private static void TwoDigits(Span<byte> room, int number, byte next)
    {
        room[0] = (byte)('0' + (number / 10));
        room[1] = (byte)('0' + (number % 10));
        room[2] = next;
    }

    private Span<byte> Room(int byteCount)
    {
        if (_bytes.Length - Length < byteCount)
        {
            Array.Resize(ref _bytes, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)(Length + byteCount)));
        }

        return _bytes.AsSpan(Length);
    }
}
