using System.Collections.Immutable;
using Sentinel.Detection.Scoring;
using Sentinel.Storage.Formats;

namespace Sentinel.Storage.Queries;

/// <summary>Promised against realised share of innocent traffic that scores high, on one day.</summary>
/// <param name="Day">Day of event time, UTC.</param>
/// <param name="ModelVersion">Whose scores they are.</param>
/// <param name="Share">What was promised, and what came of it.</param>
public readonly record struct CalibrationDay(DateOnly Day, string ModelVersion, CalibrationShare Share);

/// <summary>
/// Measures and keeps whether the calibration still holds: each day against the classifier's reference, and each day that is over
/// against the days before it under the same model. Thread-safe.
/// </summary>
/// <remarks>
/// Exchanges do not say which version scored them: the two days around a change of model have scores of both, and may alarm.
/// </remarks>
/// <param name="clickHouse">The migrated database.</param>
public sealed class CalibrationLog(IClickHouse clickHouse)
{
    private const string Into =
        "INSERT INTO calibration_days (day, model_version, promise, one_in, accounts, promised, realised, error)";

    // A month that is read at once: at 512 KiB a spread and 640 KiB a full row of it, 37 MiB.
    private const int SpreadsMax = 32;
    private const int BodyBytesMax = 1024 * 1024; // 160 rows of a name and some fifty bytes.

    private static readonly string SpreadSql = EmbeddedSql.Query("calibration_spread");
    private static readonly string SpreadsSql = EmbeddedSql.Query("calibration_spreads");
    private static readonly string DaysSql = EmbeddedSql.Query("calibration_days");

    /// <summary>Measures the days of whatever was written lately, and keeps a row a day and promise.</summary>
    /// <param name="reference">What innocent content was said to score at most.</param>
    /// <param name="modelVersion">Whose reference it is.</param>
    /// <param name="days">How far back to look, by the time of writing.</param>
    /// <param name="cancel">Heeded between statements.</param>
    public async Task MeasureAsync(BenignReference reference, string modelVersion, int days, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(reference);
        await clickHouse.ExecuteAsync(
            SpreadSql, [SqlParameter.Of("model", modelVersion), SqlParameter.Of("days", days)], cancel);
        var measured = Check(reference, modelVersion, await ReadSpreadsAsync(modelVersion, cancel));
        if (measured.Count > 0)
        {
            await clickHouse.InsertAsync(
                new InsertTarget(Into, ClickHouseFormat.RowBinary, string.Empty), [BodyOf(measured)], cancel);
        }
    }

    /// <summary>What was measured, the latest days first.</summary>
    public async Task<ImmutableArray<CalibrationDay>> ListAsync(int rows, CancellationToken cancel)
    {
        using var bytes = await clickHouse.QueryAsync(
            DaysSql, ClickHouseFormat.RowBinary, [SqlParameter.Of("rows", rows)], cancel);
        return TakeDays(bytes.Memory.Span);
    }

    private async Task<List<(DateOnly Day, ScoreSpread Spread)>> ReadSpreadsAsync(string modelVersion, CancellationToken cancel)
    {
        using var bytes = await clickHouse.QueryAsync(
            SpreadsSql, ClickHouseFormat.RowBinary,
            [SqlParameter.Of("model", modelVersion), SqlParameter.Of("rows", SpreadsMax)], cancel);
        return TakeSpreads(bytes.Memory.Span);
    }

    // The latest day first; that one may not be over, and an hour of it is not what a day is.
    private static List<CalibrationDay> Check(
        BenignReference reference, string modelVersion, List<(DateOnly Day, ScoreSpread Spread)> spreads)
    {
        var measured = new List<CalibrationDay>();
        for (var i = 0; i < spreads.Count; i++)
        {
            var (day, spread) = spreads[i];
            foreach (var oneIn in CalibrationCheck.AtMostOneIn)
            {
                if (CalibrationCheck.TryAtMost(reference, spread, oneIn, out var share))
                {
                    measured.Add(new CalibrationDay(day, modelVersion, share));
                }
            }

            var before = spreads.Skip(i + 1)
                .TakeWhile(one => one.Day >= day.AddDays(-CalibrationCheck.DaysBefore))
                .Select(static one => one.Spread)
                .ToList();
            foreach (var oneIn in i == 0 ? [] : CalibrationCheck.AsBeforeOneIn)
            {
                if (CalibrationCheck.TryAsBefore(before, spread, oneIn, out var share))
                {
                    measured.Add(new CalibrationDay(day, modelVersion, share));
                }
            }
        }

        return measured;
    }

    private static ReadOnlyMemory<byte> BodyOf(List<CalibrationDay> measured)
    {
        var rows = new RowBinaryRows(BodyBytesMax);
        foreach (var (day, modelVersion, share) in measured)
        {
            rows.Put((ushort)(day.DayNumber - new DateOnly(1970, 1, 1).DayNumber));
            rows.PutText(modelVersion);
            rows.Put((byte)share.Promise);
            rows.Put((uint)share.OneIn);
            rows.Put((ulong)share.Accounts);
            rows.Put(share.Promised);
            rows.Put(share.Realised);
            rows.Put(share.Error);
            rows.EndRow();
        }

        return rows.Body;
    }

    private static List<(DateOnly Day, ScoreSpread Spread)> TakeSpreads(ReadOnlySpan<byte> bytes)
    {
        var reader = new RowBinaryReader(bytes);
        var found = new List<(DateOnly, ScoreSpread)>();
        var byStep = new double[ScoreSpread.Steps];
        while (!reader.IsAtEnd)
        {
            var (day, accounts) = (reader.TakeDate(), (long)reader.Take<ulong>());
            var (steps, shares) = (reader.TakeArray<ushort>(), reader.TakeArray<double>());
            Array.Clear(byStep);
            for (var i = 0; i < steps.Length; i++)
            {
                byStep[steps[i]] = shares[i];
            }

            found.Add((day, new ScoreSpread(accounts, byStep)));
        }

        return found;
    }

    private static ImmutableArray<CalibrationDay> TakeDays(ReadOnlySpan<byte> bytes)
    {
        var reader = new RowBinaryReader(bytes);
        var found = ImmutableArray.CreateBuilder<CalibrationDay>();
        while (!reader.IsAtEnd)
        {
            var (day, modelVersion) = (reader.TakeDate(), reader.TakeText());
            var promise = (CalibrationPromise)reader.Take<byte>();
            var (oneIn, accounts) = ((int)reader.Take<uint>(), (long)reader.Take<ulong>());
            found.Add(new CalibrationDay(day, modelVersion, new CalibrationShare(
                promise, oneIn, accounts, reader.Take<double>(), reader.Take<double>(), reader.Take<double>())));
        }

        return found.DrainToImmutable();
    }
}
