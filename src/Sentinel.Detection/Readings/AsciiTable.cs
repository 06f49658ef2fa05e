namespace Sentinel.Detection.Readings;

/// <summary>What a byte is to the tokeniser.</summary>
internal enum AsciiKind : byte
{
    /// <summary>White space or a mark that means nothing.</summary>
    Nothing,

    /// <summary>A letter.</summary>
    Letter,

    /// <summary>A digit.</summary>
    Digit,

    /// <summary>A mark that may mean something.</summary>
    Mark,

    /// <summary>Not ASCII.</summary>
    Wide,
}

/// <summary>What the tokeniser asks of single bytes, each by one look into a table. Never changed.</summary>
internal static class AsciiTable
{
    private static readonly AsciiKind[] Kinds = BuildKinds();
    private static readonly byte[] Before = BuildMarks("\\</#[{@*("u8);
    private static readonly byte[] After = BuildMarks(":>]}("u8);

    /// <summary>The kind of a byte.</summary>
    public static AsciiKind KindOf(byte item) => Kinds[item];

    /// <summary>The byte if it says something about the word after it, or 0.</summary>
    public static byte BeforeMark(byte item) => Before[item];

    /// <summary>The byte if it says something about the word before it, or 0.</summary>
    public static byte AfterMark(byte item) => After[item];

    private static AsciiKind[] BuildKinds()
    {
        var kinds = new AsciiKind[256];
        for (var i = 0; i < kinds.Length; i++)
        {
            kinds[i] = i switch
            {
                >= 0x80 => AsciiKind.Wide,
                _ when char.IsAsciiLetter((char)i) => AsciiKind.Letter,
                _ when char.IsAsciiDigit((char)i) => AsciiKind.Digit,
                '\n' or '.' or '!' or '?' or ';' or ':' or '{' or '[' or '-' or '*' or '`' or '"' or '@' =>
                    AsciiKind.Mark,
                _ => AsciiKind.Nothing,
            };
        }

        return kinds;
    }

    private static byte[] BuildMarks(ReadOnlySpan<byte> marks)
    {
        var table = new byte[256];
        foreach (var mark in marks)
        {
            table[mark] = mark;
        }

        return table;
    }
}
