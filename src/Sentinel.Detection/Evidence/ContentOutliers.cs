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
/// Three measures, since nobody says how much of an account's traffic is camouflage: the mean of its highest tenth and the mean of
/// all, of the logits (<see cref="HarvestSpread"/>) and as if some usual exchanges had been seen too; and the evidence of its most
/// telling contexts (<see cref="FrameLedger"/>), which few exchanges tell where a frame is repeated. What explains it otherwise:
/// a kind of innocent that the classifier misreads as a whole. Such an account counts from where the worst of innocents held out of
/// training come to lie, so on its own this flags and never blocks.
/// </remarks>
internal sealed class ContentOutliers
{
    /// <summary>Exchanges from which on an account is compared.</summary>
    public const int ExchangesMin = HarvestRank.ExchangesMin;

    private const int SampleMax = 256;
    private const int SampleMin = 128;

    // Exchanges between two looks at the sample.
    private const int LookEvery = 4_096;

    // Share of what flags from where on it counts. At the whole lie one or two in a thousand innocents, where the kinds of a fourth
    // of them were held out of training.
    private const double FromShare = 0.5;

    private readonly AccountSample _sample = new(SampleMax, 0x0071E5);
    private readonly Measure[] _measures =
    [
        new(static (profile, usual) => profile.Spread.Highest(0.1, profile.ExchangeCount, usual, usualCount: 4), FlagWidths: 9.5, WidthMin: 0.1),
        new(static (profile, usual) => profile.Spread.Highest(1, profile.ExchangeCount, usual, usualCount: 8), FlagWidths: 6.3, WidthMin: 0.1),
        new(static (profile, _) => profile.Frames.Highest(0.2, profile.ExchangeCount), FlagWidths: 16, WidthMin: 0.04),
    ];

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
        foreach (var measure in _measures)
        {
            for (var i = 0; i < values.Length; i++)
            {
                values[i] = measure.Of(_sample.Accounts[i], _usual);
            }

            values.Sort();
            measure.Learn(values[values.Length / 2], values[values.Length / 4]);
        }
    }

    /// <summary>Evidence that an account stands out, nats, 0 and up; 0 while too few accounts are known.</summary>
    /// <param name="profile">An account with at least <see cref="ExchangesMin"/> exchanges.</param>
    /// <param name="flagNats">Evidence that flags.</param>
    /// <param name="natsMax">Most evidence.</param>
    public double NatsOf(AccountProfile profile, double flagNats, double natsMax)
    {
        var share = 0.0;
        foreach (var measure in _measures)
        {
            share = Math.Max(share, measure.ShareOfFlag(profile, _usual));
        }

        return Math.Clamp((share - FromShare) / (1 - FromShare) * flagNats, 0, natsMax);
    }

    /// <summary>Writes what was learned.</summary>
    public void Write(StateWriter to)
    {
        to.PutDouble(_usual);
        foreach (var measure in _measures)
        {
            measure.Write(to);
        }

        to.PutCount(Math.Max(0, _untilLook));
    }

    /// <summary>Takes over what <see cref="Write"/> wrote; the sample is considered anew.</summary>
    public void Read(ref StateReader from)
    {
        _usual = from.TakeDouble();
        foreach (var measure in _measures)
        {
            measure.Read(ref from);
        }

        _untilLook = from.TakeCount();
    }

    /// <summary>One way to look at an account, and how far apart accounts lie in it.</summary>
    /// <param name="Of">The measure of an account where so many logits are usual.</param>
    /// <param name="FlagWidths">Widths above the median that flag.</param>
    /// <param name="WidthMin">Least width: below that accounts lie closer together than the same one from an exchange to the next.</param>
    private sealed record Measure(Func<AccountProfile, double, double> Of, double FlagWidths, double WidthMin)
    {
        private double _median;
        private double _width; // From lower quartile to median; 0 before anything was learned.

        public void Learn(double median, double lowerQuartile) =>
            (_median, _width) = (median, Math.Max(WidthMin, median - lowerQuartile));

        public double ShareOfFlag(AccountProfile profile, double usual) =>
            _width <= 0 ? 0 : (Of(profile, usual) - _median) / _width / FlagWidths;

        public void Write(StateWriter to)
        {
            to.PutDouble(_median);
            to.PutDouble(_width);
        }

        public void Read(ref StateReader from) => (_median, _width) = (from.TakeDouble(), from.TakeDouble());
    }
}
