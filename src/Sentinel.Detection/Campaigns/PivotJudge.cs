using Sentinel.Detection.Evidence;
using Sentinel.Detection.Policy;

namespace Sentinel.Detection.Campaigns;

/// <summary>
/// Whether the accounts of a group moved to a new model together, held against the sample of all accounts. Stateless but for
/// scratch space; owned by the lane's thread.
/// </summary>
internal sealed class PivotJudge(DetectionPolicy policy, Population population)
{
    // With fewer accounts of the sample nobody can tell how large the benign rush is.
    private const int SampleMin = 20;

    /// <summary>
    /// Evidence, nats: the likelihood ratio of so many that moved against the share of all others that did, at most
    /// <see cref="DetectionPolicy.PivotNatsMax"/>.
    /// </summary>
    public double Judge(IReadOnlyList<LinkedAccount> group)
    {
        var release = ReleaseOf(group);
        if (release == 0)
        {
            return 0;
        }

        var (judged, moved) = Count(group, release);
        var (all, rushed) = Count(population.Sample, release);
        if (moved < 2 || all < SampleMin)
        {
            return 0;
        }

        var anyway = Math.Min(0.95, (rushed + 1.0) / (all + 2.0));
        var share = Math.Min(moved / (double)judged, 0.95);
        return share <= anyway ? 0 : Math.Clamp(ShareEvidence.Ratio(moved, judged, share, anyway), 0, policy.PivotNatsMax);
    }

    // The release that the first judged account tells of: there is one at a time.
    private static ulong ReleaseOf(IReadOnlyList<LinkedAccount> group)
    {
        foreach (var account in group)
        {
            if (account.Profile.Pivot.HasMoved)
            {
                return account.Profile.Pivot.Release;
            }
        }

        return 0;
    }

    private static (int Judged, int Moved) Count(IEnumerable<LinkedAccount> accounts, ulong release)
    {
        var (judged, moved) = (0, 0);
        foreach (var account in accounts)
        {
            ref var pivot = ref account.Profile.Pivot;
            if (pivot.IsJudged && pivot.Release == release)
            {
                judged++;
                moved += pivot.HasMoved ? 1 : 0;
            }
        }

        return (judged, moved);
    }
}
