using Sentinel.Detection.Accounts;
using Sentinel.Detection.State;

namespace Sentinel.Detection.Evidence;

/// <summary>
/// How far an account's requests stand out from those of all accounts of the same stream. The benign reference is a bound over the
/// worst innocents that there are; what is innocent <em>here</em> mostly lies far below it, and an account that stays below
/// the reference may still be like nobody else. The null is estimated from the lower half of the stream, as Efron's empirical null is
/// from its centre ("Large-scale simultaneous hypothesis testing", JASA 2004, section 4), so it holds with up to half of all
/// accounts abusive. Owned by the lane's thread.
/// </summary>
/// <remarks>
/// Two measures of the logits (<see cref="HarvestSpread"/>), since nobody says how much of an account's traffic is camouflage: the
/// mean of its highest tenth, and the mean of all, each as if some usual exchanges had been seen too. What explains it otherwise:
/// a kind of innocent that the classifier misreads as a whole. Such an account counts from where the worst of innocents held out of
/// training come to lie, so on its own this flags and never blocks.
/// </remarks>
internal sealed class ContentOutliers
{
    /// <summary>Exchanges from which on an account is compared.</summary>
    public const int ExchangesMin = HarvestRank.ExchangesMin;

    /// <summary>Accounts in the sample.</summary>
    public const int SampleMax = 256;

    private const int SampleMin = 128;

    // Exchanges between two looks at the sample.
    private const int LookEvery = 4_096;

    // Below that, accounts lie closer together than the same account from one exchange to the next, logits.
    private const double SpreadMin = 0.1;

    // Share of what flags from where on it counts; at the whole, one in 400 of the innocents whose kind was held out of training.
    private const double FromShare = 0.5;

    private readonly AccountSample _sample = new(SampleMax, 0x0071E5);
    private Measure _highest = new(Share: 0.1, UsualCount: 4, FlagWidths: 9.5);
    private Measure _all = new(Share: 1, UsualCount: 8, FlagWidths: 6.3);
    private double _usual;
    private int _untilLook;

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

        Span<double> values = stackalloc double[_sample.Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = _sample.Accounts[i].Spread.Mean();
        }

        values.Sort();
        _usual = values[values.Length / 2];
        _highest = Learn(_highest, values);
        _all = Learn(_all, values);
    }

    /// <summary>Evidence that an account stands out, nats, 0 and up; 0 while too few accounts are known.</summary>
    /// <param name="profile">An account with at least <see cref="ExchangesMin"/> exchanges.</param>
    /// <param name="flagNats">Evidence that flags.</param>
    /// <param name="natsMax">Most evidence.</param>
    public double NatsOf(AccountProfile profile, double flagNats, double natsMax)
    {
        if (_all.Width <= 0)
        {
            return 0;
        }

        var share = Math.Max(_highest.ShareOfFlag(profile, _usual), _all.ShareOfFlag(profile, _usual));
        return Math.Clamp((share - FromShare) / (1 - FromShare) * flagNats, 0, natsMax);
    }

    /// <summary>Writes what was learned.</summary>
    public void Write(StateWriter to)
    {
        to.PutDouble(_usual);
        to.PutDouble(_highest.Median);
        to.PutDouble(_highest.Width);
        to.PutDouble(_all.Median);
        to.PutDouble(_all.Width);
        to.PutCount(Math.Max(0, _untilLook));
    }

    /// <summary>Takes over what <see cref="Write"/> wrote; the sample is considered anew.</summary>
    public void Read(ref StateReader from)
    {
        _usual = from.TakeDouble();
        _highest = _highest with { Median = from.TakeDouble(), Width = from.TakeDouble() };
        _all = _all with { Median = from.TakeDouble(), Width = from.TakeDouble() };
        _untilLook = from.TakeCount();
    }

    private Measure Learn(Measure measure, Span<double> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = measure.Of(_sample.Accounts[i], _usual);
        }

        values.Sort();
        var median = values[values.Length / 2];
        return measure with { Median = median, Width = Math.Max(SpreadMin, median - values[values.Length / 4]) };
    }

    /// <param name="Share">Of the exchanges, the highest.</param>
    /// <param name="UsualCount">Usual exchanges added to those.</param>
    /// <param name="FlagWidths">Widths above the median that flag.</param>
    private readonly record struct Measure(double Share, double UsualCount, double FlagWidths)
    {
        public double Median { get; init; }

        // From lower quartile to median, logits; 0 before anything was learned.
        public double Width { get; init; }

        public double Of(AccountProfile profile, double usual) =>
            profile.Spread.Highest(Share, profile.ExchangeCount, usual, UsualCount);

        public double ShareOfFlag(AccountProfile profile, double usual) =>
            (Of(profile, usual) - Median) / Width / FlagWidths;
    }
}
