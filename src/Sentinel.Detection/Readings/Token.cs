namespace Sentinel.Detection.Readings;

/// <summary>What a token is.</summary>
internal enum TokenKind : byte
{
    /// <summary>A word.</summary>
    Word,

    /// <summary>One character of a script written without spaces.</summary>
    Unit,

    /// <summary>A run of digits.</summary>
    Number,

    /// <summary>A link.</summary>
    Link,

    /// <summary>An e-mail address.</summary>
    Mail,
}

/// <summary>Where a token stands.</summary>
[Flags]
internal enum TokenFlags : byte
{
    /// <summary>Nothing special.</summary>
    None = 0,

    /// <summary>First of its line.</summary>
    StartsLine = 1,

    /// <summary>Last of its sentence, clause before a colon, or line.</summary>
    EndsSentence = 2,

    /// <summary>Inside quotation marks, or code in single backticks.</summary>
    Quoted = 4,

    /// <summary>Inside a code fence.</summary>
    Code = 8,

    /// <summary>First of a window: what stands before it was not read.</summary>
    StartsWindow = 16,
}

/// <summary>One token of a prompt: bytes of the exchange's text and the hash of what they say, folded.</summary>
internal struct Token
{
    /// <summary>First byte in the text.</summary>
    public int Start;

    /// <summary>Byte after the last.</summary>
    public int End;

    /// <summary>Hash of the folded token.</summary>
    public ulong Hash;

    /// <summary>Hash of the folded word's beginning; 0 where the word is no longer than that.</summary>
    public ulong Stem;

    /// <summary>What it is.</summary>
    public TokenKind Kind;

    /// <summary>Where it stands.</summary>
    public TokenFlags Flags;

    /// <summary>The mark directly before it (such as <c>#</c> or <c>\</c>), or 0.</summary>
    public byte Before;

    /// <summary>The mark directly after it (such as <c>:</c>), or 0.</summary>
    public byte After;

    /// <summary>
    /// Bytes of the folded word, at most 255: one a Latin letter, however it was written, and two of other alphabets.
    /// </summary>
    public byte FoldedLength;

    /// <summary>The script that the word was read in.</summary>
    public WordScript Script;

    /// <summary>Whether it is something that changes from use to use of a frame by its form alone.</summary>
    public readonly bool IsSlot =>
        Kind >= TokenKind.Number || (Flags & (TokenFlags.Quoted | TokenFlags.Code)) != TokenFlags.None;
}
