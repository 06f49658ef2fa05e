using System.Collections.Immutable;
using Sentinel.Detection.Links;
using Sentinel.Detection.Verdicts;
using Sentinel.Storage.Formats;
using Sentinel.Storage.Queries;

namespace Sentinel.Storage.Cases;

/// <summary>A key that several accounts share.</summary>
/// <param name="Kind">What kind of key.</param>
/// <param name="Key">The key (64-bit hash).</param>
/// <param name="Accounts">Who of those asked about uses it; some, where there are many.</param>
/// <param name="UsedBy">How many of those asked about.</param>
public sealed record SharedKey(LinkKind Kind, ulong Key, ImmutableArray<string> Accounts, long UsedBy);

/// <summary>An account that uses a key.</summary>
/// <param name="AccountId">The account.</param>
/// <param name="FirstUsedAt">Since when.</param>
public readonly record struct KeyUser(string AccountId, DateTimeOffset FirstUsedAt);

/// <summary>A kind of link as which a key is used.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Accounts">By how many accounts.</param>
public readonly record struct KeyUse(LinkKind Kind, long Accounts);

/// <summary>What was concluded of an account at a time.</summary>
/// <param name="At">Event time.</param>
/// <param name="Level">The level.</param>
/// <param name="Risk">0..1.</param>
/// <param name="Action">What gateways are answered.</param>
/// <param name="Origin">Which judge concluded.</param>
/// <param name="CampaignId">The campaign, or null.</param>
/// <param name="ExchangesSeen">Exchanges of the account until then.</param>
/// <param name="Reasons">Strongest first.</param>
public sealed record VerdictStep(
    DateTimeOffset At, VerdictLevel Level, double Risk, DecisionAction Action, VerdictOrigin Origin, string? CampaignId,
    long ExchangesSeen, ImmutableArray<Reason> Reasons);

/// <summary>A masked excerpt of an exchange.</summary>
/// <param name="At">Event time.</param>
/// <param name="Partition">Partition of the log.</param>
/// <param name="Offset">Offset in it.</param>
/// <param name="Harvest">How much its content looks like harvesting, 0..1.</param>
/// <param name="Text">Beginning of the system prompt, beginning and end of the last message, separated by U+241F.</param>
public sealed record ExcerptRow(DateTimeOffset At, int Partition, long Offset, double Harvest, string Text);

/// <summary>Reads what a case rests on. Thread-safe.</summary>
/// <param name="clickHouse">The migrated database.</param>
public sealed class EvidenceReader(IClickHouse clickHouse)
{
    /// <summary>Most rows of any answer.</summary>
    public const int RowsMax = 5_000;

    /// <summary>Accounts of one shared key that a graph lists.</summary>
    public const int KeyMembersMax = 5_000;

    private static readonly string GraphSql = EmbeddedSql.Query("case_graph");
    private static readonly string GroupSql = EmbeddedSql.Query("link_group");
    private static readonly string KindsSql = EmbeddedSql.Query("link_kinds_of_key");
    private static readonly string VerdictsSql = EmbeddedSql.Query("account_verdicts");
    private static readonly string ExcerptsSql = EmbeddedSql.Query("account_excerpts");

    /// <summary>The keys that several of some accounts share, the most shared first.</summary>
    public async Task<ImmutableArray<SharedKey>> GraphAsync(
        IReadOnlyCollection<string> accounts, int keysMax, CancellationToken cancel)
    {
        using var bytes = await clickHouse.QueryAsync(
            GraphSql,
            ClickHouseFormat.RowBinary,
            [
                SqlParameter.Of("accounts", accounts), SqlParameter.Of("members_per_key", KeyMembersMax),
                SqlParameter.Of("rows", Math.Clamp(keysMax, 1, RowsMax)),
            ],
            cancel);
        return TakeGraph(bytes.Memory.Span);
    }

    /// <summary>As what a key is used.</summary>
    public async Task<ImmutableArray<KeyUse>> UsesOfAsync(ulong key, CancellationToken cancel)
    {
        using var bytes = await clickHouse.QueryAsync(
            KindsSql, ClickHouseFormat.RowBinary, [SqlParameter.Of("key", key)], cancel);
        return TakeUses(bytes.Memory.Span);
    }

