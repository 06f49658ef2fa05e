using System.Collections.Immutable;
using Sentinel.Detection.Links;
using Sentinel.Detection.Verdicts;
using Sentinel.Storage.Formats;

namespace Sentinel.Storage.Queries;

/// <summary>Answers what the store knows of one account. Thread-safe.</summary>
public sealed class AccountReader(IClickHouse clickHouse)
{
    /// <summary>Links of an account that a summary lists, the most shared first.</summary>
    public const int LinksMax = 200;

    /// <summary>Days that a summary lists, the latest.</summary>
    public const int DaysMax = 400;

    private static readonly string VerdictSql = EmbeddedSql.Query("account_verdict");
    private static readonly string ExchangesSql = EmbeddedSql.Query("account_exchanges");
    private static readonly string LinksSql = EmbeddedSql.Query("account_links");

    /// <summary>
    /// The verdict that holds of an account: of each judge's latest the stronger, and the campaigns' when they are
    /// equal. Null when there never was one.
    /// </summary>
    public async Task<Verdict?> FindVerdictAsync(string account, CancellationToken cancel)
    {
        using var bytes = await clickHouse.QueryAsync(
            VerdictSql, ClickHouseFormat.RowBinary, [SqlParameter.Of("account", account)], cancel);
        var reader = new RowBinaryReader(bytes.Memory.Span);
        return reader.IsAtEnd ? null : TakeVerdict(ref reader);
    }

    /// <summary>What is known of an account, or null when it made no exchange that is kept.</summary>
    public async Task<AccountSummary?> FindSummaryAsync(string account, CancellationToken cancel)
    {
        ImmutableArray<SqlParameter> parameters =
        [
            SqlParameter.Of("account", account),
            SqlParameter.Of("links", LinksMax),
        ];
        using var exchanges = await clickHouse.QueryAsync(
            ExchangesSql, ClickHouseFormat.RowBinary, parameters, cancel);
        if (TakeExchanges(exchanges.Memory.Span, account) is not { } summary)
        {
            return null;
        }

        using var links = await clickHouse.QueryAsync(LinksSql, ClickHouseFormat.RowBinary, parameters, cancel);
        return summary with
        {
            Verdict = await FindVerdictAsync(account, cancel),
            Links = TakeLinks(links.Memory.Span),
        };
    }

    private static Verdict TakeVerdict(ref RowBinaryReader reader) => new Verdict(
        new VerdictId((int)reader.Take<uint>(), (long)reader.Take<ulong>(), (int)reader.Take<uint>()),
        reader.TakeText(),
        reader.Take<VerdictLevel>(),
        reader.Take<double>(),
        reader.Take<DecisionAction>(),
        reader.TakeArray<AbuseType>(),
        reader.TakeTextOrNone(),
        reader.TakeTimeOrNull(),
        (long)reader.Take<ulong>(),
        reader.TakeNumberOrNull(),
        FindingFields.TakeReasons(ref reader),
        reader.TakeText(),
        reader.Take<ushort>(),
        reader.TakeTime())
    {
        Origin = reader.Take<VerdictOrigin>(),
    };

    private static AccountSummary? TakeExchanges(ReadOnlySpan<byte> bytes, string account)
    {
        var reader = new RowBinaryReader(bytes);
        var count = (long)reader.Take<ulong>();
        if (count == 0)
        {
            return null;
        }

        var firstSeen = reader.TakeTime();
        var lastSeen = reader.TakeTime();
        var models = (long)reader.Take<ulong>();
        var steps = reader.TakeArray<ushort>();
        var harvest = new HarvestQuantiles(steps[0] / 65535f, steps[1] / 65535f, steps[2] / 65535f);
        return new AccountSummary(
            account, count, firstSeen, lastSeen, models, harvest, Verdict: null, Links: [], TakeDays(ref reader));
    }

    private static ImmutableArray<AccountDay> TakeDays(ref RowBinaryReader reader)
    {
        var days = new DateOnly[reader.TakeCount()];
        for (var i = 0; i < days.Length; i++)
        {
            days[i] = reader.TakeDate();
        }

        var counts = reader.TakeArray<long>();
        return [.. days.Select((day, i) => new AccountDay(day, counts[i])).TakeLast(DaysMax)];
    }

    private static ImmutableArray<AccountLink> TakeLinks(ReadOnlySpan<byte> bytes)
    {
        var links = ImmutableArray.CreateBuilder<AccountLink>();
        for (var reader = new RowBinaryReader(bytes); !reader.IsAtEnd;)
        {
            links.Add(new AccountLink(
                reader.Take<LinkKind>(), reader.Take<ulong>(), reader.Take<long>(), reader.TakeTime()));
        }

        return links.ToImmutable();
    }
}
