namespace Sentinel.Detection.Readings;

// What marks mean: ends of sentences, quotations, code fences, lists, e-mail addresses.
internal sealed partial class Tokenizer
{
    private const int QuotedBytesMax = 600;
    private const int FencedBytesMax = 16 * 1024;

    private int ReadMark(ReadOnlySpan<byte> text, int i, byte mark)
    {
        switch (mark)
        {
            case (byte)'\n':
                EndSentence();
                _startsLine = true;
                break;
            case (byte)'.' or (byte)'!' or (byte)'?' or (byte)';' or (byte)':':
                QuestionCount += mark == '?' ? 1 : 0;
                if (i + 1 >= text.Length || text[i + 1] <= ' ')
                {
                    EndSentence();
                }

                break;
            case (byte)'{' or (byte)'[':
                BracketCount++;
                break;
            case (byte)'-' or (byte)'*' when _startsLine && i + 1 < text.Length && text[i + 1] == ' ':
                ListLineCount++;
                break;
            case (byte)'`' when text[i..].StartsWith("```"u8):
                OpenFence(text, i + 3);
                return i + 3;
            case (byte)'"' or (byte)'`':
                OpenQuote(text, i + 1, text.Slice(i, 1));
                break;
            case (byte)'@':
                return ReadMail(text, i);
            default:
                break;
        }

        return i + 1;
    }

    private void ReadWideMark(ReadOnlySpan<byte> text, int i, int codePoint, int length)
    {
        switch (codePoint)
        {
            case 0x3002 or 0xFF01 or 0xFF1F or 0xFF1A or 0xFF1B or 0x0964 or 0x061F or 0x06D4:
                QuestionCount += codePoint is 0xFF1F or 0x061F ? 1 : 0;
                EndSentence();
                break;
            case 0x201C:
                OpenQuote(text, i + length, "”"u8);
                break;
            case 0x00AB:
                OpenQuote(text, i + length, "»"u8);
                break;
            case 0x300C:
                OpenQuote(text, i + length, "」"u8);
                break;
            case 0x300E:
                OpenQuote(text, i + length, "』"u8);
                break;
            default:
                break;
        }
    }

    private void OpenFence(ReadOnlySpan<byte> text, int i)
    {
        FenceCount++;
        if (_fenceEnd > 0 && i <= _fenceEnd + 3)
        {
            return;
        }

        var rest = text[i..Math.Min(text.Length, i + FencedBytesMax)];
        var length = rest.IndexOf("```"u8);
        _fenceEnd = length < 0 ? 0 : i + length;
    }

    // A name in quotes before a colon is part of a form, as in JSON, and no slot.
    private void OpenQuote(ReadOnlySpan<byte> text, int i, ReadOnlySpan<byte> closing)
    {
        if (_closingQuote > 0 && i <= _closingQuote + 1)
        {
            return;
        }

        var rest = text[i..Math.Min(text.Length, i + QuotedBytesMax)];
        var length = rest.IndexOf(closing);
        if (length < 0)
        {
            return;
        }

        var after = i + length + closing.Length;
        var isName = after < text.Length && text[after] == ':';
        _closingQuote = i + length;
        _quoteEnd = isName ? 0 : i + length;
    }

    private int ReadMail(ReadOnlySpan<byte> text, int i)
    {
        var hasName = Count > _windowFirst && _tokens[Count - 1].End == i;
        if (!hasName || i + 1 >= text.Length || !char.IsAsciiLetterOrDigit((char)text[i + 1]))
        {
            return i + 1;
        }

        while (Count - 1 > _windowFirst && IsJoined(text, _tokens[Count - 2].End, _tokens[Count - 1].Start))
        {
            Count--;
            _tokens[Count - 1].End = _tokens[Count].End;
        }

        var end = i + 1;
        while (end < text.Length && (char.IsAsciiLetterOrDigit((char)text[end]) || text[end] is (byte)'.' or (byte)'-'))
        {
            end++;
        }

        ref var token = ref _tokens[Count - 1];
        token.End = end;
        token.Kind = TokenKind.Mail;
        token.Hash = MailHash;
        token.Stem = 0;
        return end;
    }

    private static bool IsJoined(ReadOnlySpan<byte> text, int end, int start) =>
        end == start || (end + 1 == start && text[end] is (byte)'.' or (byte)'_' or (byte)'-' or (byte)'+');
}
