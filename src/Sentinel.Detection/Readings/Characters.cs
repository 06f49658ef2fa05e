using System.Globalization;
using System.Text;

namespace Sentinel.Detection.Readings;

/// <summary>What a code point is to the tokeniser.</summary>
internal enum CharacterClass : byte
{
    /// <summary>Punctuation and symbols: ends a token.</summary>
    Other,

    /// <summary>Part of a word.</summary>
    Letter,

    /// <summary>Part of a number.</summary>
    Digit,

    /// <summary>White space.</summary>
    Space,

    /// <summary>Invisible or combining: as if it were not there.</summary>
    Dropped,

    /// <summary>A character of a script written without spaces: a token by itself.</summary>
    Unit,
}

/// <summary>
/// Classes and folds of code points. Tables are built once from the runtime's own Unicode data, which does not depend
/// on the machine's libraries, and never change.
/// </summary>
internal static class Characters
{
    private const int TableLength = 0x3000;

    // Bases of U+00C0..U+017F and of U+1EA0..U+1EF9 (Vietnamese): people and evaders drop or add accents freely.
    private const string LatinBases =
        "aaaaaaaceeeeiiiidnooooo*ouuuuypsaaaaaaaceeeeiiiidnooooo*ouuuuypy" +
        "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkkllllll*" +
        "*llnnnnnnnnnoooooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

    private const string VietnameseBases =
        "aaaaaaaaaaaaaaaaaaaaaaaaeeeeeeeeeeeeeeeeiiiioooooooooooooooooooooooouuuuuuuuuuuuuuyyyyyyyy";

    private const string LookalikesFrom = "аеорсухіјѕһԁԛԝкмтнвгпёӏѵαορνικτυχεηωβγսօոհ";
    private const string LookalikesTo = "aeopcyxijshdqwkmthbrnelvaopviktuxenwbyuonh";

    private const string CyrillicFrom = "aeopcyxijskmthb";
    private const string CyrillicTo = "аеорсухіјѕкмтнв";

    private static readonly CharacterClass[] Classes = BuildClasses();
    private static readonly ushort[] Folds = BuildFolds();
    private static readonly byte[] Lookalikes = BuildLookalikes();
    private static readonly ushort[] CyrillicLookalikes = BuildCyrillicLookalikes();

    /// <summary>The class of a code point.</summary>
    public static CharacterClass ClassOf(int codePoint) =>
        codePoint < TableLength ? Classes[codePoint] : ClassOfHigh(codePoint);

    /// <summary>Lower case without accents, width or decoration.</summary>
    public static int Fold(int codePoint)
    {
        if (codePoint < TableLength)
        {
            return Folds[codePoint];
        }

        return codePoint switch
        {
            < 0xFF01 => codePoint,
            <= 0xFF5E => Folds[codePoint - 0xFEE0],
            >= 0x1D400 and < 0x1D6A4 => 'a' + ((codePoint - 0x1D400) % 26),
            >= 0x10400 and < 0x1E944 => Rune.ToLowerInvariant(new Rune(codePoint)).Value,
            _ => codePoint,
        };
    }

    /// <summary>The Latin letter that a folded Cyrillic, Greek or Armenian letter looks like, or 0.</summary>
    public static int LatinLookalike(int folded) => folded < Lookalikes.Length ? Lookalikes[folded] : 0;

    /// <summary>The Cyrillic letter that a folded letter of ASCII looks like, as a capital too, or 0.</summary>
    public static int CyrillicLookalike(int folded) => folded < 0x80 ? CyrillicLookalikes[folded] : 0;

    private static CharacterClass ClassOfHigh(int codePoint) => codePoint switch
    {
        0x3000 => CharacterClass.Space,
        < 0x3040 => CharacterClass.Other,
        < 0x3130 => CharacterClass.Unit,
        0x3164 or 0xFFA0 => CharacterClass.Dropped,
        < 0x3190 => CharacterClass.Letter,
        < 0x31F0 => CharacterClass.Other,
        < 0x3200 => CharacterClass.Unit,
        < 0x3400 => CharacterClass.Other,
        < 0xA000 => CharacterClass.Unit,
        >= 0xAC00 and < 0xD7A4 => CharacterClass.Letter,
        >= 0xF900 and < 0xFB00 => CharacterClass.Unit,
        >= 0xFE00 and < 0xFE10 => CharacterClass.Dropped,
        0xFEFF => CharacterClass.Dropped,
        >= 0xFF10 and < 0xFF1A => CharacterClass.Digit,
        >= 0xFF66 and < 0xFFA0 => CharacterClass.Unit,
        >= 0x1D7CE and < 0x1D800 => CharacterClass.Digit,
        >= 0x20000 and < 0x40000 => CharacterClass.Unit,
        >= 0xE0000 and < 0xE01F0 => CharacterClass.Dropped,
        _ => ClassOfCategory(CharUnicodeInfo.GetUnicodeCategory(codePoint)),
    };

