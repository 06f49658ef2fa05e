using Sentinel.Detection.Evidence;
using Sentinel.Detection.Policy;

namespace Sentinel.Detection.Campaigns;

/// <summary>
/// Tells which accounts of a group try techniques, held against the sample of all accounts. Scratch space only; owned by
/// the lane's thread.
/// </summary>
internal sealed class ProbingJudge(DetectionPolicy policy, Population population)
{
    private readonly HighestTwentieth _highest = new(
        population, static (LinkedAccount account, out float mean) => ProbingEvidence.TryMean(account.Profile, out mean));

    /// <summary>Looks at the sample: once before groups are judged.</summary>
    public void Refresh() => _highest.Refresh();

    /// <summary>Evidence that the accounts search for techniques, nats.</summary>
    public double Judge(IReadOnlyList<LinkedAccount> group)
    {
        var (high, all, refused, exchanges) = (0, 0, 0L, 0L);
        foreach (var account in group)
        {
            if (ProbingEvidence.TryMean(account.Profile, out var mean))
            {
                all++;
                high += _highest.IsHigh(mean) ? 1 : 0;
                refused += account.Profile.RefusedCount;
                exchanges += account.Profile.ExchangeCount;
            }
        }

        return ProbingEvidence.Of(high, all, HighestTwentieth.Share, refused, exchanges, policy);
    }

    /// <summary>Whether the account is one of those that try.</summary>
    public bool Tries(LinkedAccount account) => _highest.Has(account);
}
