// Invariant: the text of a number never changes. A number is published only after its text stands, so readers take no
// lock.
namespace Sentinel.Api.Decisions;

/// <summary>Texts that many entries share, by number; at most <see cref="TextsMax"/>. One writer at a time, any
/// readers.</summary>
internal sealed class TextTable
{
    /// <summary>Most texts held: campaigns since the start, mostly, at about 100 bytes.</summary>
    public const int TextsMax = 1_000_000;

    /// <summary>Number of no text, and of those that found no room.</summary>
    public const int None = 0;

    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private volatile string?[] _texts = new string?[16];

    /// <summary>The number of a text.</summary>
    public int NumberOf(string? text)
    {
        if (text is null)
        {
            return None;
        }

        if (_numbers.TryGetValue(text, out var number))
        {
            return number;
        }

        number = _numbers.Count + 1;
        if (number > TextsMax)
        {
            return None;
        }

        var texts = _texts;
        if (number == texts.Length)
        {
            Array.Resize(ref texts, texts.Length * 2);
        }

        texts[number] = text;
        _texts = texts;
        _numbers.Add(text, number);
        return number;
    }

    /// <summary>The text of a number.</summary>
    public string? TextOf(int number) => _texts[number];
}
