using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Sentinel.Simulation.Text;

/// <summary>
/// UTF-8 that grows once and is reused from exchange to exchange: plain text, or text as it stands in a JSON string.
/// Owned by one simulator.
/// </summary>
internal sealed class Utf8Buffer(bool isJson)
{
    private const int DayMs = 86_400_000;

    private readonly byte[] _day = new byte[11];
    private byte[] _bytes = new byte[16 * 1024];
    private long _dayWritten = long.MinValue;

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

        if (day != _dayWritten)
        {
            var date = DateTimeOffset.FromUnixTimeMilliseconds(day * DayMs);
            Encoding.ASCII.GetBytes(date.ToString("yyyy-MM-dd'T'", null), _day);
            _dayWritten = day;
        }

        var room = Room(24);
        _day.CopyTo(room);
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
