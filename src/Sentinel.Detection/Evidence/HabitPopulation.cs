using Sentinel.Detection.Accounts;

namespace Sentinel.Detection.Evidence;

/// <summary>
/// A sample of all accounts by whose habits those of one account are ranked. Owned by the lane's thread.
/// </summary>
internal sealed class HabitPopulation
{
    /// <summary>Accounts in the sample: the smallest share it can tell is about 1/257.</summary>
    public const int SampleMax = 256;

    /// <summary>Exchanges from which on an account has habits.</summary>
    public const int ExchangesMin = 32;

    private const int SampleMin = 40;

    // Accounts of its own segment from which on those count for more than all together do.
    private const double SegmentWeight = 16;

    private readonly AccountSample _sample = new(SampleMax, 0x4AB175);

    /// <summary>Whether the account's habits are to be looked at now: when its exchanges have doubled.</summary>
    public static bool IsDue(AccountProfile profile) =>
        profile.ExchangeCount >= ExchangesMin && long.IsPow2(profile.ExchangeCount);

    /// <summary>Accounts in the sample now.</summary>
    public int SampleCount => _sample.Count;

    /// <summary>Whether an account with this key would be in the sample.</summary>
    public bool Wants(ulong key) => _sample.Wants(key);

    /// <summary>Considers an account with at least <see cref="ExchangesMin"/> exchanges.</summary>
    public void Consider(AccountProfile profile) => _sample.Consider(profile);

    /// <summary>
    /// Evidence of an account's habits, nats, 0 and up: each habit's share of others that have as much of it, as an e-value,
    /// and the mean of these, which is one however the habits hang together. Others are those of the same segment (plan and
    /// way of signing up) and all, weighed by how many of the segment there are: a small one is hardly told from the whole.
    /// A mean of e-values is one, whatever the weights.
    /// </summary>
    /// <param name="profile">The account.</param>
    /// <param name="natsMax">Most evidence.</param>
    public double NatsOf(AccountProfile profile, double natsMax)
    {
        if (_sample.Count < SampleMin)
        {
            return 0;
        }

        Span<double> own = stackalloc double[HabitLedger.Count];
        Span<double> other = stackalloc double[HabitLedger.Count];
        Span<int> asMuch = stackalloc int[HabitLedger.Count];
        Span<int> asMuchNear = stackalloc int[HabitLedger.Count];
        asMuch.Clear();
        asMuchNear.Clear();
        HabitLedger.Fill(profile, own);
        var (others, near) = (0, 0);
        foreach (var stranger in _sample.Accounts)
        {
            if (stranger.Key == profile.Key)
            {
                continue;
            }

            var isNear = stranger.SegmentKey == profile.SegmentKey;
            others++;
            near += isNear ? 1 : 0;
            HabitLedger.Fill(stranger, other);
            for (var i = 0; i < own.Length; i++)
            {
                var reached = other[i] >= own[i] ? 1 : 0;
                asMuch[i] += reached;
                asMuchNear[i] += isNear ? reached : 0;
            }
        }

        var (sum, nearWeight) = (0.0, near / (near + SegmentWeight));
        for (var i = 0; i < own.Length; i++)
        {
            var ofAll = ContentEvidence.EValueOf((asMuch[i] + 1.0) / (others + 1.0));
            var ofNear = ContentEvidence.EValueOf((asMuchNear[i] + 1.0) / (near + 1.0));
            sum += (nearWeight * ofNear) + ((1 - nearWeight) * ofAll);
        }

        return Math.Clamp(Math.Log(sum / HabitLedger.Count), 0, natsMax);
    }
}
