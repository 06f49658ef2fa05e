using Sentinel.Detection.Exchanges;
using Sentinel.Detection.Readings;

namespace Sentinel.Inference.Training;

/// <summary>Goes along while prompts are read for training, and cuts them into the pieces of a vocabulary. Of one thread.</summary>
/// <param name="vocabulary">The pieces.</param>
internal sealed class PieceCutter(PieceVocabulary vocabulary)
{
    private readonly ushort[] _row = new ushort[PieceLayout.Width];

    /// <summary>A prompt's pieces: piece, sense and concept, a place after another.</summary>
    public ushort[] Take(PromptReader reader, Exchange exchange)
    {
        var pieces = new ushort[reader.ReadPieces(exchange, vocabulary, _row) * PieceLayout.ColumnCount];
        for (var i = 0; i < pieces.Length; i++)
        {
            var (place, column) = Math.DivRem(i, PieceLayout.ColumnCount);
            pieces[i] = _row[(column * PieceLayout.LengthMax) + place];
        }

        return pieces;
    }
}
