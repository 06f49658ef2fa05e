using System.Buffers;
using System.Collections.Immutable;
using Sentinel.Detection.Links;
using Sentinel.Detection.Verdicts;
using Sentinel.Storage.Formats;

namespace Sentinel.Storage.Queries;

/// <summary>Answers what a page about a campaign or an account draws. Thread-safe; every answer is bounded.</summary>
public sealed class PictureReader(IClickHouse clickHouse)
{
    /// <summary>Keys that tie a campaign's members and are listed, the most used first.</summary>
    public const int TiesMax = 500;

    /// <summary>Steps that a campaign's activity is cut into, about.</summary>
    public const int StepsMax = 96;

    private const int TieUsersMax = 50_000;
    private const int ActivityRowsMax = 20_000;
    private const double ScoreSteps = 65535;

    private static readonly string TiesSql = EmbeddedSql.Query("campaign_ties");
    private static readonly string SpanSql = EmbeddedSql.Query("campaign_span");
    private static readonly string ActivitySql = EmbeddedSql.Query("campaign_activity");
    private static readonly string ExamplesSql = EmbeddedSql.Query("campaign_examples");
    private static readonly string ConcludedSql = EmbeddedSql.Query("account_concluded");
    private static readonly string AskedSql = EmbeddedSql.Query("account_asked");
    private static readonly string HoursSql = EmbeddedSql.Query("account_hours");
    private static readonly ImmutableArray<int> StepSeconds =
        [60, 300, 900, 3_600, 3 * 3_600, 6 * 3_600, 12 * 3_600, 86_400, 7 * 86_400];

    /// <summary>Keys that tie a campaign's members, the most used first.</summary>
    public async Task<ImmutableArray<CampaignTie>> ListTiesAsync(string campaign, CancellationToken cancel)
    {
        using var rows = await clickHouse.QueryAsync(
            TiesSql,
            ClickHouseFormat.RowBinary,
            [SqlParameter.Of("id", campaign), SqlParameter.Of("members", TieUsersMax), SqlParameter.Of("keys", TiesMax)],
            cancel);
        var ties = ImmutableArray.CreateBuilder<CampaignTie>();
        for (var reader = new RowBinaryReader(rows.Memory.Span); !reader.IsAtEnd;)
        {
            ties.Add(new CampaignTie(reader.Take<LinkKind>(), reader.Take<ulong>(), reader.TakeTexts()));
        }

        return ties.ToImmutable();
    }

    /// <summary>What a campaign's members did over their whole time, by the key of one kind that ties them.</summary>
    public async Task<CampaignActivity> ReadActivityAsync(string campaign, LinkKind by, CancellationToken cancel)
    {
        using var span = await clickHouse.QueryAsync(
            SpanSql, ClickHouseFormat.RowBinary, [SqlParameter.Of("id", campaign)], cancel);
        if (TakeStep(span.Memory.Span) is not { } step)
        {
            return new CampaignActivity(TimeSpan.FromSeconds(StepSeconds[0]), []);
        }

        using var rows = await clickHouse.QueryAsync(
            ActivitySql,
            ClickHouseFormat.RowBinary,
            [
                SqlParameter.Of("id", campaign), SqlParameter.Of("kind", (int)by), SqlParameter.Of("step", step),
                SqlParameter.Of("rows", ActivityRowsMax),
            ],
            cancel);
        var steps = ImmutableArray.CreateBuilder<ActivityStep>();
        for (var reader = new RowBinaryReader(rows.Memory.Span); !reader.IsAtEnd;)
        {
            steps.Add(new ActivityStep(
                DateTimeOffset.FromUnixTimeSeconds(reader.Take<long>()), reader.Take<ulong>(), reader.Take<long>()));
        }

        return new CampaignActivity(TimeSpan.FromSeconds(step), steps.ToImmutable());
    }