    /// <summary>Who uses a key, the first first.</summary>
    public async Task<ImmutableArray<KeyUser>> UsersOfAsync(LinkKind kind, ulong key, int rowsMax, CancellationToken cancel)
    {
        using var bytes = await clickHouse.QueryAsync(
            GroupSql,
            ClickHouseFormat.RowBinary,
            [
                SqlParameter.Of("kind", LinkKinds.Names[(int)kind]), SqlParameter.Of("key", key),
                SqlParameter.Of("rows", Math.Clamp(rowsMax, 1, RowsMax)),
            ],
            cancel);
        return TakeUsers(bytes.Memory.Span);
    }

    /// <summary>What was concluded of an account, the latest first.</summary>
    public async Task<ImmutableArray<VerdictStep>> VerdictsOfAsync(string account, int rowsMax, CancellationToken cancel)
    {
        using var bytes = await clickHouse.QueryAsync(
            VerdictsSql,
            ClickHouseFormat.RowBinary,
            [SqlParameter.Of("account", account), SqlParameter.Of("rows", Math.Clamp(rowsMax, 1, RowsMax))],
            cancel);
        return TakeVerdicts(bytes.Memory.Span);
    }

    /// <summary>Excerpts of an account's exchanges, the latest first.</summary>
    public async Task<ImmutableArray<ExcerptRow>> ExcerptsOfAsync(string account, int rowsMax, CancellationToken cancel)
    {
        using var bytes = await clickHouse.QueryAsync(
            ExcerptsSql,
            ClickHouseFormat.RowBinary,
            [SqlParameter.Of("account", account), SqlParameter.Of("rows", Math.Clamp(rowsMax, 1, RowsMax))],
            cancel);
        return TakeExcerpts(bytes.Memory.Span);
    }

    private static ImmutableArray<SharedKey> TakeGraph(ReadOnlySpan<byte> bytes)
    {
        var found = ImmutableArray.CreateBuilder<SharedKey>();
        for (var reader = new RowBinaryReader(bytes); !reader.IsAtEnd;)
        {
            found.Add(new SharedKey(
                reader.Take<LinkKind>(), reader.Take<ulong>(), reader.TakeTexts().Sort(StringComparer.Ordinal),
                (long)reader.Take<ulong>()));
        }

        return found.DrainToImmutable();
    }

    private static ImmutableArray<KeyUse> TakeUses(ReadOnlySpan<byte> bytes)
    {
        var found = ImmutableArray.CreateBuilder<KeyUse>();
        for (var reader = new RowBinaryReader(bytes); !reader.IsAtEnd;)
        {
            found.Add(new KeyUse(reader.Take<LinkKind>(), (long)reader.Take<ulong>()));
        }

        return found.DrainToImmutable();
    }

    private static ImmutableArray<KeyUser> TakeUsers(ReadOnlySpan<byte> bytes)
    {
        var found = ImmutableArray.CreateBuilder<KeyUser>();
        for (var reader = new RowBinaryReader(bytes); !reader.IsAtEnd;)
        {
            found.Add(new KeyUser(reader.TakeText(), reader.TakeTime()));
        }

        return found.DrainToImmutable();
    }

    private static ImmutableArray<VerdictStep> TakeVerdicts(ReadOnlySpan<byte> bytes)
    {
        var found = ImmutableArray.CreateBuilder<VerdictStep>();
        for (var reader = new RowBinaryReader(bytes); !reader.IsAtEnd;)
        {
            found.Add(new VerdictStep(
                reader.TakeTime(), reader.Take<VerdictLevel>(), reader.Take<double>(), reader.Take<DecisionAction>(),
                reader.Take<VerdictOrigin>(), reader.TakeTextOrNone(), (long)reader.Take<ulong>(),
                FindingFields.TakeReasons(ref reader)));
        }

        return found.DrainToImmutable();
    }

    private static ImmutableArray<ExcerptRow> TakeExcerpts(ReadOnlySpan<byte> bytes)
    {
        const double Steps = ushort.MaxValue;
        var found = ImmutableArray.CreateBuilder<ExcerptRow>();
        for (var reader = new RowBinaryReader(bytes); !reader.IsAtEnd;)
        {
            found.Add(new ExcerptRow(
                reader.TakeTime(), (int)reader.Take<uint>(), (long)reader.Take<ulong>(), reader.Take<ushort>() / Steps,
                reader.TakeText()));
        }

        return found.DrainToImmutable();
    }
}
