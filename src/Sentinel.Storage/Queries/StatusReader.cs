using System.Collections.Immutable;
using Sentinel.Detection.Verdicts;
using Sentinel.Storage.Formats;

namespace Sentinel.Storage.Queries;

/// <summary>What tells how many of the flagged may be innocent.</summary>
/// <param name="Accounts">Accounts of which exchanges were taken.</param>
/// <param name="Risks">Risks of the flagged ones, 0 to 1, largest first; at most <see cref="StatusReader.RisksMax"/>.</param>
public sealed record FlaggedRisks(long Accounts, ImmutableArray<double> Risks);

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

    /// <summary>Flagged accounts whose risks are read.</summary>
    public const int RisksMax = 100_000;

    private static readonly string AccountsSql = EmbeddedSql.Query("accounts_judged");
    private static readonly string RisksSql = EmbeddedSql.Query("risks_of_flagged");
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

    /// <summary>How many accounts there are, to about half a per cent, and the risks of those that are flagged.</summary>
    public async Task<FlaggedRisks> ReadRisksAsync(CancellationToken cancel)
    {
        using var accounts = await clickHouse.QueryAsync(AccountsSql, ClickHouseFormat.RowBinary, [], cancel);
        using var risks = await clickHouse.QueryAsync(
            RisksSql, ClickHouseFormat.RowBinary, [SqlParameter.Of("rows", RisksMax)], cancel);
        return TakeRisks(accounts.Memory.Span, risks.Memory.Span);
    }

    /// <summary>Lines that could not be used, by reason, the most frequent first.</summary>
    public async Task<ImmutableArray<DeadLetterCount>> CountDeadLettersAsync(CancellationToken cancel)
    {
        using var bytes = await clickHouse.QueryAsync(
            DeadLettersSql, ClickHouseFormat.RowBinary, [SqlParameter.Of("codes", CodesMax)], cancel);
        return TakeDeadLetters(bytes.Memory.Span);
    }

    private static FlaggedRisks TakeRisks(ReadOnlySpan<byte> accounts, ReadOnlySpan<byte> risks)
    {
        var all = new RowBinaryReader(accounts).Take<long>();
        var found = ImmutableArray.CreateBuilder<double>();
        for (var reader = new RowBinaryReader(risks); !reader.IsAtEnd;)
        {
            found.Add(reader.Take<double>());
        }

        return new FlaggedRisks(all, found.DrainToImmutable());
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
