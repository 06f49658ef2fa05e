using System.Text;
using Sentinel.Detection.Exchanges;

namespace Sentinel.Detection.Readings;

/// <summary>
/// Writes the masked excerpt: three fields, each possibly empty, separated by U+241F: the beginning of the system
/// prompt, the beginning of the last user message, its end. Numbers, links, e-mail addresses, quoted text and code
/// become ⟨…⟩; white space becomes one space, a line break ⏎. Of a message that fits, the third field is empty; a
/// field that is cut ends, or the third begins, at a token. Aligning the excerpts of several exchanges word by word
/// shows their frame.
/// </summary>
internal sealed class ExcerptWriter
{
    private const int SystemBytes = 160;
    private const int HeadBytes = 288;
    private const int TailBytes = 180;
    private const int BetweenBytes = 12;

    private readonly byte[] _buffer = new byte[Reading.ExcerptBytesMax];
    private int _length;

    private static ReadOnlySpan<byte> Separator => "␟"u8;

    private static ReadOnlySpan<byte> Mask => "⟨…⟩"u8;

    private static ReadOnlySpan<byte> LineBreak => "⏎"u8;

    /// <summary>Writes the excerpt of a prompt.</summary>
    public void Write(ReadOnlySpan<byte> text, in PromptTokens prompt, Utf8Text excerpt)
    {
        _length = 0;
        _ = WriteTokens(text, prompt.System, SystemBytes);
        Append(Separator);
        var written = WriteTokens(text, prompt.User, HeadBytes);
        Append(Separator);
        if (written < prompt.User.Length)
        {
            var rest = prompt.User[written..];
            _ = WriteTokens(text, rest[TailStart(rest)..], TailBytes);
        }

        excerpt.Set(_buffer.AsSpan(0, _length));
    }

    // Counting back, the first token whose bytes up to the end surely fit.
    private static int TailStart(ReadOnlySpan<Token> tokens)
    {
        var bytes = 0;
        var start = tokens.Length;
        while (start > 0)
        {
            ref readonly var token = ref tokens[start - 1];
            bytes += (token.IsSlot ? Mask.Length : token.End - token.Start) + BetweenBytes;
            if (bytes > TailBytes)
            {
                break;
            }

            start--;
        }

        return start;
    }

    // Returns how many tokens were written.
    private int WriteTokens(ReadOnlySpan<byte> text, ReadOnlySpan<Token> tokens, int bytesMax)
    {
        var limit = _length + bytesMax;
        var isAfterMask = false;
        for (var i = 0; i < tokens.Length; i++)
        {
            ref readonly var token = ref tokens[i];
            var isSlot = token.IsSlot;
            if (isSlot && isAfterMask)
            {
                continue;
            }

            var start = _length;
            if (i > 0)
            {
                AppendBetween(text[tokens[i - 1].End..Math.Max(tokens[i - 1].End, token.Start)]);
            }

            var word = isSlot ? Mask : text[token.Start..token.End];
            if (_length + word.Length > limit)
            {
                _length = start;
                return i;
            }

            Append(word);
            isAfterMask = isSlot;
        }

        return tokens.Length;
    }

    // What stands between tokens: its first marks, and white space as one space or line break.
    private void AppendBetween(ReadOnlySpan<byte> between)
    {
        if (between is [(byte)' '])
        {
            Append(between);
            return;
        }

        var space = default(ReadOnlySpan<byte>);
        for (var i = 0; i < Math.Min(between.Length, BetweenBytes);)
        {
            var (mark, length) = (new Rune((char)(between[i] & 0x7F)), 1);
            if (between[i] >= 0x80)
            {
                _ = Rune.DecodeFromUtf8(between[i..], out mark, out length);
            }

            if (Rune.IsWhiteSpace(mark))
            {
                space = mark.Value == '\n' || space.Length > 1 ? LineBreak : " "u8;
            }
            else if (Characters.ClassOf(mark.Value) == CharacterClass.Other)
            {
                Append(space);
                space = default;
                Append(between.Slice(i, length));
            }

            i += length;
        }

        Append(between.Length > BetweenBytes ? " "u8 : space);
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        if (_length + bytes.Length <= _buffer.Length)
        {
            bytes.CopyTo(_buffer.AsSpan(_length));
            _length += bytes.Length;
        }
    }
}
