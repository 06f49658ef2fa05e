using Sentinel.Detection.Accounts;

namespace Sentinel.Detection.Evidence;

/// <summary>
/// A sample of all accounts by whose habits those of one account are ranked. Owned by the lane's thread.
/// </summary>
internal sealed class HabitPopulation
{
    /// <summary>Accounts in the sample: the smallest share it can tell is about 1/129.</summary>
    public const int SampleMax = 128;

    /// <summary>Exchanges from which on an account has habits.</summary>
    public const int ExchangesMin = 32;

    private const int SampleMin = 40;

    private readonly AccountSample _sample = new(SampleMax, 0x4AB175);

    /// <summary>Whether the account's habits are to be looked at now: when its exchanges have doubled.</summary>
    public static bool IsDue(AccountProfile profile) =>
        profile.ExchangeCount >= ExchangesMin && long.IsPow2(profile.ExchangeCount);

    /// <summary>Considers an account with at least <see cref="ExchangesMin"/> exchanges.</summary>
    public void Consider(AccountProfile profile) => _sample.Consider(profile);

    /// <summary>
    /// Evidence of an account's habits, nats, 0 and up: each habit's share of others that have as much of it, as an e-value,
    /// and the mean of these, which is one however the habits hang together.
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
        asMuch.Clear();
        profile.Habits.Fill(profile.ExchangeCount, profile.RepeatedCount, own);
        var others = 0;
        foreach (var stranger in _sample.Accounts)
        {
            if (stranger.Key == profile.Key)
            {
                continue;
            }

            others++;
            stranger.Habits.Fill(stranger.ExchangeCount, stranger.RepeatedCount, other);
            for (var i = 0; i < own.Length; i++)
            {
                asMuch[i] += other[i] >= own[i] ? 1 : 0;
            }
        }

        var sum = 0.0;
        foreach (var count in asMuch)
        {
            sum += ContentEvidence.EValueOf((count + 1.0) / (others + 1.0));
        }

        return Math.Clamp(Math.Log(sum / HabitLedger.Count), 0, natsMax);
    }
}
