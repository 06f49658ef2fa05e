namespace Sentinel.Detection.Evidence;

/// <summary>
/// Whether an account's exchanges follow a schedule, however unevenly they follow each other: jitter moves each request
/// about its place in the plan, but the plan goes on, whereas chance drifts away from any straight line. The statistic is
/// the residual of the regression of an exchange's number on its time, as a share of what a Poisson process leaves,
/// n / 15 (the integrated variance of a Brownian motion about its regression line). Jitter of a whole gap leaves a fifth of
/// that after 64 exchanges. Where <see cref="PaceLedger"/> looks at neighbours, this looks at the whole.
/// </summary>
/// <remarks>
/// A mutable value of 64 bytes inside the account's state; owned by the lane. Tested at fixed counts, in stretches that begin
/// anew and double, so that an account that turns is found and one watched for years is not tested without end.
/// </remarks>
internal struct ScheduleLedger
{
    /// <summary>How many numbers <see cref="Save"/> gives.</summary>
    public const int SavedCount = 8;

    /// <summary>Exchanges in the first stretch.</summary>
    public const int FirstLength = 256;

    private const int LastLength = 1 << 16;

    // What one Poisson process in 10,000 stays below at each count of the first stretch, and one in 100,000 at any count of
    // the later ones: quantiles of 120,000 to 1.5 million simulated processes. All together that is less than one in 1,000.
    private const double LaterLimit = 0.109;

    // From here on it plainly keeps no schedule any more.
    private const double NoLongerFrom = 0.5;

    private long _firstMs;
    private long _lastMs;
    private int _length;
    private int _count;
    private double _sumTime;
    private double _sumTimeSquare;
    private double _sumNumberTime;
    private double _gapMs;

    /// <summary>Whether the exchanges follow a schedule, as of the latest test.</summary>
    public readonly bool IsSteady => _gapMs > 0;

    /// <summary>Mean gap of the schedule, milliseconds; 0 without one.</summary>
    public readonly double GapMs => _gapMs;

    private static ReadOnlySpan<int> FirstCounts => [16, 24, 32, 48, 64, 96, 128, 192, 256];

    private static ReadOnlySpan<double> FirstLimits => [0.083, 0.103, 0.117, 0.127, 0.134, 0.139, 0.142, 0.147, 0.149];

    /// <summary>Books an exchange; one that came late, out of order, is passed over.</summary>
    /// <param name="atMs">Event time, more than 0.</param>
    /// <returns>Whether this one made a test that found a schedule.</returns>
    public bool Add(long atMs)
    {
        if (_count > 0 && atMs < _lastMs)
        {
            return false;
        }

        if (_count == 0)
        {
            _firstMs = atMs;
            _length = _length == 0 ? FirstLength : Math.Min(LastLength, _length * 2);
        }

        double time = atMs - _firstMs;
        _sumTime += time;
        _sumTimeSquare += time * time;
        _sumNumberTime += _count * time;
        _lastMs = atMs;
        _count++;
        return LimitNow() is var limit and > 0 && Test(limit);
    }

    /// <summary>What it holds, for snapshots.</summary>
    public readonly void Save(Span<double> values)
    {
        (values[0], values[1], values[2], values[3]) = (_firstMs, _lastMs, _length, _count);
        (values[4], values[5], values[6], values[7]) = (_sumTime, _sumTimeSquare, _sumNumberTime, _gapMs);
    }

    /// <summary>Takes over what <see cref="Save"/> gave.</summary>
    public void Restore(ReadOnlySpan<double> values)
    {
        (_firstMs, _lastMs, _length, _count) = ((long)values[0], (long)values[1], (int)values[2], (int)values[3]);
        (_sumTime, _sumTimeSquare, _sumNumberTime, _gapMs) = (values[4], values[5], values[6], values[7]);
    }

    private readonly double LimitNow()
    {
        if (_length == FirstLength)
        {
            var place = FirstCounts.IndexOf(_count);
            return place < 0 ? 0 : FirstLimits[place];
        }

        return _count == _length || _count * 2 == _length || _count * 4 == _length ? LaterLimit : 0;
    }

    private bool Test(double limit)
    {
        var ratio = Residual() / (_count / 15.0);
        var isSteady = ratio < limit;
        _gapMs = isSteady ? (_lastMs - _firstMs) / (_count - 1.0) : ratio < NoLongerFrom ? _gapMs : 0;
        if (_count == _length)
        {
            (_count, _sumTime, _sumTimeSquare, _sumNumberTime) = (0, 0, 0, 0);
        }

        return isSteady;
    }

    // Mean square of what the line through (time, number) leaves of the numbers 0 .. n-1.
    private readonly double Residual()
    {
        double n = _count;
        var timeSquares = _sumTimeSquare - (_sumTime * _sumTime / n);
        if (timeSquares <= 0)
        {
            return n; // All at once is no schedule.
        }

        var numberSquares = n * ((n * n) - 1) / 12;
        var products = _sumNumberTime - (_sumTime * (n - 1) / 2);
        return Math.Max(0, (numberSquares - (products * products / timeSquares)) / n);
    }
}
