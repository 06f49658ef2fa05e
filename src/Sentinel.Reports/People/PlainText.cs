using System.Text;

namespace Sentinel.Reports.People;

/// <summary>Texts as they may stand in a document: without what steers readers instead of being read.</summary>
internal static class PlainText
{
    private const char Shown = '□';
    private const int LineBreakShown = 0x23CE; // Stands in frames where a line ended.

    /// <summary>Control characters, marks of direction and halves of pairs become a box; line breaks and tabs stay.</summary>
    public static string Of(string text)
    {
        var plain = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            var isOdd = (Rune.IsControl(rune) && rune.Value is not '\n' and not '\t') || rune.Value == 0xFFFD
                || rune.Value is >= 0x202A and <= 0x202E or >= 0x2066 and <= 0x2069 or 0x200E or 0x200F or 0x2028 or 0x2029;
            if (rune.Value != '\r')
            {
                plain.Append(isOdd ? Shown.ToString() : rune.ToString());
            }
        }

        return plain.ToString();
    }

    /// <summary>The same for print: what the fonts have no letter for becomes a box too, and white space a space.</summary>
    public static string Printable(string text)
    {
        var plain = new StringBuilder(text.Length);
        foreach (var rune in Of(text).EnumerateRunes())
        {
            plain.Append(rune.Value is '\n' or '\t' or LineBreakShown ? " " : IsInFont(rune.Value) ? rune.ToString() : Shown.ToString());
        }

        return plain.ToString();
    }

    // The characters that the fonts' subset was made of.
    private static bool IsInFont(int value) => value is (>= 0x20 and <= 0x7E) or (>= 0xA0 and <= 0x17F)
        or (>= 0x384 and <= 0x3CE and not 0x38B and not 0x38D and not 0x3A2) or (>= 0x400 and <= 0x45F)
        or (>= 0x2010 and <= 0x2027) or (>= 0x2030 and <= 0x203A) or 0x20AC or (>= 0x2190 and <= 0x2193) or 0x2212
        or (>= 0x2260 and <= 0x2265) or Shown or 0x27E8 or 0x27E9;
}
