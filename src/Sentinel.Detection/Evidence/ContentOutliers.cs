using Sentinel.Detection.Accounts;
using Sentinel.Detection.State;

namespace Sentinel.Detection.Evidence;

/// <summary>
/// How far an account's most telling requests stand out from those of all accounts of the same stream. The benign reference is
/// a bound over the worst innocents that there are; what is innocent <em>here</em> mostly lies far below it, and an account that
/// stays below the reference may still be like nobody else. The null is estimated from the lower half of the stream, as Efron's
/// empirical null is from its centre ("Large-scale simultaneous hypothesis testing", JASA 2004, section 4), so it holds with up
/// to half of all accounts abusive. Owned by the lane's thread.
/// </summary>
/// <remarks>
/// What explains it otherwise: a kind of innocent that the classifier misreads as a whole. Such an account counts from where the
/// worst of innocents held out of training come to lie, so on its own this flags and never blocks.
/// </remarks>
internal sealed class ContentOutliers
{
    /// <summary>Exchanges from which on an account is compared.</summary>
    public const int ExchangesMin = HarvestRank.ExchangesMin;

    /// <summary>Accounts in the sample.</summary>
    public const int SampleMax = 256;

    private const int SampleMin = 64;

    // Exchanges between two looks at the sample.
    private const int LookEvery = 4_096;

    // In widths of the lower half: of innocents whose kind was held out of training 1 % lie beyond 6, 0.1 % beyond 10 and none
    // of 4,635 beyond 12. A straight line in nats through the first and the last, with nothing for what is nearly usual.
    private const double FromWidths = 4;
    private const double FlagWidths = 12;

    private readonly AccountSample _sample = new(SampleMax, 0x0071E5);
    private double _median;
    private double _spread;
    private int _untilLook;

    /// <summary>Below that, accounts lie closer together than the same account from one exchange to the next.</summary>
    public const double SpreadMin = 0.04;

    /// <summary>Widths above the median beyond which 1 % of innocents lie whose kind was held out of training.</summary>
    public const double InnocentWidths = 6;

    /// <summary>Whether an account with so many exchanges is looked at now: four times before they have doubled.</summary>
    public static bool IsDue(long exchanges) =>
        exchanges >= ExchangesMin && (exchanges & ((1L << (System.Numerics.BitOperations.Log2((ulong)exchanges) - 2)) - 1)) == 0;

    /// <summary>Accounts in the sample now.</summary>
    public int SampleCount => _sample.Count;

    /// <summary>Whether an account with this key would be in the sample.</summary>
    public bool Wants(ulong key) => _sample.Wants(key);

    /// <summary>Considers an account with at least <see cref="ExchangesMin"/> exchanges for the sample.</summary>
    public void Consider(AccountProfile profile) => _sample.Consider(profile);

    /// <summary>An exchange was judged; once in a while the sample is looked at.</summary>
    public void Tick()
    {
        if (--_untilLook > 0)
        {
            return;
        }

        _untilLook = LookEvery;
        if (_sample.Count < SampleMin)
        {
            return;
        }

        Span<double> values = stackalloc double[SampleMax];
        var count = 0;
        foreach (var account in _sample.Accounts)
        {
            values[count++] = HarvestRank.Upper(account);
        }

        values = values[..count];
        values.Sort();
        _median = values[count / 2];
        _spread = Math.Max(SpreadMin, _median - values[count / 4]);
    }

    /// <summary>Evidence that an account stands out, nats, 0 and up; 0 while too few accounts are known.</summary>
    /// <param name="profile">An account with at least <see cref="ExchangesMin"/> exchanges.</param>
    /// <param name="flagNats">Evidence that flags.</param>
    /// <param name="natsMax">Most evidence.</param>
    public double NatsOf(AccountProfile profile, double flagNats, double natsMax)
    {
        if (_spread <= 0)
        {
            return 0;
        }

        var widths = (HarvestRank.Upper(profile) - _median) / _spread;
        return Math.Clamp((widths - FromWidths) / (FlagWidths - FromWidths) * flagNats, 0, natsMax);
    }

    /// <summary>Writes what was learned.</summary>
    public void Write(StateWriter to)
    {
        to.PutDouble(_median);
        to.PutDouble(_spread);
        to.PutCount(Math.Max(0, _untilLook));
    }

    /// <summary>Takes over what <see cref="Write"/> wrote; the sample is considered anew.</summary>
    public void Read(ref StateReader from) =>
        (_median, _spread, _untilLook) = (from.TakeDouble(), from.TakeDouble(), from.TakeCount());
}
