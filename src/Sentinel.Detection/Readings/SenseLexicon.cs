using System.Text;

namespace Sentinel.Detection.Readings;

/// <summary>
/// What everyday words of requests mean, in some four hundred senses and twelve languages: a thesaurus, so that what is
/// learned of one word holds for its synonyms and translations. Where <see cref="ConceptLexicon"/> names what harvesting
/// is about, this names everything that requests are about.
/// </summary>
/// <remarks>
/// One file a language, <c>Senses/en.txt</c> and so on: a sense a line, its name first, then entries as those of
/// <see cref="LexiconTable"/>. The number of a sense is its line in the English file. Built once, never changed.
/// </remarks>
internal static class SenseLexicon
{
    private const int SlotCount = 1 << 17;
    private const string First = "en";

    private static readonly string[] Languages =
        [First, "zh", "es", "fr", "de", "ru", "ja", "ko", "pt", "ar", "hi", "vi"];

    private static readonly LexiconTable Table = Build();

    /// <summary>The sense of a token, with the one before it or alone; <see cref="LexiconTable.None"/> if it is in none.</summary>
    /// <param name="token">The token.</param>
    /// <param name="previous">Hash of the token before, or 0.</param>
    public static int Of(in Token token, ulong previous)
    {
        if (token.Kind > TokenKind.Unit)
        {
            return LexiconTable.None;
        }

        var pair = Table.OfPair(token, previous);
        return pair >= 0 ? pair : Table.OfWord(token);
    }

    private static LexiconTable Build()
    {
        var table = new LexiconTable(SlotCount);
        var senses = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var language in Languages)
        {
            foreach (var line in Lines(language))
            {
                var entries = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                if (language == First)
                {
                    senses.Add(entries[0], senses.Count);
                }

                foreach (var entry in entries[1..])
                {
                    table.Add(entry, senses[entries[0]]);
                }
            }
        }

        return table;
    }

    private static IEnumerable<string> Lines(string language)
    {
        using var stream = typeof(SenseLexicon).Assembly.GetManifestResourceStream($"Senses/{language}.txt");
        if (stream is null)
        {
            yield break;
        }

        using var reader = new StreamReader(stream, Encoding.UTF8);
        while (reader.ReadLine() is { } line)
        {
            yield return line;
        }
    }
}
