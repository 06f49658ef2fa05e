using System.Collections.Immutable;
using System.Globalization;
using Sentinel.Detection.Campaigns;
using Sentinel.Detection.Incidents;
using Sentinel.Detection.Links;
using Sentinel.Detection.Verdicts;
using Sentinel.Storage.Formats;

namespace Sentinel.Storage.Queries;

/// <summary>Which campaigns a report over several is about.</summary>
/// <param name="From">First reported at or after this.</param>
/// <param name="Until">First reported before this.</param>
/// <param name="RiskMin">Least risk.</param>
/// <param name="Abuse">One of their abuse types, or null for any.</param>
public sealed record IncidentQuery(DateTimeOffset From, DateTimeOffset Until, double RiskMin, AbuseType? Abuse);

/// <summary>Counts what incident reports are made of. Thread-safe.</summary>
public sealed class IncidentReader(IClickHouse clickHouse)
{
    /// <summary>Campaigns of one report.</summary>
    public const int CampaignsMax = 50;

    private static readonly string ScaleSql = EmbeddedSql.Query("incident_scale");
    private static readonly string StepsSql = EmbeddedSql.Query("incident_steps");
    private static readonly string AccountsSql = EmbeddedSql.Query("incident_accounts");
    private static readonly string KeysSql = EmbeddedSql.Query("incident_keys");
    private static readonly string AnswersSql = EmbeddedSql.Query("incident_answers");
    private static readonly string ModelsSql = EmbeddedSql.Query("incident_models");
    private static readonly string CampaignsSql = EmbeddedSql.Query("incident_campaigns");

    private static readonly ImmutableArray<int> StepSeconds = [300, 900, 3600, 21_600, 86_400, 604_800, 31_536_000];

    private readonly CampaignReader _campaigns = new(clickHouse);

    /// <summary>Ids of the campaigns that a query names, the riskiest first, at most <see cref="CampaignsMax"/>.</summary>
    public async Task<ImmutableArray<string>> FindAsync(IncidentQuery query, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(query);
        using var bytes = await clickHouse.QueryAsync(
            CampaignsSql,
            ClickHouseFormat.RowBinary,
            [
                SqlParameter.Of("from", query.From.ToUnixTimeMilliseconds()),
                SqlParameter.Of("until", query.Until.ToUnixTimeMilliseconds()),
                SqlParameter.Of("risk", query.RiskMin.ToString("R", CultureInfo.InvariantCulture)),
                SqlParameter.Of("abuse", query.Abuse is { } abuse ? WireNames.Of(abuse) : ""),
                SqlParameter.Of("rows", CampaignsMax),
            ],
            cancel);
        return TakeTexts(bytes.Memory.Span);
    }

    /// <summary>One campaign with what its accounts did; null when there is none of that id.</summary>
    public async Task<CampaignIncident?> ReadAsync(string id, CancellationToken cancel)
    {
        if (await _campaigns.FindAsync(id, cancel) is not { } detail)
        {
            return null;
        }

        var campaign = detail.Campaign;
        var (scale, harvested) = await ReadScaleAsync(id, campaign, cancel);
        using var steps = await QueryAsync(
            StepsSql, id, CampaignIncident.StepsMax, cancel, SqlParameter.Of("step", StepOf(scale)));
        using var accounts = await QueryAsync(AccountsSql, id, CampaignIncident.AccountsMax, cancel);
        using var keys = await QueryAsync(KeysSql, id, CampaignIncident.KeysMax, cancel);
        using var answers = await QueryAsync(AnswersSql, id, rows: 0, cancel);
        using var models = await QueryAsync(ModelsSql, id, rows: 0, cancel);
        return new CampaignIncident(
            campaign, scale, TakeAccounts(accounts.Memory.Span, campaign), TakeKeys(keys.Memory.Span),
            TakeSteps(steps.Memory.Span), harvested, TakeAnswers(answers.Memory.Span), TakeTexts(models.Memory.Span));
    }

    private Task<System.Buffers.IMemoryOwner<byte>> QueryAsync(
        string sql, string id, int rows, CancellationToken cancel, params ReadOnlySpan<SqlParameter> more) =>
        clickHouse.QueryAsync(
            sql, ClickHouseFormat.RowBinary,
            [SqlParameter.Of("id", id), SqlParameter.Of("rows", rows), .. more], cancel);

    private async Task<(IncidentScale Scale, ImmutableArray<IncidentHarvest> Harvested)> ReadScaleAsync(
        string id, Campaign campaign, CancellationToken cancel)
    {
        using var bytes = await QueryAsync(ScaleSql, id, rows: 0, cancel);
        return TakeScale(bytes.Memory.Span, campaign);
    }

