using System.Buffers;
using System.Text;

namespace Sentinel.Detection.Readings;

/// <summary>
/// Tells messages that hold no words to judge by: base64 and the like, one repeated character, control bytes, nothing
/// but invisible characters, letters spaced out. Their scores say nothing, which is not the same as innocence. Looks
/// only at messages whose words are oddly long or short, and only at their beginning.
/// </summary>
internal static class UnreadableText
{
    /// <summary>Bytes looked at.</summary>
    public const int BytesMax = Tokenizer.WholeBytesMax;

    private const int BytesMin = 64;
    private const int UsualWordBytesMin = 4;
    private const int UsualWordBytesMax = 32;
    private const int EncodedRunMin = 48;
    private const int PeriodMax = 4;

    private static readonly SearchValues<byte> EncodedBytes =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=_-"u8);

    /// <summary>Whether a message is unreadable.</summary>
    /// <param name="raw">The message as sent.</param>
    /// <param name="clean">The same as <see cref="TextCleaner"/> writes it.</param>
    /// <param name="words">Its words between white space.</param>
    /// <param name="tokenCount">Tokens cut of it.</param>
    public static bool Is(ReadOnlySpan<byte> raw, ReadOnlySpan<byte> clean, int words, int tokenCount)
    {
        var isUsual = raw.Length <= (long)UsualWordBytesMax * words && raw.Length >= (long)UsualWordBytesMin * words;
        if (isUsual || raw.Length < BytesMin)
        {
            return false;
        }

        var text = clean[..Math.Min(clean.Length, BytesMax)];
        return tokenCount == 0
            || Encoded(text) > text.Length / 2
            || Broken(text) > text.Length / 2
            || IsRepeated(text)
            || IsSpacedOut(text);
    }

    // Bytes in long runs of letters and digits as no language has them.
    private static int Encoded(ReadOnlySpan<byte> text)
    {
        var bytes = 0;
        while (!text.IsEmpty)
        {
            var end = text.IndexOfAnyExcept(EncodedBytes);
            end = end < 0 ? text.Length : end;
            bytes += end >= EncodedRunMin ? end : 0;
            text = text[Math.Min(text.Length, end + 1)..];
        }

        return bytes;
    }

    private static int Broken(ReadOnlySpan<byte> text)
    {
        var bytes = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var isControl = text[i] < ' ' ? text[i] is not ((byte)'\t' or (byte)'\n' or (byte)'\r') : text[i] == 0x7F;
            var isReplacement = text[i] == 0xEF && text[i..].StartsWith("\uFFFD"u8);
            bytes += isControl ? 1 : isReplacement ? 3 : 0;
        }

        return bytes;
    }

    private static bool IsRepeated(ReadOnlySpan<byte> text)
    {
        for (var period = 1; period <= PeriodMax && period < text.Length; period++)
        {
            var same = 0;
            for (var i = period; i < text.Length; i++)
            {
                same += text[i] == text[i - period] ? 1 : 0;
            }

            if (same > (text.Length - period) * 7 / 8)
            {
                return true;
            }
        }

        return false;
    }

    // Words of one letter, in scripts that write longer ones.
    private static bool IsSpacedOut(ReadOnlySpan<byte> text)
    {
        var (letters, words) = (0, 0);
        for (var i = 0; i < text.Length;)
        {
            var start = i;
            _ = Rune.DecodeFromUtf8(text[i..], out var first, out var length);
            for (i += length; i < text.Length && text[i] > ' ';)
            {
                i++;
            }

            if (first.Value > ' ')
            {
                words++;
                letters += i - start == length && Characters.ClassOf(first.Value) == CharacterClass.Letter ? 1 : 0;
            }
        }

        return letters > words * 3 / 4;
    }
}
