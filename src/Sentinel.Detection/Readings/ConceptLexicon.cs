namespace Sentinel.Detection.Readings;

/// <summary>
/// Words of twelve languages that name the same thing in requests to a model: they give the same feature, so that what
/// is learned of a way of asking in one language holds in the others, and with other words of one language.
/// </summary>
/// <remarks>Entries are those of <see cref="LexiconTable"/>. Built once, never changed.</remarks>
internal static partial class ConceptLexicon
{
    /// <summary>Concepts that there can be: the bits of a mask.</summary>
    public const int ConceptsMax = 64;

    private const int SlotCount = 1 << 13;

    private static readonly LexiconTable Table = Build();

    /// <summary>The bit of the concept that a token names, alone or with the one before it; 0 for none.</summary>
    /// <param name="token">The token.</param>
    /// <param name="previous">Hash of the token before, or 0.</param>
    public static ulong MaskOf(in Token token, ulong previous)
    {
        if (token.Kind > TokenKind.Unit)
        {
            return 0;
        }

        var (pair, word) = (Table.OfPair(token, previous), Table.OfWord(token));
        return (pair < 0 ? 0 : 1UL << pair) | (word < 0 ? 0 : 1UL << word);
    }

    private static LexiconTable Build()
    {
        var table = new LexiconTable(SlotCount);
        foreach (var (concept, line) in Entries.Split('\n', StringSplitOptions.RemoveEmptyEntries).Index())
        {
            foreach (var entry in line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..])
            {
                table.Add(entry, concept);
            }
        }

        return table;
    }
}