    // What is no longer kept is no reason to have no report: its campaign still says how much there was.
    private static (IncidentScale Scale, ImmutableArray<IncidentHarvest> Harvested) TakeScale(
        ReadOnlySpan<byte> bytes, Campaign campaign)
    {
        var reader = new RowBinaryReader(bytes);
        var exchanges = (long)reader.Take<ulong>();
        var (first, last) = (reader.TakeTime(), reader.TakeTime());
        var (input, output) = ((long)reader.Take<ulong>(), (long)reader.Take<ulong>());
        var (models, refused) = ((long)reader.Take<ulong>(), (long)reader.Take<ulong>());
        var (counts, tokens) = (reader.TakeArray<ulong>(), reader.TakeArray<ulong>());
        var isKept = exchanges > 0;
        var scale = new IncidentScale(
            isKept ? exchanges : campaign.Exchanges, isKept ? first : campaign.FirstDetectedAt,
            isKept ? last : campaign.At, input, output, models, refused);
        return (scale,
        [
            .. counts.Select((count, kind) => new IncidentHarvest(AbuseOf(kind), (long)count, (long)tokens[kind]))
                .Where(static item => item.Exchanges > 0)
                .OrderByDescending(static item => item.Exchanges),
        ]);
    }

    private static AbuseType AbuseOf(int kind) =>
        (AbuseType)WireNames.AbuseTypes.IndexOf(Detection.Scoring.ContentKinds.Names[kind]);

    // The shortest step with which the whole fits.
    private static long StepOf(IncidentScale scale)
    {
        var seconds = (scale.LastAt - scale.FirstAt).TotalSeconds;
        return StepSeconds.FirstOrDefault(
            step => seconds / step < CampaignIncident.StepsMax - 1, StepSeconds[^1]);
    }

    private static ImmutableArray<IncidentAccount> TakeAccounts(ReadOnlySpan<byte> bytes, Campaign campaign)
    {
        var accounts = ImmutableArray.CreateBuilder<IncidentAccount>();
        for (var reader = new RowBinaryReader(bytes); !reader.IsAtEnd;)
        {
            var (id, level, risk) = (reader.TakeText(), reader.Take<VerdictLevel>(), reader.Take<double>());
            var (action, flagged) = (reader.Take<DecisionAction>(), reader.TakeTimeOrNull());
            var exchanges = (long)reader.Take<ulong>();
            var (first, last) = (reader.TakeTime(), reader.TakeTime());
            accounts.Add(new IncidentAccount(
                id, level, risk, action, flagged, exchanges, exchanges > 0 ? first : campaign.FirstDetectedAt,
                exchanges > 0 ? last : campaign.At, (long)reader.Take<ulong>()));
        }

        return accounts.DrainToImmutable();
    }

    private static ImmutableArray<IncidentKey> TakeKeys(ReadOnlySpan<byte> bytes)
    {
        var keys = ImmutableArray.CreateBuilder<IncidentKey>();
        for (var reader = new RowBinaryReader(bytes); !reader.IsAtEnd;)
        {
            keys.Add(new IncidentKey(
                reader.Take<LinkKind>(), reader.Take<ulong>(), (int)reader.Take<uint>(), (int)reader.Take<uint>(),
                reader.TakeTime(), reader.TakeTime(), reader.TakeTexts()));
        }

        return keys.DrainToImmutable();
    }

    private static ImmutableArray<IncidentStep> TakeSteps(ReadOnlySpan<byte> bytes)
    {
        var steps = ImmutableArray.CreateBuilder<IncidentStep>();
        for (var reader = new RowBinaryReader(bytes); !reader.IsAtEnd;)
        {
            steps.Add(new IncidentStep(
                reader.TakeTime(), (long)reader.Take<ulong>(), (long)reader.Take<ulong>(), (long)reader.Take<ulong>()));
        }

        return steps.DrainToImmutable();
    }

    private static ImmutableArray<IncidentAnswer> TakeAnswers(ReadOnlySpan<byte> bytes)
    {
        var answers = ImmutableArray.CreateBuilder<IncidentAnswer>();
        for (var reader = new RowBinaryReader(bytes); !reader.IsAtEnd;)
        {
            answers.Add(new IncidentAnswer(
                reader.Take<DecisionAction>(), (long)reader.Take<ulong>(), (long)reader.Take<ulong>(),
                reader.TakeTime(), reader.TakeTime()));
        }

        return answers.DrainToImmutable();
    }

    private static ImmutableArray<string> TakeTexts(ReadOnlySpan<byte> bytes)
    {
        var texts = ImmutableArray.CreateBuilder<string>();
        for (var reader = new RowBinaryReader(bytes); !reader.IsAtEnd;)
        {
            texts.Add(reader.TakeText());
        }

        return texts.DrainToImmutable();
    }
}
