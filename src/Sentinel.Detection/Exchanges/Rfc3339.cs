using System.Diagnostics.CodeAnalysis;

namespace Sentinel.Detection.Exchanges;

/// <summary>
/// RFC 3339 times from UTF-8 without allocating: any number of fraction digits (those past milliseconds are cut),
/// <c>Z</c> or an offset, lower-case <c>t</c> and <c>z</c>, a space for <c>T</c>, and the leap second :60, which counts
/// as the first second of the next minute.
/// </summary>
public static class Rfc3339
{
    /// <summary>Shortest time: <c>2026-01-01T00:00:00Z</c>.</summary>
    private const int LengthMin = 20;

    /// <summary>Milliseconds since 1970 UTC; false when the text is not such a time.</summary>
    public static bool TryParseMs(ReadOnlySpan<byte> text, out long milliseconds)
    {
        milliseconds = 0;
        if (text.Length < LengthMin || text[4] != '-' || text[7] != '-' || (text[10] | 0x20) is not ('t' or ' ')
            || text[13] != ':' || text[16] != ':')
        {
            return false;
        }

        if (!TryDigits(text[..4], out var year) || !TryDigits(text[5..7], out var month)
            || !TryDigits(text[8..10], out var day) || !TryDigits(text[11..13], out var hour)
            || !TryDigits(text[14..16], out var minute) || !TryDigits(text[17..19], out var second))
        {
            return false;
        }

        if (month is < 1 or > 12 || day < 1 || day > DaysIn(year, month) || hour > 23 || minute > 59 || second > 60)
        {
            return false;
        }

        var rest = text[19..];
        if (!TryFraction(ref rest, out var fractionMs) || !TryOffset(rest, out var offsetMinutes))
        {
            return false;
        }

        var minutes = (((DaysSince1970(year, month, day) * 24) + hour) * 60) + minute - offsetMinutes;
        milliseconds = (((minutes * 60) + second) * 1000) + fractionMs;
        return true;
    }

    private static bool TryDigits(ReadOnlySpan<byte> text, out int value)
    {
        value = 0;
        foreach (var item in text)
        {
            if (!char.IsAsciiDigit((char)item))
            {
                return false;
            }

            value = (value * 10) + (item - '0');
        }

        return true;
    }

    private static bool TryFraction(ref ReadOnlySpan<byte> rest, out int milliseconds)
    {
        milliseconds = 0;
        if (rest.IsEmpty || rest[0] != '.')
        {
            return true;
        }

        var digits = 0;
        while (digits + 1 < rest.Length && char.IsAsciiDigit((char)rest[digits + 1]))
        {
            digits++;
            if (digits <= 3)
            {
                milliseconds = (milliseconds * 10) + (rest[digits] - '0');
            }
        }

        for (var missing = digits; missing < 3; missing++)
        {
            milliseconds *= 10;
        }

        rest = rest[(digits + 1)..];
        return digits > 0;
    }

    [SuppressMessage("Style", "IDE0078", Justification = "A pattern would hide that case is folded.")]
    private static bool TryOffset(ReadOnlySpan<byte> rest, out int minutes)
    {
        minutes = 0;
        if (rest.Length == 1)
        {
            return (rest[0] | 0x20) == 'z';
        }

        if (rest.Length != 6 || (rest[0] != '+' && rest[0] != '-') || rest[3] != ':'
            || !TryDigits(rest[1..3], out var hours) || !TryDigits(rest[4..6], out var rests)
            || hours > 23 || rests > 59)
        {
            return false;
        }

        minutes = (hours * 60) + rests;
        minutes = rest[0] == '-' ? -minutes : minutes;
        return true;
    }

    private static int DaysIn(int year, int month) => month switch
    {
        2 => year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28,
        4 or 6 or 9 or 11 => 30,
        _ => 31,
    };

    /// <summary>Days of the civil calendar (H. Hinnant, "chrono-compatible low-level date algorithms").</summary>
    private static long DaysSince1970(int year, int month, int day)
    {
        // The year begins in March, so that the leap day is its last day.
        var shifted = month <= 2 ? year - 1 : year;
        var era = (shifted >= 0 ? shifted : shifted - 399) / 400;
        var yearOfEra = shifted - (era * 400);
        var dayOfYear = (((153 * (month + (month > 2 ? -3 : 9))) + 2) / 5) + day - 1;
        var dayOfEra = (yearOfEra * 365) + (yearOfEra / 4) - (yearOfEra / 100) + dayOfYear;
        return ((long)era * 146_097) + dayOfEra - 719_468;
    }
}
