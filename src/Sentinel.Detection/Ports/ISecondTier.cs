using Sentinel.Detection.Readings;
using Sentinel.Detection.Scoring;

namespace Sentinel.Detection.Ports;

/// <summary>
/// A classifier that reads a prompt word by word, asked where the first one is unsure. It reads a frame once; what it
/// read changes the scores of every exchange of that frame. Thread-safe. Held by whoever uses it: see
/// <see cref="IScorer.HoldSecond"/>.
/// </summary>
public interface ISecondTier
{
    /// <summary>Its version; the reference is that of scores after <see cref="Change"/>.</summary>
    ScoringModel Model { get; }

    /// <summary>The pieces that it reads.</summary>
    PieceVocabulary Vocabulary { get; }

    /// <summary>Harvest score of the first tier, in steps, from which on this one is asked.</summary>
    ushort AskedFromSteps { get; }

    /// <summary>
    /// Reads prompts. What is read of one does not depend on the others that are read with it.
    /// </summary>
    /// <param name="rows">Rows of <see cref="PieceLayout"/>, one after another.</param>
    /// <param name="readings">Gets one for each row.</param>
    void Read(ReadOnlySpan<ushort> rows, Span<SecondReading> readings);

    /// <summary>Changes the first tier's scores of an exchange by what was read of its frame.</summary>
    void Change(ref ContentScores scores, in SecondReading reading);

    /// <summary>Ends a hold; the last one of a version that is not in force any more disposes of it.</summary>
    void LetGo();
}
