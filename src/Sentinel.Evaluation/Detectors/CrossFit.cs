using System.Collections.Immutable;
using Sentinel.Detection.Exchanges;
using Sentinel.Evaluation.Traffic;

namespace Sentinel.Evaluation.Detectors;

/// <summary>
/// Makes findings of a baseline's scores. Accounts fall into two halves by their id; each half is judged by what the
/// innocents of the other teach: the reference, and the threshold that <see cref="PromisedRate"/> of them exceed. So no
/// account is judged by itself, and all are judged. The platform gets no such lesson: the baselines have an advantage.
/// </summary>
internal static class CrossFit
{
    /// <summary>Share of innocents above the threshold in the half where it is learned.</summary>
    public const double PromisedRate = 0.001;

    /// <summary>Accounts of a group at least, as of the platform's campaigns.</summary>
    public const int GroupAccountsMin = 3;

    /// <summary>Judges all accounts.</summary>
    public static DetectorFindings Judge(
        IBaseline baseline, ObservedTraffic traffic, IReadOnlyList<AccountTruth> truth, CancellationToken cancel)
    {
        var accounts = new AccountFinding[truth.Count];
        var halves = new int[truth.Count];
        for (var i = 0; i < halves.Length; i++)
        {
            halves[i] = HalfOf(traffic.Accounts[i].Id);
        }

        ScoreBook? book = null;
        var strictest = double.NegativeInfinity;
        for (var half = 0; half < 2; half++)
        {
            var innocents = Enumerable.Range(0, truth.Count)
                .Where(account => halves[account] != half && !truth[account].IsMalicious)
                .ToArray();
            if (book is null || baseline.LearnsFromInnocents)
            {
                book = baseline.Score(traffic, innocents, cancel);
            }

            var threshold = ThresholdOf([.. innocents.Select(account => book.Trails[account].Highest)], PromisedRate);
            strictest = Math.Max(strictest, threshold);
            for (var account = 0; account < accounts.Length; account++)
            {
                if (halves[account] == half)
                {
                    accounts[account] = book.Trails[account].Under(threshold);
                }
            }
        }

        return new DetectorFindings(
            new DetectorCard(baseline.Name, baseline.Source, PromisedRate),
            [.. accounts],
            GroupsOf(book!, accounts, strictest));
    }

    /// <summary>
    /// The lowest threshold that at most a share of the values exceeds; none does where the share is less than one
    /// of them. Infinite without values: nothing was learned.
    /// </summary>
    public static double ThresholdOf(double[] values, double share)
    {
        if (values.Length == 0)
        {
            return double.PositiveInfinity;
        }

        Array.Sort(values);
        return values[^(1 + (int)(share * values.Length))];
    }

    /// <summary>0 or 1.</summary>
    public static int HalfOf(string accountId) => (int)(KeyHash.Of(accountId) >> 63);

    // A group is reported when as many of its accounts are flagged as a group has at least.
    private static ImmutableArray<FoundGroup> GroupsOf(ScoreBook book, AccountFinding[] accounts, double threshold)
    {
        var sets = new DisjointSets(accounts.Length);
        foreach (var tie in book.Ties)
        {
            if (tie.Strength > threshold && accounts[tie.First].IsFlagged && accounts[tie.Second].IsFlagged)
            {
                sets.Join(tie.First, tie.Second);
            }
        }

        return
        [
            .. Enumerable.Range(0, accounts.Length)
                .Where(account => accounts[account].IsFlagged)
                .GroupBy(sets.RootOf)
                .Select(static group => group.ToArray())
                .Where(static group => group.Length >= GroupAccountsMin)
                .Select(group => new FoundGroup(
                    [.. group],
                    group.Select(account => accounts[account].FlaggedAtMs).Order().ElementAt(GroupAccountsMin - 1))),
        ];
    }
}
