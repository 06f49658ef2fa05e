// Millions of verdicts are read when a node starts. Nearly all are as VerdictRecord writes them, without an escape: of those
// the places are known, and a search for the next known bytes replaces reading every token. What is not so in any byte that
// is looked at is for the JSON reader. What is passed over (summaries, weights) is not looked at.
using System.Buffers;
using System.Buffers.Text;

namespace Sentinel.Streaming.Partitions;

/// <summary>Walks through a record whose fields are in the order in which they are written. Each step is false, and the walk
/// over, where the bytes are others.</summary>
/// <param name="bytes">The record.</param>
internal ref struct PlainRecord(ReadOnlySpan<byte> bytes)
{
    private const int FractionMax = 7;

    private static readonly SearchValues<byte> NumberLetters = SearchValues.Create("+-.0123456789Ee"u8);

    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>Whether nothing is left.</summary>
    public readonly bool IsAtEnd => _rest.IsEmpty;

    /// <summary>These bytes.</summary>
    public bool Take(scoped ReadOnlySpan<byte> expected)
    {
        if (!_rest.StartsWith(expected))
        {
            return false;
        }

        _rest = _rest[expected.Length..];
        return true;
    }

    /// <summary>A text of printable ASCII without escapes, up to and with its closing quote.</summary>
    public bool TakeText(out ReadOnlySpan<byte> text)
    {
        var end = _rest.IndexOf((byte)'"');
        text = end < 0 ? default : _rest[..end];
        if (end < 0 || text.ContainsAnyExceptInRange((byte)' ', (byte)'~') || text.Contains((byte)'\\'))
        {
            return false;
        }

        _rest = _rest[(end + 1)..];
        return true;
    }

    /// <summary>All up to these bytes, and them.</summary>
    public bool Skip(scoped ReadOnlySpan<byte> end)
    {
        var at = _rest.IndexOf(end);
        _rest = at < 0 ? _rest : _rest[(at + end.Length)..];
        return at >= 0;
    }

    /// <summary>A number or null that is not needed.</summary>
    public bool SkipNumber()
    {
        var length = _rest.IndexOf((byte)',');
        if (length <= 0 || (_rest[..length].ContainsAnyExcept(NumberLetters) && !_rest[..length].SequenceEqual("null"u8)))
        {
            return false;
        }

        _rest = _rest[length..];
        return true;
    }

    /// <summary>A whole number.</summary>
    public bool TakeNumber(out long number)
    {
        if (!Utf8Parser.TryParse(_rest, out number, out var length) || _rest[0] is (byte)'+')
        {
            return false;
        }

        _rest = _rest[length..];
        return true;
    }

    /// <summary>A time such as <c>2026-10-05T10:00:00.123Z</c>, with its closing quote.</summary>
    public bool TakeTime(out DateTimeOffset time)
    {
        time = default;
        if (!TakeText(out var text) || text.Length < "2026-10-05T10:00:00Z".Length || text[^1] != (byte)'Z'
            || text[4] != (byte)'-' || text[7] != (byte)'-' || text[10] != (byte)'T' || text[13] != (byte)':' || text[16] != (byte)':'
            || !TryDigits(text[..4], out var year) || !TryDigits(text[5..7], out var month) || !TryDigits(text[8..10], out var day)
            || !TryDigits(text[11..13], out var hour) || !TryDigits(text[14..16], out var minute)
            || !TryDigits(text[17..19], out var second) || !TryFraction(text[19..^1], out var ticks)
            || year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month)
            || hour > 23 || minute > 59 || second > 59)
        {
            return false;
        }

        time = new DateTimeOffset(new DateTime(year, month, day, hour, minute, second).Ticks + ticks, TimeSpan.Zero);
        return true;
    }

    private static bool TryFraction(ReadOnlySpan<byte> text, out int ticks)
    {
        ticks = 0;
        if (text.IsEmpty)
        {
            return true;
        }

        if (text[0] != (byte)'.' || text.Length is < 2 or > FractionMax + 1 || !TryDigits(text[1..], out ticks))
        {
            return false;
        }

        for (var digits = text.Length - 1; digits < FractionMax; digits++)
        {
            ticks *= 10;
        }

        return true;
    }

    private static bool TryDigits(ReadOnlySpan<byte> text, out int number)
    {
        number = 0;
        foreach (var digit in text)
        {
            if (digit is < (byte)'0' or > (byte)'9')
            {
                return false;
            }

            number = (number * 10) + (digit - '0');
        }

        return true;
    }
}