    /// <summary>Masked excerpts of different members, the clearest first.</summary>
    public async Task<ImmutableArray<MaskedExample>> ListExamplesAsync(
        string campaign, int rowsMax, CancellationToken cancel)
    {
        using var rows = await clickHouse.QueryAsync(
            ExamplesSql,
            ClickHouseFormat.RowBinary,
            [SqlParameter.Of("id", campaign), SqlParameter.Of("rows", rowsMax)],
            cancel);
        var examples = ImmutableArray.CreateBuilder<MaskedExample>();
        for (var reader = new RowBinaryReader(rows.Memory.Span); !reader.IsAtEnd;)
        {
            examples.Add(new MaskedExample(
                reader.TakeText(), reader.TakeTime(), reader.Take<ushort>() / ScoreSteps, reader.TakeText()));
        }

        return examples.ToImmutable();
    }

    /// <summary>What was concluded of an account, the latest first.</summary>
    public async Task<ImmutableArray<Conclusion>> ListConclusionsAsync(
        string account, int rowsMax, CancellationToken cancel)
    {
        using var rows = await QueryAccountAsync(ConcludedSql, account, rowsMax, cancel);
        var concluded = ImmutableArray.CreateBuilder<Conclusion>();
        for (var reader = new RowBinaryReader(rows.Memory.Span); !reader.IsAtEnd;)
        {
            concluded.Add(new Conclusion(
                reader.TakeTime(), reader.Take<VerdictOrigin>(), reader.Take<VerdictLevel>(), reader.Take<double>(),
                reader.Take<DecisionAction>(), reader.Take<double>(), (int)reader.Take<uint>()));
        }

        return concluded.ToImmutable();
    }

    /// <summary>What an account asked last, the latest first.</summary>
    public async Task<ImmutableArray<KeptExchange>> ListExchangesAsync(
        string account, int rowsMax, CancellationToken cancel)
    {
        using var rows = await QueryAccountAsync(AskedSql, account, rowsMax, cancel);
        var kept = ImmutableArray.CreateBuilder<KeptExchange>();
        for (var reader = new RowBinaryReader(rows.Memory.Span); !reader.IsAtEnd;)
        {
            kept.Add(new KeptExchange(
                reader.TakeTime(), reader.Take<ushort>() / ScoreSteps, reader.Take<int>(), reader.Take<int>(),
                reader.Take<int>(), reader.Take<byte>() != 0, reader.TakeText()));
        }

        return kept.ToImmutable();
    }

    /// <summary>In which hours of the week an account makes its exchanges.</summary>
    public async Task<ImmutableArray<WeekHour>> CountWeekHoursAsync(string account, CancellationToken cancel)
    {
        using var rows = await clickHouse.QueryAsync(
            HoursSql, ClickHouseFormat.RowBinary, [SqlParameter.Of("account", account)], cancel);
        var hours = ImmutableArray.CreateBuilder<WeekHour>();
        for (var reader = new RowBinaryReader(rows.Memory.Span); !reader.IsAtEnd;)
        {
            hours.Add(new WeekHour(reader.Take<byte>(), reader.Take<byte>(), reader.Take<long>()));
        }

        return hours.ToImmutable();
    }

    private Task<IMemoryOwner<byte>> QueryAccountAsync(string sql, string account, int rowsMax, CancellationToken cancel) =>
        clickHouse.QueryAsync(
            sql,
            ClickHouseFormat.RowBinary,
            [SqlParameter.Of("account", account), SqlParameter.Of("rows", rowsMax)],
            cancel);

    // The shortest step that does not cut the time into too many; null where there is no exchange.
    private static int? TakeStep(ReadOnlySpan<byte> row)
    {
        var reader = new RowBinaryReader(row);
        if (reader.IsAtEnd || reader.Take<ulong>() == 0)
        {
            return null;
        }

        var first = reader.TakeTime();
        var seconds = (reader.TakeTime() - first).TotalSeconds;
        foreach (var step in StepSeconds)
        {
            if (seconds / step <= StepsMax)
            {
                return step;
            }
        }

        return (int)Math.Min(int.MaxValue, Math.Ceiling(seconds / StepsMax));
    }
}
