using System.Collections.Immutable;
using Sentinel.Storage.Decisions;
using Sentinel.Storage.Queries;

namespace Sentinel.Api.Findings;

/// <summary>Reads what the machine found from the store. Thread-safe; sees everything acknowledged.</summary>
public interface IFindingReader
{
    /// <summary>Whether the store is open; nothing may be asked while it is not.</summary>
    bool IsOpen { get; }

    /// <summary>An account, or null when no exchange of it was ever taken.</summary>
    Task<AccountSummary?> FindAccountAsync(string accountId, CancellationToken cancel);

    /// <summary>What gateways were answered about an account, the latest first.</summary>
    Task<ImmutableArray<LoggedDecision>> ListDecisionsAsync(string accountId, int limit, CancellationToken cancel);

    /// <summary>What the classifier promised and what came true, the latest days first.</summary>
    Task<ImmutableArray<CalibrationDay>> ListCalibrationAsync(int rows, CancellationToken cancel);

    /// <summary>How many accounts there are, and how sure it is of the flagged ones.</summary>
    Task<FlaggedRisks> ReadRisksAsync(CancellationToken cancel);

    /// <summary>A campaign as it stands (or stood, before another took it over), or null.</summary>
    Task<CampaignDetail?> FindCampaignAsync(string campaignId, CancellationToken cancel);

    /// <summary>Campaigns that stand, largest risk first.</summary>
    /// <param name="limit">Most campaigns to return.</param>
    /// <param name="after">The cursor of the page before, or null for the first.</param>
    /// <param name="cancel">Stops the wait for a free connection.</param>
    Task<CampaignPage> ListCampaignsAsync(int limit, CampaignCursor? after, CancellationToken cancel);
}
