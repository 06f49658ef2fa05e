using System.Collections.Immutable;
using Sentinel.Detection.Verdicts;
using Sentinel.Storage.Formats;

namespace Sentinel.Storage.Queries;

/// <summary>One hour of event time.</summary>
/// <param name="Hour">Its beginning.</param>
/// <param name="Exchanges">Exchanges made in it.</param>
/// <param name="Watch">Accounts that had a verdict of this level in it, exact to about half a per cent.</param>
/// <param name="Suspect">The same.</param>
/// <param name="Abusive">The same.</param>
public readonly record struct HourCounts(
    DateTimeOffset Hour, long Exchanges, long Watch, long Suspect, long Abusive);

/// <summary>One day's use of one model under one plan.</summary>
/// <param name="Day">The day, UTC.</param>
/// <param name="ModelKey">The model (64-bit hash; 0 for unknown).</param>
/// <param name="PlanKey">The plan (64-bit hash; 0 for unknown).</param>
/// <param name="Exchanges">Exchanges.</param>
/// <param name="InputTokens">Tokens that customers sent, where the events say.</param>
/// <param name="OutputTokens">Tokens that they got, where the events say.</param>
public readonly record struct ModelDay(
    DateOnly Day, ulong ModelKey, ulong PlanKey, long Exchanges, long InputTokens, long OutputTokens);

/// <summary>Accounts first flagged on one day for one kind of abuse.</summary>
/// <param name="Day">The day of event time, UTC.</param>
/// <param name="Type">What for.</param>
/// <param name="Accounts">How many, exact to about half a per cent.</param>
public readonly record struct DetectionDay(DateOnly Day, AbuseType Type, long Accounts);

/// <summary>Lines that could not be used, put aside in one hour for one reason.</summary>
/// <param name="Hour">Beginning of the hour in which they were put aside.</param>
/// <param name="Code">Stable code of the reason.</param>
/// <param name="Letters">How many, exact to about half a per cent.</param>
public readonly record struct DeadLetterHour(DateTimeOffset Hour, string Code, long Letters);

/// <summary>
/// Answers what happened over weeks from sums kept as the rows were written. Thread-safe. Ranges are of whole hours:
/// from one time up to, not including, another.
/// </summary>
public sealed class SummaryReader(IClickHouse clickHouse)
{
    /// <summary>Rows of an answer: a year of hours fits.</summary>
    public const int RowsMax = 10_000;

    private static readonly string HoursSql = EmbeddedSql.Query("exchanges_per_hour");
    private static readonly string ModelsSql = EmbeddedSql.Query("models_per_day");
    private static readonly string DetectionsSql = EmbeddedSql.Query("detections_per_day");
    private static readonly string DeadLettersSql = EmbeddedSql.Query("dead_letters_per_hour");

    /// <summary>Exchanges, and accounts by level, hour by hour. Hours without either are left out.</summary>
    public async Task<ImmutableArray<HourCounts>> CountHoursAsync(
        DateTimeOffset from, DateTimeOffset to, CancellationToken cancel)
    {
        using var rows = await clickHouse.QueryAsync(
            HoursSql, ClickHouseFormat.RowBinary, Range(from, to), cancel);
        return TakeHours(rows.Memory.Span);
    }

    /// <summary>Exchanges by model and plan, day by day, the most used first.</summary>
    public async Task<ImmutableArray<ModelDay>> CountModelsAsync(
        DateTimeOffset from, DateTimeOffset to, CancellationToken cancel)
    {
        using var rows = await clickHouse.QueryAsync(
            ModelsSql, ClickHouseFormat.RowBinary, Range(from, to), cancel);
        return TakeModels(rows.Memory.Span);
    }

    /// <summary>Accounts first flagged, day by day, by kind of abuse. Both days are included whole.</summary>
    public async Task<ImmutableArray<DetectionDay>> CountDetectionsAsync(
        DateTimeOffset from, DateTimeOffset to, CancellationToken cancel)
    {
        using var rows = await clickHouse.QueryAsync(
            DetectionsSql, ClickHouseFormat.RowBinary, Range(from, to), cancel);
        return TakeDetections(rows.Memory.Span);
    }

    /// <summary>Lines that could not be used, hour by hour, by reason.</summary>
    public async Task<ImmutableArray<DeadLetterHour>> CountDeadLettersAsync(
        DateTimeOffset from, DateTimeOffset to, CancellationToken cancel)
    {
        using var rows = await clickHouse.QueryAsync(
            DeadLettersSql, ClickHouseFormat.RowBinary, Range(from, to), cancel);
        return TakeDeadLetters(rows.Memory.Span);
    }

    // Seconds that ClickHouse's DateTime can say.
    private static ImmutableArray<SqlParameter> Range(DateTimeOffset from, DateTimeOffset to) =>
    [
        SqlParameter.Of("from", Math.Clamp(from.ToUnixTimeSeconds(), 0, uint.MaxValue)),
        SqlParameter.Of("to", Math.Clamp(to.ToUnixTimeSeconds(), 0, uint.MaxValue)),
        SqlParameter.Of("rows", RowsMax),
    ];

    private static DateTimeOffset TakeHour(ref RowBinaryReader reader) =>
        DateTimeOffset.FromUnixTimeSeconds(reader.Take<uint>());

    private static ImmutableArray<HourCounts> TakeHours(ReadOnlySpan<byte> rows)
    {
        var hours = ImmutableArray.CreateBuilder<HourCounts>();
        for (var reader = new RowBinaryReader(rows); !reader.IsAtEnd;)
        {
            hours.Add(new HourCounts(
                TakeHour(ref reader),
                reader.Take<long>(), reader.Take<long>(), reader.Take<long>(), reader.Take<long>()));
        }

        return hours.ToImmutable();
    }

    private static ImmutableArray<ModelDay> TakeModels(ReadOnlySpan<byte> rows)
    {
        var days = ImmutableArray.CreateBuilder<ModelDay>();
        for (var reader = new RowBinaryReader(rows); !reader.IsAtEnd;)
        {
            days.Add(new ModelDay(
                reader.TakeDate(),
                reader.Take<ulong>(), reader.Take<ulong>(),
                reader.Take<long>(), reader.Take<long>(), reader.Take<long>()));
        }

        return days.ToImmutable();
    }

    private static ImmutableArray<DetectionDay> TakeDetections(ReadOnlySpan<byte> rows)
    {
        var days = ImmutableArray.CreateBuilder<DetectionDay>();
        for (var reader = new RowBinaryReader(rows); !reader.IsAtEnd;)
        {
            days.Add(new DetectionDay(reader.TakeDate(), reader.Take<AbuseType>(), reader.Take<long>()));
        }

        return days.ToImmutable();
    }

    private static ImmutableArray<DeadLetterHour> TakeDeadLetters(ReadOnlySpan<byte> rows)
    {
        var hours = ImmutableArray.CreateBuilder<DeadLetterHour>();
        for (var reader = new RowBinaryReader(rows); !reader.IsAtEnd;)
        {
            hours.Add(new DeadLetterHour(TakeHour(ref reader), reader.TakeText(), reader.Take<long>()));
        }

        return hours.ToImmutable();
    }
}
