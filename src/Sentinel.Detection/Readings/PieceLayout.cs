namespace Sentinel.Detection.Readings;

/// <summary>
/// The layout of a row of pieces: what a second-tier classifier reads of one prompt, in its order. Three columns of
/// <see cref="LengthMax"/> cells, one after another: the piece, the sense of the word that it begins
/// (<see cref="SenseLexicon"/>) and the concept that this names (<see cref="ConceptLexicon"/>), 0 for none. A word that is no
/// piece by itself but has a sense is <see cref="Unknown"/> with that sense: another language's word for what a piece says. Padded
/// with 0. A classifier names the version that it was trained on and is refused with another.
/// </summary>
public static class PieceLayout
{
    /// <summary>Version of the layout.</summary>
    public const int Version = 2;

    /// <summary>
    /// Pieces kept of one prompt: four in five authored prompts are shorter, of a longer one beginning and end tell
    /// what is asked; what a classifier costs grows with it.
    /// </summary>
    public const int LengthMax = 128;

    /// <summary>What a row is filled up with.</summary>
    public const ushort Padding = 0;

    /// <summary>A piece that the vocabulary lacks.</summary>
    public const ushort Unknown = 1;

    /// <summary>Columns.</summary>
    public const int ColumnCount = 3;

    /// <summary>Cells of a row.</summary>
    public const int Width = ColumnCount * LengthMax;

    /// <summary>Senses that there can be, with none.</summary>
    public const int SensesMax = 512;

    /// <summary>Concepts that there can be, with none.</summary>
    public const int ConceptsMax = ConceptLexicon.ConceptsMax + 1;
}

/// <summary>Pieces that stand for something other than letters. The numbers are positions in a vocabulary.</summary>
internal static class SpecialPiece
{
    public const ushort Padding = PieceLayout.Padding;
    public const ushort Unknown = PieceLayout.Unknown;
    public const ushort System = 2;
    public const ushort User = 3;
    public const ushort CustomerTurn = 4;
    public const ushort OtherTurn = 5;
    public const ushort Gap = 6;
    public const ushort Number = 7;
    public const ushort Link = 8;
    public const ushort Mail = 9;
    public const ushort Code = 10;
    public const ushort Line = 11;
    public const ushort Samples = 12;
    public const ushort Logprobs = 13;
    public const ushort Tools = 14;

    /// <summary>Pieces of letters begin here; the one below is in reserve.</summary>
    public const ushort Count = 16;
}
