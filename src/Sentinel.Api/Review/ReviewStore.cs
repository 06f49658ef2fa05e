using Sentinel.Storage;
using Sentinel.Storage.Cases;
using Sentinel.Storage.Queries;

namespace Sentinel.Api.Review;

/// <summary>What reviewing reads and writes, once the host has opened it. One writer (the host), any readers.</summary>
public sealed class ReviewStore
{
    private volatile Stores? _stores;

    /// <summary>Whether it is open.</summary>
    public bool IsOpen => _stores is not null;

    internal Stores Opened => _stores ?? throw new InvalidOperationException("The store is not open.");

    /// <summary>From now on cases are in this database, which must be migrated.</summary>
    public void Open(IClickHouse clickHouse) => _stores = new Stores(
        new CaseLog(clickHouse), new CaseReader(clickHouse), new RulingLog(clickHouse), new FindingFeed(clickHouse),
        new AuditLog(clickHouse), new PeopleLog(clickHouse), new EvidenceReader(clickHouse), new CampaignReader(clickHouse),
        new AccountReader(clickHouse), new DecisionReader(clickHouse), new AnswerLog(clickHouse),
        new RulingFindingLog(clickHouse));

    /// <summary>From now on there is nothing to review.</summary>
    public void Close() => _stores = null;

    internal sealed record Stores(
        CaseLog Cases, CaseReader Queue, RulingLog Rulings, FindingFeed Findings, AuditLog Audit, PeopleLog People,
        EvidenceReader Evidence, CampaignReader Campaigns, AccountReader Accounts, DecisionReader Decisions,
        AnswerLog Answers, RulingFindingLog RulingFindings);
}
