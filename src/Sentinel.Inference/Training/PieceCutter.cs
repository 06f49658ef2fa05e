using Sentinel.Detection.Exchanges;
using Sentinel.Detection.Readings;

namespace Sentinel.Inference.Training;

/// <summary>
/// Goes along while prompts are read for training: first it learns which words there are, then it cuts prompts into the
/// pieces of a vocabulary. Of one thread.
/// </summary>
internal sealed class PieceCutter
{
    // Far more distinct words than the bank and the corpora have; what comes beyond is not learned from.
    private const int WordsMax = 2_000_000;

    private readonly Dictionary<string, (int Families, string Last)> _words = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (int Families, string Last)>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private readonly PieceVocabulary? _vocabulary;
    private readonly ushort[] _row = new ushort[PieceLayout.Width];
    private string _family = string.Empty;

    /// <summary>One that learns words, or with a vocabulary one that cuts.</summary>
    public PieceCutter(PieceVocabulary? vocabulary) =>
        (_vocabulary, _lookup) = (vocabulary, _words.GetAlternateLookup<ReadOnlySpan<char>>());

    /// <summary>Every word with the number of families that say it.</summary>
    public IEnumerable<(string Word, int Families)> Words =>
        _words.Select(static word => (word.Key, word.Value.Families));

    /// <summary>Takes a prompt; gives its pieces, or nothing while words are learned.</summary>
    public ushort[] Take(PromptReader reader, Exchange exchange, string family)
    {
        if (_vocabulary is null)
        {
            _family = family;
            reader.ReadWords(exchange, Count);
            return [];
        }

        var pieces = new ushort[reader.ReadPieces(exchange, _vocabulary, _row) * PieceLayout.ColumnCount];
        for (var i = 0; i < pieces.Length; i++)
        {
            var (place, column) = Math.DivRem(i, PieceLayout.ColumnCount);
            pieces[i] = _row[(column * PieceLayout.LengthMax) + place];
        }

        return pieces;
    }

    private void Count(ReadOnlySpan<char> letters)
    {
        if (_lookup.TryGetValue(letters, out var seen))
        {
            if (!ReferenceEquals(seen.Last, _family))
            {
                _lookup[letters] = (seen.Families + (seen.Last == _family ? 0 : 1), _family);
            }
        }
        else if (_words.Count < WordsMax)
        {
            _lookup[letters] = (1, _family);
        }
    }
}
