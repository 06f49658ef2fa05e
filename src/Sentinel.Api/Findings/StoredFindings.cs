using System.Collections.Immutable;
using Sentinel.Storage;
using Sentinel.Storage.Decisions;
using Sentinel.Storage.Queries;

namespace Sentinel.Api.Findings;

/// <summary>Reads findings from ClickHouse once the host has opened it. One writer (the host), any readers.</summary>
public sealed class StoredFindings : IFindingReader
{
    private volatile Readers? _readers;

    /// <inheritdoc/>
    public bool IsOpen => _readers is not null;

    /// <summary>What pages draw.</summary>
    public PictureReader Pictures => Opened.Pictures;

    /// <summary>How much there is.</summary>
    public StatusReader Status => Opened.Status;

    /// <summary>What happened over weeks.</summary>
    public SummaryReader Summaries => Opened.Summaries;

    private Readers Opened => _readers ?? throw new InvalidOperationException("The store is not open.");

    /// <summary>The database, or null while it is not open.</summary>
    public IClickHouse? ClickHouse => _readers?.ClickHouse;

    /// <summary>From now on answers come from this database, which must be migrated.</summary>
    public void Open(IClickHouse clickHouse) =>
        _readers = new Readers(
            clickHouse, new AccountReader(clickHouse), new CampaignReader(clickHouse), new DecisionReader(clickHouse),
            new CalibrationLog(clickHouse), new PictureReader(clickHouse), new StatusReader(clickHouse),
            new SummaryReader(clickHouse));

    /// <summary>From now on there are no answers; the host may close the database when requests have ended.</summary>
    public void Close() => _readers = null;

    /// <inheritdoc/>
    public Task<AccountSummary?> FindAccountAsync(string accountId, CancellationToken cancel) =>
        Opened.Accounts.FindSummaryAsync(accountId, cancel);

    /// <inheritdoc/>
    public Task<ImmutableArray<LoggedDecision>> ListDecisionsAsync(
        string accountId, int limit, CancellationToken cancel) =>
        Opened.Decisions.ListAsync(accountId, limit, cancel);

    /// <inheritdoc/>
    public Task<ImmutableArray<CalibrationDay>> ListCalibrationAsync(int rows, CancellationToken cancel) =>
        Opened.Calibration.ListAsync(rows, cancel);

    /// <inheritdoc/>
    public Task<FlaggedRisks> ReadRisksAsync(CancellationToken cancel) => Opened.Status.ReadRisksAsync(cancel);

    /// <inheritdoc/>
    public Task<CampaignDetail?> FindCampaignAsync(string campaignId, CancellationToken cancel) =>
        Opened.Campaigns.FindAsync(campaignId, cancel);

    /// <inheritdoc/>
    public Task<CampaignPage> ListCampaignsAsync(int limit, CampaignCursor? after, CancellationToken cancel) =>
        Opened.Campaigns.ListAsync(CampaignOrder.Riskiest, limit, after, cancel);

    private sealed record Readers(
        IClickHouse ClickHouse, AccountReader Accounts, CampaignReader Campaigns, DecisionReader Decisions,
        CalibrationLog Calibration,
        PictureReader Pictures, StatusReader Status, SummaryReader Summaries);
}
