using Sentinel.Detection.Readings;

namespace Sentinel.Inference.Training;

/// <summary>
/// Learns a vocabulary of pieces: the letters first, then the pair of neighbouring pieces that most families say is
/// joined, again and again (byte-pair encoding, Sennrich, Haddow and Birch, ACL 2016). Words count by the families that
/// say them, so that no pipeline fills the vocabulary with its topics. The same words give the same pieces.
/// </summary>
internal sealed class PieceLearner
{
    // What fewer families say is not learned from: it is a topic, or a name.
    private const int FamiliesMin = 3;

    private readonly List<string> _pieces = [];
    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);
    private readonly List<Word> _words = [];
    private readonly Dictionary<(int Left, int Right), Pair> _pairs = [];

    private PieceLearner(IEnumerable<(string Word, int Families)> words)
    {
        var letters = words
            .Where(static word => word.Families >= FamiliesMin)
            .OrderBy(static word => word.Word, StringComparer.Ordinal)
            .ToList();
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (word, families) in letters)
        {
            foreach (var piece in Letters(word))
            {
                counts[piece] = counts.GetValueOrDefault(piece) + families;
            }
        }

        foreach (var (piece, _) in counts.OrderBy(static piece => piece.Key, StringComparer.Ordinal))
        {
            Add(piece);
        }

        foreach (var (word, families) in letters)
        {
            _words.Add(new Word([.. Letters(word).Select(piece => _ids[piece])], families));
            Count(_words.Count - 1, sign: 1);
        }
    }

    /// <summary>Pieces of letters, at most so many.</summary>
    public static List<string> Learn(IEnumerable<(string Word, int Families)> words, int piecesMax)
    {
        var learner = new PieceLearner(words);
        while (learner._pieces.Count < piecesMax && learner.TryJoin())
        {
        }

        return learner._pieces.Count <= piecesMax ? learner._pieces : learner._pieces[..piecesMax];
    }

    private static IEnumerable<string> Letters(string word) =>
        word.Select(static (letter, i) => i == 0 ? $"{PieceVocabulary.Begins}{letter}" : letter.ToString());

    private static int LengthOf(string piece) => piece.Length - (piece[0] == PieceVocabulary.Begins ? 1 : 0);

    private void Add(string piece)
    {
        _ids.Add(piece, _pieces.Count);
        _pieces.Add(piece);
    }

    // Joins the pair that most families say; of equals the first by its numbers.
    private bool TryJoin()
    {
        var (best, families) = ((Left: -1, Right: -1), FamiliesMin - 1L);
        foreach (var (pair, found) in _pairs)
        {
            var isBetter = found.Families > families || (found.Families == families && pair.CompareTo(best) < 0);
            var length = LengthOf(_pieces[pair.Left]) + _pieces[pair.Right].Length;
            if (isBetter && length <= PieceVocabulary.LettersMax)
            {
                (best, families) = (pair, found.Families);
            }
        }

        if (best.Left < 0)
        {
            return false;
        }

        var joined = _pieces[best.Left] + _pieces[best.Right];
        if (!_ids.ContainsKey(joined))
        {
            Add(joined);
        }

        foreach (var word in _pairs[best].Words.Order().ToList())
        {
            Count(word, sign: -1);
            _words[word].Join(best.Left, best.Right, _ids[joined]);
            Count(word, sign: 1);
        }

        _pairs.Remove(best);
        return true;
    }

    private void Count(int index, int sign)
    {
        var word = _words[index];
        for (var i = 1; i < word.Pieces.Count; i++)
        {
            var key = (word.Pieces[i - 1], word.Pieces[i]);
            if (!_pairs.TryGetValue(key, out var pair))
            {
                _pairs.Add(key, pair = new Pair());
            }

            pair.Families += sign * word.Families;
            if (sign > 0)
            {
                pair.Words.Add(index);
            }
            else if (pair.Families == 0)
            {
                _pairs.Remove(key);
            }
        }
    }

    private sealed class Pair
    {
        public long Families { get; set; }

        public HashSet<int> Words { get; } = [];
    }

    private sealed class Word(List<int> pieces, int families)
    {
        public List<int> Pieces { get; } = pieces;

        public int Families => families;

        public void Join(int left, int right, int joined)
        {
            for (var i = 1; i < Pieces.Count; i++)
            {
                if (Pieces[i - 1] == left && Pieces[i] == right)
                {
                    Pieces[i - 1] = joined;
                    Pieces.RemoveAt(i);
                }
            }
        }
    }
}
