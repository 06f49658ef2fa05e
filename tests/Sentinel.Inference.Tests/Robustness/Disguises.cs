using System.Globalization;
using System.Text;

namespace Sentinel.Inference.Tests.Robustness;

/// <summary>Ways to write the same words so that they look the same to people and different to programs.</summary>
internal static class Disguises
{
    private const string LatinLetters = "aeopcyxijsAEOPCXKMTHB";
    private const string CyrillicLetters = "аеорсухіјѕАЕОРСХКМТНВ";

    private static readonly string[] Invisible =
        ["\u200b", "\u200c", "\u200d", "\ufeff", "\u2060", "\u00ad", "\u200e", "\u034f", "\ufe0f", "\U000E0041"];

    /// <summary>Something invisible after every letter.</summary>
    public static string ZeroWidthEverywhere(string text) => Insert(text, static (_, _) => true);

    /// <summary>Something invisible beside every space.</summary>
    public static string ZeroWidthBetweenWords(string text) => Insert(
        text, static (text, i) => text[i] == ' ' || (i + 1 < text.Length && text[i + 1] == ' '));

    /// <summary>Something invisible now and then.</summary>
    public static string ZeroWidthHereAndThere(string text) => Insert(text, static (_, i) => i % 5 == 2);

    /// <summary>Right-to-left and left-to-right marks, embeddings and isolates.</summary>
    public static string DirectionMarks(string text)
    {
        string[] marks = ["\u200f", "\u200e", "\u202b", "\u202e", "\u202c", "\u2067", "\u2069", "\u061c"];
        var disguised = new StringBuilder();
        foreach (var (i, rune) in text.EnumerateRunes().Index())
        {
            disguised.Append(i % 3 == 0 ? marks[i / 3 % marks.Length] : "").Append(rune.ToString());
        }

        return disguised.ToString();
    }

    /// <summary>Every third letter that another alphabet has too, taken from that alphabet.</summary>
    public static string SomeHomoglyphs(string text) => Swap(text, every: 3);

    /// <summary>Every letter that another alphabet has too, taken from that alphabet.</summary>
    public static string AllHomoglyphs(string text) => Swap(text, every: 1);

    /// <summary>Upper case.</summary>
    public static string Upper(string text) => text.ToUpper(CultureInfo.InvariantCulture);

    /// <summary>Lower case.</summary>
    public static string Lower(string text) => text.ToLower(CultureInfo.InvariantCulture);

    /// <summary>Upper and lower case in turns.</summary>
    public static string Alternating(string text) => Map(
        text, static (rune, i) => i % 2 == 0 ? Rune.ToUpperInvariant(rune) : Rune.ToLowerInvariant(rune));

    /// <summary>Letters, digits and marks in full width.</summary>
    public static string FullWidth(string text) => Map(
        text, static (rune, _) => rune.Value is > ' ' and < 0x7F ? new Rune(rune.Value + 0xFEE0) : rune);

    /// <summary>Letters of ASCII in full width.</summary>
    public static string FullWidthLetters(string text) => Map(
        text, static (rune, _) => rune.IsAscii && Rune.IsLetter(rune) ? new Rune(rune.Value + 0xFEE0) : rune);

    /// <summary>Letters of ASCII from the mathematical alphabets.</summary>
    public static string Mathematical(string text) => Map(text, static (rune, _) => rune.Value switch
    {
        >= 'a' and <= 'z' => new Rune(0x1D41A + rune.Value - 'a'),
        >= 'A' and <= 'Z' => new Rune(0x1D400 + rune.Value - 'A'),
        _ => rune,
    });

    /// <summary>An accent on every second letter.</summary>
    public static string Accents(string text)
    {
        var disguised = new StringBuilder();
        foreach (var (i, rune) in text.EnumerateRunes().Index())
        {
            disguised.Append(rune.ToString()).Append(rune.IsAscii && Rune.IsLetter(rune) && i % 2 == 0 ? "\u0301" : "");
        }

        return disguised.ToString();
    }

    /// <summary>Combining marks piled on every letter.</summary>
    public static string Piled(string text)
    {
        var disguised = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            disguised.Append(rune.ToString()).Append(Rune.IsLetter(rune) ? "\u0300\u0323\u0336\u0489" : "");
        }

        return disguised.ToString();
    }

    /// <summary>A space after every letter, three between words.</summary>
    public static string SpacedOut(string text) => string.Join(
        "   ", text.Split(' ').Select(static word => string.Join(' ', word.EnumerateRunes())));

    /// <summary>Digits that look like letters inside words.</summary>
    public static string Leet(string text)
    {
        const string From = "eaost";
        const string To = "34057";
        return Map(text, static (rune, i) => i % 2 == 0 && rune.IsAscii && From.IndexOf((char)rune.Value) is >= 0 and var at
            ? new Rune(To[at])
            : rune);
    }

    /// <summary>Base64 of the whole.</summary>
    public static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static string Map(string text, Func<Rune, int, Rune> map)
    {
        var disguised = new StringBuilder();
        foreach (var (i, rune) in text.EnumerateRunes().Index())
        {
            disguised.Append(map(rune, i).ToString());
        }

        return disguised.ToString();
    }

    private static string Insert(string text, Func<string, int, bool> where)
    {
        var disguised = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            disguised.Append(text[i]);
            if (!char.IsHighSurrogate(text[i]) && where(text, i))
            {
                disguised.Append(Invisible[i % Invisible.Length]);
            }
        }

        return disguised.ToString();
    }

    private static string Swap(string text, int every)
    {
        var found = 0;
        return Map(text, (rune, _) =>
        {
            var letter = rune.IsBmp ? (char)rune.Value : '\0';
            var (from, to) = LatinLetters.Contains(letter, StringComparison.Ordinal)
                ? (LatinLetters, CyrillicLetters)
                : (CyrillicLetters, LatinLetters);
            var at = from.IndexOf(letter, StringComparison.Ordinal);
            return at < 0 || found++ % every != 0 ? rune : new Rune(to[at]);
        });
    }
}
