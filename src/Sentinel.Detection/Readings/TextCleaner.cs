using System.Buffers;
using System.Text;
using Sentinel.Detection.Exchanges;

namespace Sentinel.Detection.Readings;

/// <summary>
/// Writes a prompt's text as people see it, where that differs: without invisible characters and piled-up accents, and
/// with the letters of decorative alphabets as plain ones. Else a few bytes put between letters would move the windows
/// of what is read. Text of ASCII alone costs one look at its bytes. Owned by one worker at a time.
/// </summary>
internal sealed class TextCleaner
{
    // First bytes of all that is taken out or replaced; nearly all other text holds none of them, or few.
    private static readonly SearchValues<byte> Suspects =
        SearchValues.Create([0xC2, 0xCC, 0xCD, 0xD8, 0xE1, 0xE2, 0xEF, 0xF0, 0xF3]);

    private readonly TextSegment[] _segments = new TextSegment[Exchange.SegmentsMax];
    private byte[] _text = [];
    private int _length;

    /// <summary>The text and segments to read: the exchange's own, or cleaned copies valid until the next call.</summary>
    public void Clean(Exchange exchange, out ReadOnlySpan<byte> text, out ReadOnlySpan<TextSegment> segments)
    {
        text = exchange.Text;
        segments = exchange.Segments;
        if (Ascii.IsValid(text) || NextOdd(text, 0, -1, out _, out _) == text.Length)
        {
            return;
        }

        // Nothing grows, so the copy is at most as long as the line that the text came from.
        if (_text.Length < text.Length)
        {
            _text = new byte[System.Numerics.BitOperations.RoundUpToPowerOf2((uint)text.Length)];
        }

        _length = 0;
        for (var i = 0; i < segments.Length; i++)
        {
            var start = _length;
            Append(exchange.TextOf(segments[i]));
            _segments[i] = segments[i] with { Start = start, Length = _length - start };
        }

        text = _text.AsSpan(0, _length);
        segments = _segments.AsSpan(0, segments.Length);
    }

    private void Append(ReadOnlySpan<byte> text)
    {
        var plainEnd = -1;
        for (var i = 0; i < text.Length;)
        {
            var odd = NextOdd(text, i, plainEnd, out var plain, out var length);
            text[i..odd].CopyTo(_text.AsSpan(_length));
            _length += odd - i;
            if (plain != 0)
            {
                _text[_length++] = plain;
                plainEnd = odd + length;
            }

            i = odd + length;
        }
    }

    // The place of the next character that is not written as it stands, the byte that takes its place (0: none does)
    // and its length; the end of the text where there is no more.
    private static int NextOdd(ReadOnlySpan<byte> text, int i, int plainEnd, out byte plain, out int length)
    {
        while (i < text.Length)
        {
            var next = text[i..].IndexOfAny(Suspects);
            if (next < 0)
            {
                break;
            }

            i += next;
            var isWhole = Rune.DecodeFromUtf8(text[i..], out var rune, out length) == OperationStatus.Done;
            plain = PlainOf(rune.Value, isAfterPlain: i == plainEnd);
            if (isWhole && (plain != 0 || Characters.ClassOf(rune.Value) == CharacterClass.Dropped))
            {
                return i;
            }

            i += length;
        }

        (plain, length) = (0, 0);
        return text.Length;
    }

    private static byte PlainOf(int codePoint, bool isAfterPlain) => codePoint switch
    {
        < 0xFF01 => 0,
        <= 0xFF5E => WideOf((byte)(codePoint - 0xFEE0), isAfterPlain),
        >= 0x1D400 and < 0x1D6A4 => (byte)Characters.Fold(codePoint),
        >= 0x1D7CE and < 0x1D800 => (byte)('0' + ((codePoint - 0x1D7CE) % 10)),
        >= 0x1F130 and < 0x1F14A => (byte)('a' + codePoint - 0x1F130),
        >= 0x1F150 and < 0x1F16A => (byte)('a' + codePoint - 0x1F150),
        >= 0x1F170 and < 0x1F18A => (byte)('a' + codePoint - 0x1F170),
        _ => 0,
    };

    // The usual marks of Chinese and Japanese are of full width; after another replaced character they are not meant.
    private static byte WideOf(byte ascii, bool isAfterPlain) =>
        isAfterPlain || !"!(),.:;?~"u8.Contains(ascii) ? ascii : (byte)0;
}
