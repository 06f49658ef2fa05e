using System.Collections.Immutable;
using System.Globalization;
using Sentinel.Detection.Scoring;
using Sentinel.Storage.Formats;

namespace Sentinel.Storage.Queries;

/// <summary>Promised against realised share of innocent traffic that scores high, on one day.</summary>
/// <param name="Day">Day of event time, UTC.</param>
/// <param name="ModelVersion">Whose reference promised it.</param>
/// <param name="OneIn">One in so many was to score at least as high.</param>
/// <param name="Accounts">Accounts that it was measured on: all that were never flagged.</param>
/// <param name="Promised">Share that the reference promises at most.</param>
/// <param name="Realised">Share of an account's exchanges, on the mean over accounts.</param>
/// <param name="Error">Standard error of the realised share.</param>
public readonly record struct CalibrationDay(
    DateOnly Day, string ModelVersion, int OneIn, long Accounts, double Promised, double Realised, double Error)
{
    /// <summary>Share of the promise by which the two may part.</summary>
    public const double PartMax = 0.25;

    private const int AccountsMin = 30;

    /// <summary>Realised over promised.</summary>
    public double Ratio => Realised / Promised;

    /// <summary>Whether they part by more than a quarter, and by more than chance explains.</summary>
    public bool Parts => Accounts >= AccountsMin && Math.Abs(Realised - Promised) > PartMax * Promised
        && Math.Abs(Realised - Promised) > 2 * Error;
}

/// <summary>Measures and keeps whether the calibration still holds. Thread-safe.</summary>
/// <param name="clickHouse">The migrated database.</param>
public sealed class CalibrationLog(IClickHouse clickHouse)
{
    private static readonly string MeasureSql = EmbeddedSql.Query("calibration_measure");
    private static readonly string DaysSql = EmbeddedSql.Query("calibration_days");

    /// <summary>The shares that are measured: one in ten and one in a hundred.</summary>
    public static ImmutableArray<int> OneIn { get; } = [10, 100];

    /// <summary>
    /// Measures the days of whatever was written lately against a reference, and keeps a row a day and share.
    /// </summary>
    /// <param name="reference">What innocent content was said to score.</param>
    /// <param name="modelVersion">Whose reference it is.</param>
    /// <param name="days">How far back to look, by the time of writing.</param>
    /// <param name="cancel">Heeded between shares.</param>
    public async Task MeasureAsync(BenignReference reference, string modelVersion, int days, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(reference);
        foreach (var oneIn in OneIn)
        {
            if (TryThreshold(reference, 1.0 / oneIn, out var steps, out var promised))
            {
                await clickHouse.ExecuteAsync(
                    MeasureSql,
                    [
                        SqlParameter.Of("model", modelVersion), SqlParameter.Of("one_in", oneIn),
                        SqlParameter.Of("promised", promised.ToString("R", CultureInfo.InvariantCulture)),
                        SqlParameter.Of("steps", steps), SqlParameter.Of("days", days),
                    ],
                    cancel);
            }
        }
    }

    /// <summary>What was measured, the latest days first.</summary>
    public async Task<ImmutableArray<CalibrationDay>> ListAsync(int rows, CancellationToken cancel)
    {
        using var bytes = await clickHouse.QueryAsync(
            DaysSql, ClickHouseFormat.RowBinary, [SqlParameter.Of("rows", rows)], cancel);
        return Take(bytes.Memory.Span);
    }

    private static ImmutableArray<CalibrationDay> Take(ReadOnlySpan<byte> bytes)
    {
        var reader = new RowBinaryReader(bytes);
        var found = ImmutableArray.CreateBuilder<CalibrationDay>();
        while (!reader.IsAtEnd)
        {
            found.Add(new CalibrationDay(
                reader.TakeDate(), reader.TakeText(), (int)reader.Take<uint>(), (long)reader.Take<ulong>(),
                reader.Take<double>(), reader.Take<double>(), reader.Take<double>()));
        }

        return found.DrainToImmutable();
    }

    // The lowest score that so few of innocent content reach; its tail share is what is promised, which may be less.
    private static bool TryThreshold(BenignReference reference, double share, out int steps, out double promised)
    {
        for (var i = 0; i < reference.Thresholds.Length; i++)
        {
            if (reference.TailShares[i] <= share)
            {
                (steps, promised) = (reference.Thresholds[i], reference.TailShares[i]);
                return promised > 0;
            }
        }

        (steps, promised) = (0, 0);
        return false;
    }
}
