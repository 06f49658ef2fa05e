using System.Collections.Immutable;
using Sentinel.Detection.Verdicts;
using Sentinel.Storage.Formats;

namespace Sentinel.Storage.Queries;

/// <summary>How much the store holds.</summary>
/// <param name="Exchanges">Exchanges.</param>
/// <param name="Campaigns">Campaigns that stand.</param>
/// <param name="Links">Links.</param>
/// <param name="DeadLetters">Lines that could not be used.</param>
/// <param name="AccountsByLevel">Accounts by the level of their latest verdict, in the order of the levels.</param>
public sealed record StoreCounts(
    long Exchanges,
    long Campaigns,
    long Links,
    long DeadLetters,
    ImmutableArray<long> AccountsByLevel)
{
    /// <summary>Accounts that have a verdict.</summary>
    public long Accounts => AccountsByLevel.Sum();

    /// <summary>Accounts whose latest verdict is flagged.</summary>
    public long Flagged =>
        AccountsByLevel[(int)VerdictLevel.Suspect] + AccountsByLevel[(int)VerdictLevel.Abusive];
}

/// <summary>Lines that could not be used for one reason.</summary>
/// <param name="Code">Stable code of the reason.</param>
/// <param name="Count">How many.</param>
public readonly record struct DeadLetterCount(string Code, long Count);

/// <summary>Answers how much the store holds. Thread-safe; each answer reads whole tables, so ask seldom.</summary>
public sealed class StatusReader(IClickHouse clickHouse)
{
    /// <summary>Reasons listed.</summary>
    public const int CodesMax = 100;

    private static readonly string CountsSql = EmbeddedSql.Query("store_counts");
    private static readonly string LevelsSql = EmbeddedSql.Query("accounts_by_level");
    private static readonly string DeadLettersSql = EmbeddedSql.Query("dead_letters_by_code");

    /// <summary>Counts of everything.</summary>
    public async Task<StoreCounts> CountAsync(CancellationToken cancel)
    {
        using var counts = await clickHouse.QueryAsync(CountsSql, ClickHouseFormat.RowBinary, [], cancel);
        using var levels = await clickHouse.QueryAsync(LevelsSql, ClickHouseFormat.RowBinary, [], cancel);
        return TakeCounts(counts.Memory.Span) with { AccountsByLevel = TakeLevels(levels.Memory.Span) };
    }

    /// <summary>Lines that could not be used, by reason, the most frequent first.</summary>
    public async Task<ImmutableArray<DeadLetterCount>> CountDeadLettersAsync(CancellationToken cancel)
    {
        using var bytes = await clickHouse.QueryAsync(
            DeadLettersSql, ClickHouseFormat.RowBinary, [SqlParameter.Of("codes", CodesMax)], cancel);
        return TakeDeadLetters(bytes.Memory.Span);
    }

    private static StoreCounts TakeCounts(ReadOnlySpan<byte> bytes)
    {
        var reader = new RowBinaryReader(bytes);
        return new StoreCounts(
            reader.Take<long>(), reader.Take<long>(), reader.Take<long>(), reader.Take<long>(), []);
    }

    private static ImmutableArray<long> TakeLevels(ReadOnlySpan<byte> bytes)
    {
        var levels = new long[WireNames.Levels.Length];
        for (var reader = new RowBinaryReader(bytes); !reader.IsAtEnd;)
        {
            var level = reader.Take<VerdictLevel>();
            levels[(int)level] = reader.Take<long>();
        }

        return [.. levels];
    }

    private static ImmutableArray<DeadLetterCount> TakeDeadLetters(ReadOnlySpan<byte> bytes)
    {
        var letters = ImmutableArray.CreateBuilder<DeadLetterCount>();
        for (var reader = new RowBinaryReader(bytes); !reader.IsAtEnd;)
        {
            letters.Add(new DeadLetterCount(reader.TakeText(), reader.Take<long>()));
        }

        return letters.ToImmutable();
    }
}
