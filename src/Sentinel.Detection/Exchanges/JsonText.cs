using System.Text;

namespace Sentinel.Detection.Exchanges;

/// <summary>
/// Unescapes JSON strings whose syntax a reader has checked already. A surrogate without its other half, which JSON
/// allows and UTF-8 cannot say, becomes U+FFFD: a half emoji must not lose a good line.
/// </summary>
internal static class JsonText
{
    /// <summary>
    /// Writes the unescaped bytes; <paramref name="target"/> must be as long as <paramref name="escaped"/>, since no
    /// escape is shorter than what it stands for.
    /// </summary>
    /// <returns>Bytes written.</returns>
    public static int Unescape(ReadOnlySpan<byte> escaped, Span<byte> target)
    {
        var written = 0;
        while (true)
        {
            var slash = escaped.IndexOf((byte)'\\');
            if (slash < 0)
            {
                escaped.CopyTo(target[written..]);
                return written + escaped.Length;
            }

            escaped[..slash].CopyTo(target[written..]);
            written += slash;
            escaped = escaped[slash..];
            if (escaped[1] == 'u')
            {
                var rune = ReadRune(escaped, out var consumed);
                written += rune.EncodeToUtf8(target[written..]);
                escaped = escaped[consumed..];
            }
            else
            {
                target[written++] = Simple(escaped[1]);
                escaped = escaped[2..];
            }
        }
    }

    /// <summary>The value of a hexadecimal digit.</summary>
    public static int HexValue(byte digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;

    private static byte Simple(byte escape) => escape switch
    {
        (byte)'n' => (byte)'\n',
        (byte)'t' => (byte)'\t',
        (byte)'r' => (byte)'\r',
        (byte)'b' => (byte)'\b',
        (byte)'f' => (byte)'\f',
        _ => escape, // A quote, a slash or a backslash stands for itself.
    };

    private static Rune ReadRune(ReadOnlySpan<byte> escaped, out int consumed)
    {
        const int UnitLength = 6; // \uXXXX
        var first = Unit(escaped);
        consumed = UnitLength;
        if (Rune.TryCreate(first, out var rune))
        {
            return rune;
        }

        var next = escaped[UnitLength..];
        var hasSecond = next.Length >= UnitLength && next[0] == '\\' && next[1] == 'u';
        if (hasSecond && Rune.TryCreate(first, Unit(next), out rune))
        {
            consumed = 2 * UnitLength;
            return rune;
        }

        return Rune.ReplacementChar;
    }

    private static char Unit(ReadOnlySpan<byte> escape) =>
        (char)((HexValue(escape[2]) << 12) | (HexValue(escape[3]) << 8)
            | (HexValue(escape[4]) << 4) | HexValue(escape[5]));
}
