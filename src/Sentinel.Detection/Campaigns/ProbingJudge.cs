using Sentinel.Detection.Evidence;
using Sentinel.Detection.Policy;

namespace Sentinel.Detection.Campaigns;

/// <summary>
/// Tells which accounts of a group try techniques, held against the sample of all accounts. Scratch space only; owned by
/// the lane's thread.
/// </summary>
internal sealed class ProbingJudge(DetectionPolicy policy, Population population)
{
    // With fewer accounts there is no highest twentieth; where more tie at its border, none of them is in it.
    private const int SampleMin = 40;

    private readonly List<float> _means = [];
    private float _high = float.MaxValue;

    /// <summary>Looks at the sample: once before groups are judged.</summary>
    public void Refresh()
    {
        _means.Clear();
        foreach (var account in population.Sample)
        {
            if (ProbingEvidence.TryMean(account.Profile, out var mean))
            {
                _means.Add(mean);
            }
        }

        _means.Sort();
        _high = _means.Count < SampleMin
            ? float.MaxValue
            : _means[(int)(_means.Count * (1 - ProbingEvidence.HighShare))];
    }

    /// <summary>Evidence that the accounts search for techniques, nats.</summary>
    public double Judge(IReadOnlyList<LinkedAccount> group)
    {
        var (high, all, refused, exchanges) = (0, 0, 0L, 0L);
        foreach (var account in group)
        {
            if (ProbingEvidence.TryMean(account.Profile, out var mean))
            {
                all++;
                high += mean > _high ? 1 : 0;
                refused += account.Profile.RefusedCount;
                exchanges += account.Profile.ExchangeCount;
            }
        }

        return ProbingEvidence.Of(high, all, refused, exchanges, policy);
    }

    /// <summary>Whether the account is one of those that try.</summary>
    public bool Tries(LinkedAccount account) =>
        ProbingEvidence.TryMean(account.Profile, out var mean) && mean > _high;
}
