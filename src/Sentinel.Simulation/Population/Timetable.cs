using Sentinel.Simulation.Recipes;

namespace Sentinel.Simulation.Population;

/// <summary>
/// Says when an account makes its next exchange: a Poisson process whose rate follows the hour at the account's place
/// (by thinning), runs, or waves. Times are milliseconds from the start of the recipe.
/// </summary>
internal sealed class Timetable(long startsAtMs, ulong seed)
{
    private const double HourMs = 3_600_000;
    private const double DayMs = 24 * HourMs;
    private const double WaveMs = 6 * 60_000;

    private static readonly double[] WakingHours =
    [
        0.35, 0.18, 0.10, 0.08, 0.08, 0.12, 0.30, 0.60, 0.90, 1.05, 1.10, 1.10,
        1.05, 1.10, 1.15, 1.15, 1.10, 1.05, 1.10, 1.25, 1.35, 1.30, 1.00, 0.65,
    ];

    private static readonly double[] OfficeHours =
    [
        0.05, 0.03, 0.03, 0.03, 0.03, 0.05, 0.15, 0.50, 1.40, 1.90, 2.00, 1.90,
        1.30, 1.70, 2.00, 1.95, 1.80, 1.30, 0.60, 0.35, 0.30, 0.25, 0.15, 0.08,
    ];

    private static readonly double[] SteadyHours =
    [
        0.75, 0.70, 0.68, 0.68, 0.70, 0.75, 0.85, 0.95, 1.05, 1.12, 1.18, 1.20,
        1.18, 1.18, 1.20, 1.20, 1.18, 1.15, 1.12, 1.08, 1.05, 1.00, 0.92, 0.82,
    ];

    /// <summary>Time of the first exchange at or after the account's beginning.</summary>
    public long First(SimulatedAccount account, Rhythm rhythm, double turns) => rhythm switch
    {
        Rhythm.Nightly => NextRun(account),
        Rhythm.Waves => NextWave(account),
        _ => NextSession(account, rhythm, turns),
    };

    /// <summary>Time of the exchange after the current one, in the same conversation.</summary>
    public static long NextTurn(SimulatedAccount account) =>
        account.NextMs + 12_000 + (long)account.Chance.Exponential(70_000);

    /// <summary>Time of the exchange after the current one, in a new conversation.</summary>
    public long Next(SimulatedAccount account, Rhythm rhythm, double turns)
    {
        switch (rhythm)
        {
            case Rhythm.Waves:
                return NextWave(account);
            case Rhythm.Nightly when account.RunLeft > 0:
                account.RunLeft--;
                return account.NextMs + 400 + (long)account.Chance.Exponential(9_000);
            case Rhythm.Nightly:
                return NextRun(account);
            default:
                return NextSession(account, rhythm, turns);
        }
    }

    private long NextSession(SimulatedAccount account, Rhythm rhythm, double turns)
    {
        var (hours, peak) = rhythm switch
        {
            Rhythm.Office => (OfficeHours, 2.0),
            Rhythm.Steady => (SteadyHours, 1.2),
            _ => (WakingHours, 1.35),
        };
        var meanMs = DayMs * turns / (account.ADay * peak);
        double time = account.NextMs;
        double rate;
        do
        {
            time += account.Chance.Exponential(meanMs) + 1;
            var local = startsAtMs + time + (account.OffsetMinutes * 60_000.0);
            rate = hours[(int)(local / HourMs % 24)];
            // 1 January 1970 was a Thursday.
            var weekday = (int)((local / DayMs) + 3) % 7;
            rate *= rhythm == Rhythm.Office && weekday >= 5 ? 0.15 : 1.0;
        }
        while (account.Chance.Unit() * peak >= rate);

        return (long)time;
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
    /// average, within seconds of the others.
    /// </summary>
    private long NextWave(SimulatedAccount account)
    {
        var share = Math.Min(0.95, account.ADay / (DayMs / WaveMs));
        var waves = 1 + (long)(Math.Log(1.0 - account.Chance.Unit()) / Math.Log(1.0 - share));
        var wave = (long)(account.NextMs / WaveMs) + waves;
        var groupSeed = Chance.Derive(seed, (ulong)account.Group);
        var start = (wave * WaveMs) + new Chance(Chance.Derive(groupSeed, (ulong)wave)).Below(180_000);
        return (long)start + account.Chance.Below(12_000);
    }
}