    private static CharacterClass ClassOfCategory(UnicodeCategory category) => category switch
    {
        <= UnicodeCategory.OtherLetter or UnicodeCategory.LetterNumber => CharacterClass.Letter,
        UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark => CharacterClass.Letter,
        UnicodeCategory.EnclosingMark or UnicodeCategory.Format => CharacterClass.Dropped,
        UnicodeCategory.DecimalDigitNumber => CharacterClass.Digit,
        UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator =>
            CharacterClass.Space,
        _ => CharacterClass.Other,
    };

    private static CharacterClass[] BuildClasses()
    {
        var classes = new CharacterClass[TableLength];
        for (var i = 0; i < TableLength; i++)
        {
            classes[i] = i switch
            {
                0x00AD or 0x061C or 0x0640 or 0x0670 or 0x115F or 0x1160 or 0x180E => CharacterClass.Dropped,
                >= 0x0300 and < 0x0370 => CharacterClass.Dropped,
                >= 0x0591 and < 0x05C8 => CharacterClass.Dropped,
                >= 0x064B and < 0x0660 => CharacterClass.Dropped,
                >= 0x180B and < 0x1810 => CharacterClass.Dropped,
                >= 0x200B and < 0x2010 or >= 0x202A and < 0x202F or >= 0x2060 and < 0x2070 => CharacterClass.Dropped,
                >= 0x24B6 and < 0x24EA => CharacterClass.Letter,
                _ when char.IsWhiteSpace((char)i) => CharacterClass.Space,
                _ => ClassOfCategory(CharUnicodeInfo.GetUnicodeCategory(i)),
            };
            if (classes[i] == CharacterClass.Letter && IsWrittenWithoutSpaces(i))
            {
                classes[i] = CharacterClass.Unit;
            }
        }

        return classes;
    }

    // Thai, Lao, Myanmar, Khmer, CJK radicals.
    private static bool IsWrittenWithoutSpaces(int codePoint) =>
        codePoint is >= 0x0E00 and < 0x0F00 or >= 0x1000 and < 0x10A0 or >= 0x1780 and < 0x1800 or >= 0x2E80;

    private static ushort[] BuildFolds()
    {
        var folds = new ushort[TableLength];
        for (var i = 0; i < TableLength; i++)
        {
            var lower = char.ToLowerInvariant((char)i);
            folds[i] = lower switch
            {
                >= '\u00C0' and < '\u0180' when LatinBases[lower - 0xC0] != '*' => LatinBases[lower - 0xC0],
                >= '\u1EA0' and < '\u1EFA' when lower - 0x1EA0 < VietnameseBases.Length =>
                    VietnameseBases[lower - 0x1EA0],
                >= '\u24B6' and < '\u24EA' => (char)('a' + ((lower - 0x24B6) % 26)),
                '\u01A1' or '\u01A0' => 'o',
                '\u01B0' or '\u01AF' => 'u',
                '\u0451' => '\u0435', // Russian drops the dots of ё freely.
                '\u0251' => 'a',
                '\u0261' => 'g',
                '\u026A' or '\u0269' => 'i',
                _ => lower,
            };
        }

        return folds;
    }

    private static byte[] BuildLookalikes()
    {
        var lookalikes = new byte[0x0600];
        for (var i = 0; i < LookalikesFrom.Length; i++)
        {
            lookalikes[LookalikesFrom[i]] = (byte)LookalikesTo[i];
        }

        return lookalikes;
    }

    private static ushort[] BuildCyrillicLookalikes()
    {
        var lookalikes = new ushort[0x80];
        for (var i = 0; i < CyrillicFrom.Length; i++)
        {
            lookalikes[CyrillicFrom[i]] = CyrillicTo[i];
        }

        return lookalikes;
    }
}
