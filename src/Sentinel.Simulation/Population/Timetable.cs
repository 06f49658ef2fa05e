using Sentinel.Simulation.Recipes;

namespace Sentinel.Simulation.Population;

/// <summary>
/// Says when an account makes its next exchange: a Poisson process whose rate follows the hour and the weekday at the
/// account's place (by thinning), runs, or waves. Times are milliseconds from the start of the recipe.
/// </summary>
internal sealed class Timetable(long startsAtMs, long endsMs, ulong seed, double[] releasesMs)
{
    private const double HourMs = 3_600_000;
    private const double DayMs = 24 * HourMs;
    private const double WaveMs = 6 * 60_000;
    private const double RushMs = 2 * DayMs;
    private const double RushFactor = 12;
    private const double QuietFactor = 0.3;

    private static readonly WeekOfWork WakingWeek = new(
        [
            0.35, 0.18, 0.10, 0.08, 0.08, 0.12, 0.30, 0.60, 0.90, 1.05, 1.10, 1.10,
            1.05, 1.10, 1.15, 1.15, 1.10, 1.05, 1.10, 1.25, 1.35, 1.30, 1.00, 0.65,
        ],
        weekend: 0.8);

    private static readonly WeekOfWork OfficeWeek = new(
        [
            0.05, 0.03, 0.03, 0.03, 0.03, 0.05, 0.15, 0.50, 1.40, 1.90, 2.00, 1.90,
            1.30, 1.70, 2.00, 1.95, 1.80, 1.30, 0.60, 0.35, 0.30, 0.25, 0.15, 0.08,
        ],
        weekend: 0.15);

    private static readonly WeekOfWork SteadyWeek = new(
        [
            0.75, 0.70, 0.68, 0.68, 0.70, 0.75, 0.85, 0.95, 1.05, 1.12, 1.18, 1.20,
            1.18, 1.18, 1.20, 1.20, 1.18, 1.15, 1.12, 1.08, 1.05, 1.00, 0.92, 0.82,
        ],
        weekend: 0.85);

    /// <summary>Time of the first exchange at or after the account's beginning.</summary>
    public long First(SimulatedAccount account, double turns, double jitterMs) => account.Rhythm switch
    {
        Rhythm.Nightly => NextRun(account),
        Rhythm.Waves => NextWave(account, turns, jitterMs),
        _ => NextSession(account, turns),
    };

    /// <summary>Time of the exchange after the current one, in the same conversation.</summary>
    public static long NextTurn(SimulatedAccount account) =>
        account.NextMs + 12_000 + (long)account.Chance.Exponential(70_000);

    /// <summary>Time of the exchange after the current one, in a new conversation.</summary>
    public long Next(SimulatedAccount account, double turns, double jitterMs)
    {
        switch (account.Rhythm)
        {
            case Rhythm.Waves:
                return NextWave(account, turns, jitterMs);
            case Rhythm.Nightly when account.RunLeft > 0:
                account.RunLeft--;
                return account.NextMs + 400 + (long)account.Chance.Exponential(9_000);
            case Rhythm.Nightly:
                return NextRun(account);
            default:
                return NextSession(account, turns);
        }
    }

    private static double TrendOf(SimulatedAccount account, double share) => Math.Exp(account.Trend * (share - 0.5));

    private static WeekOfWork WeekOf(Rhythm rhythm) => rhythm switch
    {
        Rhythm.Office => OfficeWeek,
        Rhythm.Steady => SteadyWeek,
        _ => WakingWeek,
    };

    private long NextSession(SimulatedAccount account, double turns)
    {
        var week = WeekOf(account.Rhythm);
        var isRushing = account.Rhythm == Rhythm.Release;
        var peak = week.Peak * (isRushing ? RushFactor : 1);
        var meanMs = DayMs * turns / (account.ADay * TrendOf(account, account.NextMs / (double)endsMs) * peak);
        double time = account.NextMs;
        double rate;
        do
        {
            time += account.Chance.Exponential(meanMs) + 1;
            rate = week.RateAt(LocalHours(account, time)) * (isRushing ? RushAt(time) : 1);
        }
        while (account.Chance.Unit() * peak >= rate && time < endsMs);

        return (long)time;
    }

    private double LocalHours(SimulatedAccount account, double time) =>
        (startsAtMs + time + (account.OffsetMinutes * 60_000.0)) / HourMs;

    private double RushAt(double time)
    {
        foreach (var release in releasesMs)
        {
            if (time >= release && time < release + RushMs)
            {
                return RushFactor;
            }
        }

        return QuietFactor;
    }

    private long NextRun(SimulatedAccount account)
    {
        account.RunLeft = Math.Max(0, (int)(account.Chance.LogNormal(account.ADay, 0.2) - 0.5));
        // Between 20 and 6 o'clock at its place, the same minute every night, as a scheduler keeps it.
        var minute = (20 * 60) + new Chance(Chance.Derive(account.Seed, 7)).Below(10 * 60);
        var day = Math.Floor((startsAtMs + account.NextMs + (account.OffsetMinutes * 60_000.0)) / DayMs);
        var run = (day * DayMs) + ((minute - account.OffsetMinutes) * 60_000.0) - startsAtMs;
        var nights = Math.Ceiling((account.NextMs - run + 1) / DayMs);
        return (long)(run + (nights * DayMs)) + (long)account.Chance.Exponential(20_000);
    }

    /// <summary>
    /// The group's scheduler sends a wave every few minutes, through a share of its accounts: each rides every n-th on
    /// average, within seconds of the others unless they are jittered.
    /// </summary>
    private long NextWave(SimulatedAccount account, double turns, double jitterMs)
    {
        var share = Math.Min(0.95, account.ADay * WakingWeek.Peak / (turns * (DayMs / WaveMs)));
        var groupSeed = Chance.Derive(seed, (ulong)account.Group);
        var wave = (long)(account.NextMs / WaveMs);
        double time;
        double rate;
        do
        {
            wave += 1 + (long)(Math.Log(1.0 - account.Chance.Unit()) / Math.Log(1.0 - share));
            var start = (wave * WaveMs) + new Chance(Chance.Derive(groupSeed, (ulong)wave)).Below(180_000);
            time = Math.Max(account.NextMs + 1, start + (account.Chance.Unit() * jitterMs));
            rate = WakingWeek.RateAt(LocalHours(account, time));
        }
        while (account.Chance.Unit() * WakingWeek.Peak >= rate && time < endsMs);

        return (long)time;
    }

    /// <summary>Relative rates of the hours of a week, whose mean is 1.</summary>
    private sealed class WeekOfWork
    {
        private readonly double[] _rates = new double[7 * 24];

        public WeekOfWork(double[] hours, double weekend)
        {
            for (var i = 0; i < _rates.Length; i++)
            {
                // 1 January 1970 was a Thursday.
                _rates[i] = hours[i % 24] * (((i / 24) + 3) % 7 >= 5 ? weekend : 1);
            }

            var mean = _rates.Average();
            for (var i = 0; i < _rates.Length; i++)
            {
                _rates[i] /= mean;
            }

            Peak = _rates.Max();
        }

        public double Peak { get; }

        public double RateAt(double localHours) => _rates[(int)(localHours % _rates.Length)];
    }
}
