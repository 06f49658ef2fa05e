using Sentinel.Evaluation.Traffic;

namespace Sentinel.Evaluation.Detectors;

/// <summary>
/// A published detector, from its paper's description. Pure: the same traffic and innocents give the same scores. It
/// gives scores only; <see cref="CrossFit"/> makes findings of them.
/// </summary>
internal interface IBaseline
{
    /// <summary>Name on the command line.</summary>
    string Name { get; }

    /// <summary>The paper or practice.</summary>
    string Source { get; }

    /// <summary>Whether scores depend on the innocents that are shown.</summary>
    bool LearnsFromInnocents { get; }

    /// <summary>Scores every account.</summary>
    /// <param name="traffic">The traffic.</param>
    /// <param name="innocents">Places of accounts that it may take for innocent.</param>
    /// <param name="cancel">Ends it between two accounts.</param>
    ScoreBook Score(ObservedTraffic traffic, IReadOnlyList<int> innocents, CancellationToken cancel);
}
