namespace Sentinel.Evaluation.Detectors;

/// <summary>Two accounts that a baseline ties to each other.</summary>
/// <param name="First">Place of one.</param>
/// <param name="Second">Place of the other.</param>
/// <param name="Strength">Counts for groups when it is above the accounts' threshold.</param>
internal readonly record struct AccountTie(int First, int Second, double Strength);

/// <summary>A baseline's scores of all accounts, and what ties them where it knows groups.</summary>
internal sealed class ScoreBook
{
    public ScoreBook(int accounts)
    {
        Trails = new ScoreTrail[accounts];
        for (var i = 0; i < accounts; i++)
        {
            Trails[i] = new ScoreTrail();
        }
    }

    /// <summary>Scores, place by place.</summary>
    public ScoreTrail[] Trails { get; }

    /// <summary>Ties; none of a baseline without groups.</summary>
    public IReadOnlyList<AccountTie> Ties { get; init; } = [];
}
